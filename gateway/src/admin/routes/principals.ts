/** Who has called. */
import { createRoute, z } from '@hono/zod-openapi';
import { guarded } from '../access.ts';
import type { App } from '../env.ts';
import { cursorAfter, nextCursor, pageQuery, startOf } from '../paging.ts';
import { PROBLEMS, problem } from '../problem.ts';
import { time, timeText } from '../times.ts';

const schema = z
  .object({
    id: z.string(),
    kind: z.string(),
    verifiedBy: z.string(),
    user: z.string(),
    agent: z.string(),
    team: z.string(),
    groups: z.array(z.string()),
    scopes: z.array(z.string()),
    firstSeen: time,
    lastSeen: time,
  })
  .openapi('SeenPrincipal');

const list = createRoute({
  method: 'get',
  path: '/admin/v1/principals',
  ...guarded('principals.read', 'Lists who has called, by id; written down once a minute at most'),
  request: { query: z.object({ ...pageQuery, search: z.string().max(200).default('') }) },
  responses: {
    200: {
      description: 'Principals as they were when they were seen last.',
      content: {
        'application/json': { schema: z.object({ principals: z.array(schema), nextCursor }) },
      },
    },
    ...PROBLEMS,
  },
});

export function addPrincipals(app: App): void {
  app.openapi(list, async (c) => {
    const { limit, cursor, search } = c.req.valid('query');
    const name = JSON.stringify(['principals', search]);
    const after = startOf(c, name, cursor);
    if (after === undefined) return problem(c, 'cursor_invalid');
    const found = await c.var.ports.store.principalsSeen.list(after, limit + 1, search);
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    const next =
      found.length > limit && last !== undefined
        ? { nextCursor: cursorAfter(c, name, last.id) }
        : {};
    const principals = shown.map(({ firstMs, lastMs, groups, scopes, ...rest }) => ({
      ...rest,
      groups: [...groups],
      scopes: [...scopes],
      firstSeen: timeText(firstMs),
      lastSeen: timeText(lastMs),
    }));
    return c.json({ principals, ...next }, 200);
  });
}
