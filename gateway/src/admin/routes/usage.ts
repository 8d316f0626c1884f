/** What was used, as `drawbridge usage` shows it. */
import { createRoute, z } from '@hono/zod-openapi';
import { guarded } from '../access.ts';
import type { App } from '../env.ts';
import { PROBLEMS } from '../problem.ts';

const HOUR_MS = 3_600_000;
const MAX_ROWS = 1000;

const sum = z.object({
  name: z.string(),
  calls: z.number().int(),
  refusals: z.number().int(),
  errors: z.number().int(),
  resultBytes: z.number().int(),
  tokens: z.number().int(),
  cost: z.number(),
});

const route = createRoute({
  method: 'get',
  path: '/admin/v1/usage',
  ...guarded('usage.read', 'Sums what was used, most calls first'),
  request: {
    query: z.object({
      by: z.enum(['team', 'user', 'agent', 'tool', 'endpoint', 'principal']).default('user'),
      sinceHours: z.coerce
        .number()
        .int()
        .min(1)
        .max(24 * 400)
        .default(24),
      limit: z.coerce.number().int().min(1).max(MAX_ROWS).default(MAX_ROWS),
    }),
  },
  responses: {
    200: {
      description: 'Sums over the hours since then.',
      content: {
        'application/json': {
          schema: z
            .object({ by: z.string(), since: z.iso.datetime(), usage: z.array(sum) })
            .openapi('Usage'),
        },
      },
    },
    ...PROBLEMS,
  },
});

export function addUsage(app: App): void {
  app.openapi(route, async (c) => {
    const { by, sinceHours, limit } = c.req.valid('query');
    const { clock, store } = c.var.ports;
    const fromMs = Math.floor((clock.nowMs() - sinceHours * HOUR_MS) / HOUR_MS) * HOUR_MS;
    const sums = await store.usage.sums(by === 'tool' ? 'item' : by, fromMs, limit);
    const since = new Date(fromMs).toISOString();
    return c.json({ by, since, usage: sums.map((each) => ({ ...each })) }, 200);
  });
}
