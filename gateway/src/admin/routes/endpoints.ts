/** The views of the catalog that callers connect to. */
import { createRoute, z } from '@hono/zod-openapi';
import { guarded } from '../access.ts';
import type { App } from '../env.ts';
import { nextCursor, pageOf, pageQuery, startOf } from '../paging.ts';
import { PROBLEMS, problem } from '../problem.ts';

const LIST = 'endpoints';

const schema = z
  .object({
    name: z.string(),
    path: z.string(),
    include: z.array(z.string()),
    exclude: z.array(z.string()),
    mode: z.string(),
    names: z.string(),
  })
  .openapi('Endpoint');

const list = createRoute({
  method: 'get',
  path: '/admin/v1/endpoints',
  ...guarded('endpoints.read', 'Lists endpoints: what each shows, and how'),
  request: { query: z.object(pageQuery) },
  responses: {
    200: {
      description: 'Endpoints, in the order of the configuration.',
      content: {
        'application/json': { schema: z.object({ endpoints: z.array(schema), nextCursor }) },
      },
    },
    ...PROBLEMS,
  },
});

export function addEndpoints(app: App): void {
  app.openapi(list, (c) => {
    const { limit, cursor } = c.req.valid('query');
    const after = startOf(c, LIST, cursor);
    if (after === undefined) return problem(c, 'cursor_invalid');
    const { endpoints } = c.var.ports.view();
    const idOf = ({ name }: { readonly name: string }): string => name;
    const { entries, ...next } = pageOf(c, endpoints, { list: LIST, after, limit, idOf });
    const shown = entries.map(({ include, exclude, ...rest }) => ({
      ...rest,
      include: [...include],
      exclude: [...exclude],
    }));
    return c.json({ endpoints: shown, ...next }, 200);
  });
}
