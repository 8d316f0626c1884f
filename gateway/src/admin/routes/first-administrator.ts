/** A one-time code makes the first administrator. */
import { createRoute, z } from '@hono/zod-openapi';
import { mintKey } from '../../identity/index.ts';
import { FIRST_ADMINISTRATOR } from '../access.ts';
import type { App } from '../env.ts';
import { MAX_CODE_CHARACTERS, hashOfCode } from '../one-time-code.ts';
import type { AdminPorts } from '../ports.ts';
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
    const key = wantsKey ? await newKey(ports, nowMs) : undefined;
    const subject = `principal:${key === undefined ? caller.id : `key:${key.id}`}`;
    const grant = { subject, role: 'admin', grantedBy: 'code', grantedMs: nowMs };
    await ports.store.roleGrants.add(grant);
    ports.record({ ...entry, thing: subject, outcome: 'done' });
    const shown = key === undefined ? {} : { key: key.text };
    return c.json({ subject, role: 'admin' as const, ...shown }, 201);
  });
}

async function newKey({ store }: AdminPorts, createdMs: number) {
  const { id, text, hash } = mintKey();
  await store.apiKeys.insert({
    id,
    firstId: id,
    name: 'administrator',
    hash,
    user: '',
    agent: '',
    team: '',
    groups: [],
    scopes: [],
    createdMs,
    expiresMs: undefined,
    revokedMs: undefined,
    replacedBy: '',
    lastUsedDay: '',
  });
  return { id, text };
}
