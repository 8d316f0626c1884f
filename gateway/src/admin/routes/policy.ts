/** The rules in force. They stand in the configuration file and are changed there. */
import { createRoute, z } from '@hono/zod-openapi';
import { guarded } from '../access.ts';
import type { App } from '../env.ts';
import { cursorAfter, nextCursor, pageQuery, startOf } from '../paging.ts';
import { PROBLEMS, problem } from '../problem.ts';

const LIST = 'rules';

const placeSchema = z.object({
  file: z.string(),
  key: z.string(),
  line: z.number().int().optional(),
});

const route = createRoute({
  method: 'get',
  path: '/admin/v1/policy',
  ...guarded('policy.read', 'Shows the rules in force, where each stands, and what lint says'),
  request: { query: z.object(pageQuery) },
  responses: {
    200: {
      description: 'Rules, in the order of the configuration.',
      content: {
        'application/json': {
          schema: z
            .object({
              default: z.enum(['allow', 'deny']).nullable(),
              rules: z.array(
                z.object({
                  index: z.number().int(),
                  name: z.string(),
                  rule: z.record(z.string(), z.unknown()),
                  source: placeSchema,
                  findings: z.array(z.string()),
                }),
              ),
              nextCursor,
            })
            .openapi('Policy'),
        },
      },
    },
    ...PROBLEMS,
  },
});

export function addPolicy(app: App): void {
  app.openapi(route, async (c) => {
    const { ports } = c.var;
    const { limit, cursor } = c.req.valid('query');
    const after = startOf(c, LIST, cursor);
    if (after === undefined) return problem(c, 'cursor_invalid');
    const view = ports.view();
    const findings = view.lint();
    const from = Number(after);
    const rules = [];
    for (const [at, rule] of view.policy.rules.slice(from, from + limit).entries()) {
      const index = from + at;
      rules.push({
        index,
        name: rule.name ?? `#${index + 1}`,
        rule: { ...rule },
        source: { ...(await ports.place(['policy', 'rules', index])) },
        findings: findings.filter((each) => each.index === index).map(({ text }) => text),
      });
    }
    const end = from + limit;
    const next =
      end < view.policy.rules.length ? { nextCursor: cursorAfter(c, LIST, String(end)) } : {};
    return c.json({ default: view.policy.default ?? null, rules, ...next }, 200);
  });
}
