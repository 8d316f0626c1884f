/** Whether the gateway works, and what of it does not. */
import { createRoute, z } from '@hono/zod-openapi';
import { guarded } from '../access.ts';
import type { App } from '../env.ts';
import { PROBLEMS } from '../problem.ts';
import { time, timeText } from '../times.ts';

const schema = z
  .object({
    version: z.string(),
    started: time,
    uptimeSeconds: z.number().int(),
    isReady: z.boolean(),
    store: z.enum(['up', 'down']),
    audit: z.object({
      isFailing: z.boolean(),
      written: z.number().int(),
      waiting: z.number().int(),
      lost: z.number().int(),
    }),
    upstreams: z.array(z.object({ id: z.string(), state: z.string(), lists: z.string() })),
  })
  .openapi('Health');

const route = createRoute({
  method: 'get',
  path: '/admin/v1/health',
  ...guarded('health.read', 'Says whether the gateway and what stands behind it work'),
  responses: {
    200: { description: 'The state.', content: { 'application/json': { schema } } },
    401: PROBLEMS[401],
    403: PROBLEMS[403],
    500: PROBLEMS[500],
    503: PROBLEMS[503],
  },
});

export function addHealth(app: App): void {
  app.openapi(route, async (c) => {
    const { ports } = c.var;
    const { isFailing, written, waiting, lost } = ports.auditCounts();
    const lists = new Map(ports.parts().map(({ id, state }) => [id, state]));
    const store = await ports.store.apiKeys.version().then(
      () => 'up' as const,
      () => 'down' as const,
    );
    const upstreams = ports
      .status()
      .map(({ id, state }) => ({ id, state, lists: lists.get(id) ?? 'missing' }));
    const uptimeSeconds = Math.floor((ports.clock.nowMs() - ports.startedMs) / 1000);
    return c.json(
      {
        version: ports.version,
        started: timeText(ports.startedMs),
        uptimeSeconds,
        isReady: ports.isReady(),
        store,
        audit: { isFailing, written, waiting, lost },
        upstreams,
      },
      200,
    );
  });
}
