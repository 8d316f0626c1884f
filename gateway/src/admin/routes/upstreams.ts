/** What stands behind the gateway. Which upstreams there are is the configuration file's to say. */
import { createRoute, z } from '@hono/zod-openapi';
import { guarded, recordChange } from '../access.ts';
import type { App } from '../env.ts';
import { nextCursor, pageOf, pageQuery, startOf } from '../paging.ts';
import { PROBLEMS, problem } from '../problem.ts';
import { upstreamSchema, upstreamShown } from '../upstream-shown.ts';

const LIST = 'upstreams';
const params = z.object({ upstream: z.string().max(31) });

const list = createRoute({
  method: 'get',
  path: '/admin/v1/upstreams',
  ...guarded('upstreams.read', 'Lists upstreams with their health, last lists and findings'),
  request: { query: z.object(pageQuery) },
  responses: {
    200: {
      description: 'Upstreams, in the order of the configuration.',
      content: {
        'application/json': {
          schema: z.object({ upstreams: z.array(upstreamSchema), nextCursor }),
        },
      },
    },
    ...PROBLEMS,
  },
});

const one = createRoute({
  method: 'get',
  path: '/admin/v1/upstreams/{upstream}',
  ...guarded('upstreams.read', 'Shows one upstream'),
  request: { params },
  responses: {
    200: {
      description: 'The upstream.',
      content: { 'application/json': { schema: upstreamSchema } },
    },
    ...PROBLEMS,
  },
});

const change = createRoute({
  method: 'patch',
  path: '/admin/v1/upstreams/{upstream}',
  ...guarded('upstreams.write', 'Says where an upstream is switched on and off: in the file'),
  request: {
    params,
    body: {
      required: true,
      content: { 'application/json': { schema: z.strictObject({ isEnabled: z.boolean() }) } },
    },
  },
  responses: PROBLEMS,
});

const refresh = createRoute({
  method: 'post',
  path: '/admin/v1/upstreams/{upstream}/refresh',
  ...guarded('upstreams.write', "Asks for an upstream's lists to be read again soon"),
  request: { params },
  responses: {
    202: {
      description: 'They will be read.',
      content: { 'application/json': { schema: z.object({ upstream: z.string() }) } },
    },
    ...PROBLEMS,
  },
});

export function addUpstreams(app: App): void {
  app.openapi(list, (c) => {
    const { ports } = c.var;
    const { limit, cursor } = c.req.valid('query');
    const after = startOf(c, LIST, cursor);
    if (after === undefined) return problem(c, 'cursor_invalid');
    const idOf = ({ id }: { readonly id: string }): string => id;
    const { upstreams } = ports.view();
    const { entries, ...next } = pageOf(c, upstreams, { list: LIST, after, limit, idOf });
    return c.json({ upstreams: entries.map((each) => upstreamShown(ports, each)), ...next }, 200);
  });
  app.openapi(one, (c) => {
    const { ports } = c.var;
    const { upstream } = c.req.valid('param');
    const facts = ports.view().upstreams.find(({ id }) => id === upstream);
    if (facts === undefined) return problem(c, 'not_found');
    return c.json(upstreamShown(ports, facts), 200);
  });
  app.openapi(change, async (c) => {
    const { ports } = c.var;
    const { upstream } = c.req.valid('param');
    if (ports.view().upstreams.every(({ id }) => id !== upstream)) return problem(c, 'not_found');
    const place = await ports.place(['upstreams', upstream, 'enabled']);
    const { isEnabled } = c.req.valid('json');
    const thing = `upstream ${upstream}`;
    const details = { isEnabled, why: 'the configuration file is the source' };
    recordChange(c.var, { action: 'upstreams.write', thing, outcome: 'refused', details });
    const where = place.file === '' ? 'the configuration file' : place.file;
    const text = `Write ${place.key}: ${String(isEnabled)} in ${where}; the gateway follows it.`;
    return problem(c, 'source_is_file', text, { source: place });
  });
  app.openapi(refresh, (c) => {
    const { ports } = c.var;
    const { upstream } = c.req.valid('param');
    const facts = ports.view().upstreams.find(({ id }) => id === upstream);
    if (facts === undefined) return problem(c, 'not_found');
    if (!facts.isEnabled) return problem(c, 'conflict', 'The upstream is switched off.');
    ports.refresh(upstream);
    const thing = `upstream ${upstream}`;
    recordChange(c.var, {
      action: 'upstreams.write',
      thing,
      outcome: 'done',
      details: { refresh: true },
    });
    return c.json({ upstream }, 202);
  });
}
