/** API keys: what there is. */
import { createRoute, z } from '@hono/zod-openapi';
import { guarded } from '../access.ts';
import type { App } from '../env.ts';
import { keySchema, keyShown } from '../key-shown.ts';
import { nextCursor, pageOf, pageQuery, startOf } from '../paging.ts';
import { PROBLEMS, problem } from '../problem.ts';

const LIST = 'keys';

const list = createRoute({
  method: 'get',
  path: '/admin/v1/keys',
  ...guarded('keys.read', 'Lists API keys, the oldest first; never the keys themselves'),
  request: { query: z.object(pageQuery) },
  responses: {
    200: {
      description: 'Keys.',
      content: {
        'application/json': { schema: z.object({ keys: z.array(keySchema), nextCursor }) },
      },
    },
    ...PROBLEMS,
  },
});

const one = createRoute({
  method: 'get',
  path: '/admin/v1/keys/{key}',
  ...guarded('keys.read', 'Shows one API key; never the key itself'),
  request: { params: z.object({ key: z.string().max(100) }) },
  responses: {
    200: { description: 'The key.', content: { 'application/json': { schema: keySchema } } },
    ...PROBLEMS,
  },
});

export function addKeys(app: App): void {
  app.openapi(list, async (c) => {
    const { store, clock } = c.var.ports;
    const { limit, cursor } = c.req.valid('query');
    const after = startOf(c, LIST, cursor);
    if (after === undefined) return problem(c, 'cursor_invalid');
    const all = await store.apiKeys.list();
    const idOf = ({ id }: { readonly id: string }): string => id;
    const { entries, ...next } = pageOf(c, all, { list: LIST, after, limit, idOf });
    return c.json({ keys: entries.map((key) => keyShown(key, clock.nowMs())), ...next }, 200);
  });
  app.openapi(one, async (c) => {
    const { store, clock } = c.var.ports;
    const key = await store.apiKeys.find(c.req.valid('param').key);
    return key === undefined ? problem(c, 'not_found') : c.json(keyShown(key, clock.nowMs()), 200);
  });
}
