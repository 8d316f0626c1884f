/** A one-time code makes the first administrator. */
import { createRoute, z } from '@hono/zod-openapi';
import { newKey, principalOfKey } from '../../identity/index.ts';
import { FIRST_ADMINISTRATOR } from '../access.ts';
import type { App } from '../env.ts';
import { MAX_CODE_CHARACTERS, hashOfCode } from '../one-time-code.ts';
import { PROBLEMS, problem } from '../problem.ts';

const ACTION = 'roles.write';

const schema = z
  .object({
    subject: z.string(),
    role: z.literal('admin'),
    key: z.string().optional().openapi({ description: 'A new API key, shown this once.' }),
  })
  .openapi('FirstAdministrator');

const route = createRoute({
  method: 'post',
  path: FIRST_ADMINISTRATOR,
  summary: 'Makes the caller, or a new API key, administrator by a one-time code',
  tags: ['roles'],
  security: [{ bearer: [] }, { session: [] }, {}],
  'x-needs-code': true,
  'x-roles': ['admin', 'operator', 'auditor', 'viewer', 'none'],
  request: {
    query: z.object({
      key: z
        .enum(['true', 'false'])
        .default('false')
        .openapi({ description: 'Makes a new API key administrator; in local mode always.' }),
    }),
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({ code: z.string().min(1).max(MAX_CODE_CHARACTERS) }),
        },
      },
    },
  },
  responses: {
    201: { description: 'Who is administrator now.', content: { 'application/json': { schema } } },
    ...PROBLEMS,
  },
});

export function addFirstAdministrator(app: App): void {
  app.openapi(route, async (c) => {
    const { ports, caller } = c.var;
    const { isLocal, takesKeys } = ports.view();
    const wantsKey = isLocal || c.req.valid('query').key === 'true';
    if (wantsKey && !isLocal && !takesKeys) {
      return problem(
        c,
        'conflict',
        'API keys identify nobody here; leave "key" out, or set identity.keys.',
      );
    }
    if (ports.auditCounts().isFailing) {
      return problem(c, 'unavailable', 'The change cannot be recorded, so it is not made.');
    }
    const nowMs = ports.clock.nowMs();
    const isGood = await ports.store.adminCodes.use(hashOfCode(c.req.valid('json').code), nowMs);
    const entry = {
      principal: caller,
      action: ACTION,
      details: { role: 'admin', by: 'one-time code' },
    };
    if (!isGood) {
      ports.record({ ...entry, thing: 'first administrator', outcome: 'refused' });
      return problem(c, 'code_invalid');
    }
    const made = wantsKey
      ? newKey({ name: 'administrator', expiresMs: undefined }, nowMs)
      : undefined;
    if (made !== undefined) await ports.store.apiKeys.insert(made.key);
    const subject = `principal:${made === undefined ? caller.id : principalOfKey(made.key).id}`;
    const grant = { subject, role: 'admin', grantedBy: 'code', grantedMs: nowMs };
    await ports.store.roleGrants.add(grant);
    ports.record({ ...entry, thing: subject, outcome: 'done' });
    const shown = made === undefined ? {} : { key: made.text };
    return c.json({ subject, role: 'admin' as const, ...shown }, 201);
  });
}
