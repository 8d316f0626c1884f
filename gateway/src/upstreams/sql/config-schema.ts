/** `sql` of an upstream: its database, and the folder of queries that become tools. */
import { z } from 'zod';
import { listSettings } from '../api/list-settings.ts';
import { checkProjection } from '../api/results/projection.ts';
import { dialectOf } from './dialect.ts';
import { roleSchema, settingsSchema } from './principals/schema.ts';
import { ADDRESS_FORMS, addressProblem } from './address-problem.ts';

const database = z.string().superRefine((text, context) => {
  const message = addressProblem(text);
  if (message !== '') context.addIssue({ code: 'custom', message });
});

const projections = z
  .record(z.string(), z.string().min(1))
  .superRefine((written, context) => {
    for (const [name, expression] of Object.entries(written)) {
      const problem = checkProjection(expression);
      if (problem === '') continue;
      const message = `is no JMESPath expression: ${problem}`;
      context.addIssue({ code: 'custom', message, path: [name] });
    }
  })
  .describe('What to keep of answers: JMESPath by the name of the query.');

const bound = (least: number, most: number, otherwise: number) =>
  z.number().int().min(least).max(most).default(otherwise);

const entry = z
  .strictObject({
    url: database.optional().describe(`The database: ${ADDRESS_FORMS}.`),
    queries: z
      .string()
      .min(1)
      .optional()
      .describe('Folder with .sql files, each of which is a tool; relative to this file.'),
    introspection: z
      .boolean()
      .optional()
      .describe('Tools that list and describe tables; by default where there is no queries.'),
    schemas: z
      .array(z.string().min(1).max(128))
      .min(1)
      .optional()
      .describe('Schemas that introspection shows; all but those of the system where left out.'),
    role: roleSchema.optional(),
    settings: settingsSchema.optional(),
    maxRows: bound(1, 100_000, 1000).describe('Rows of one answer.'),
    maxBytes: bound(1024, 268_435_456, 8_388_608).describe('Bytes of one answer.'),
    statementTimeoutMs: bound(1, 3_600_000, 15_000).describe(
      'How long the database may work on one statement, milliseconds.',
    ),
    lockTimeoutMs: bound(1, 3_600_000, 5000).describe(
      'How long a statement may wait for a lock, milliseconds.',
    ),
    connectTimeoutMs: bound(1, 60_000, 5000).describe(
      'How long connecting may take, milliseconds.',
    ),
    maxConnections: bound(1, 100, 5).describe('Connections that are open at once.'),
    ...listSettings,
    projections: projections.optional(),
  })
  .superRefine(({ url, queries, role, settings }, context) => {
    if (url === undefined && queries === undefined) {
      context.addIssue({ code: 'custom', message: 'must have url' });
    }
    if (url === undefined || dialectOf(url) === 'postgres') return;
    for (const [key, value] of Object.entries({ role, settings })) {
      if (value === undefined) continue;
      context.addIssue({ code: 'custom', message: 'is for PostgreSQL', path: [key] });
    }
  });

export const sqlSchema = z
  .union([z.string().min(1), entry])
  .superRefine((written, context) => {
    if (typeof written !== 'string') return;
    const message = database.safeParse(written).error?.issues[0]?.message;
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .describe('A database: its address, or its address and a folder of queries.');

export type SqlConfig = z.infer<typeof entry>;

/** An entry with everything in its place, whether it was written as text or as a section. */
export function sqlConfig(written: z.infer<typeof sqlSchema>): SqlConfig {
  return typeof written === 'string' ? entry.parse({ url: written }) : written;
}
