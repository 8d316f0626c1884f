/** Why somebody may or may not do something. */
import { createRoute, z } from '@hono/zod-openapi';
import { DEFAULT_ENDPOINT } from '../../kernel/index.ts';
import { itemIdIn } from '../../policy/index.ts';
import { guarded } from '../access.ts';
import type { App } from '../env.ts';
import type { AdminPorts } from '../ports.ts';
import { PROBLEMS, problem } from '../problem.ts';
import { seenPrincipal } from '../seen-caller.ts';

const question = z.strictObject({
  as: z
    .string()
    .min(1)
    .max(4096)
    .openapi({ description: 'A user, the id of a key or principal, JSON of a caller, or local.' }),
  item: z.string().min(3).max(4096).openapi({ example: 'crm/delete_contact' }),
  endpoint: z.string().max(63).default(DEFAULT_ENDPOINT),
  args: z.record(z.string(), z.unknown()).optional(),
  address: z.string().max(100).default(''),
});

const answer = z.record(z.string(), z.unknown()).openapi('Explanation');

const ask = createRoute({
  method: 'post',
  path: '/admin/v1/explain',
  ...guarded('policy.read', 'Explains what the rules say of a call that is not made'),
  request: { body: { required: true, content: { 'application/json': { schema: question } } } },
  responses: {
    200: {
      description: 'What the rules say.',
      content: { 'application/json': { schema: answer } },
    },
    ...PROBLEMS,
  },
});

const decision = createRoute({
  method: 'get',
  path: '/admin/v1/decisions/{decision}',
  ...guarded('policy.read', 'Explains a decision by the id that a refusal names'),
  request: { params: z.object({ decision: z.string().min(1).max(200) }) },
  responses: {
    200: {
      description: 'What is recorded of it, and what the rules say now.',
      content: { 'application/json': { schema: answer } },
    },
    ...PROBLEMS,
  },
});

export function addExplain(app: App): void {
  app.openapi(ask, async (c) => {
    const { ports } = c.var;
    const { as, item, endpoint, args, address } = c.req.valid('json');
    const id = itemIdIn(item);
    if (id === undefined) {
      return problem(
        c,
        'invalid_request',
        'item: write [kind:]<upstream>/<name>, for example crm/get.',
      );
    }
    const principal = await callerOf(ports, as);
    if (typeof principal === 'string') return problem(c, 'invalid_request', `as: ${principal}`);
    const asked = {
      principal,
      endpoint,
      item: id,
      args: args === undefined ? undefined : JSON.stringify(args),
      address,
    };
    const { claims: _, ...caller } = principal;
    return c.json({ caller, endpoint, item, ...ports.view().explain(asked) }, 200);
  });
  app.openapi(decision, async (c) => {
    const { ports } = c.var;
    await ports.flushAudit();
    const found = await ports.view().explainDecision(c.req.valid('param').decision);
    if (found === undefined) return problem(c, 'not_found', 'The record has no such decision.');
    return c.json({ ...found }, 200);
  });
}

async function callerOf(ports: AdminPorts, text: string) {
  const seen = await ports.store.principalsSeen.find(text);
  if (seen !== undefined && seen.kind !== 'local') return seenPrincipal(seen);
  return await ports.callerNamed(text);
}
