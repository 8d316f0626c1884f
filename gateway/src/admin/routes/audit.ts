/** What happened: records, the newest first. */
import { createRoute, z } from '@hono/zod-openapi';
import { guarded } from '../access.ts';
import { searchRecords } from '../audit-search.ts';
import type { App } from '../env.ts';
import { cursorAfter, nextCursor, pageQuery, startOf } from '../paging.ts';
import { PROBLEMS, problem } from '../problem.ts';

const text = z.string().max(500).optional();

const route = createRoute({
  method: 'get',
  path: '/admin/v1/audit',
  ...guarded('audit.read', 'Searches the record, the newest first'),
  request: {
    query: z.object({
      ...pageQuery,
      from: z.iso.datetime().optional(),
      to: z.iso.datetime().optional(),
      principal: text,
      item: text.openapi({ example: 'tool:crm/get_contact' }),
      outcome: text.openapi({ description: 'result, refused, done, … or the reason of a refusal' }),
      decision: text,
      kind: z.enum(['call', 'change', 'unidentified']).optional(),
      text: text.openapi({ description: 'Stands anywhere in the record.' }),
    }),
  },
  responses: {
    200: {
      description: 'Records; a page may be short, or empty, and yet not the last one.',
      content: {
        'application/json': {
          schema: z
            .object({ records: z.array(z.record(z.string(), z.unknown())), nextCursor })
            .openapi('Records'),
        },
      },
    },
    ...PROBLEMS,
  },
});

export function addAudit(app: App): void {
  app.openapi(route, async (c) => {
    const { ports } = c.var;
    const { limit, cursor, ...filter } = c.req.valid('query');
    const list = JSON.stringify(['audit', filter]);
    const after = startOf(c, list, cursor);
    if (after === undefined) return problem(c, 'cursor_invalid');
    const file = ports.auditFile();
    if (file === undefined) {
      return problem(c, 'conflict', 'The record goes to standard output and cannot be read back.');
    }
    if (after === '') await ports.flushAudit();
    const page = await searchRecords(file, filter, { after, limit });
    const next = page.next === undefined ? {} : { nextCursor: cursorAfter(c, list, page.next) };
    return c.json({ records: [...page.records], ...next }, 200);
  });
}
