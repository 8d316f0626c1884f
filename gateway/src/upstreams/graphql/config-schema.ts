/** `graphql` of an upstream: where its schema is, and which of its operations become tools. */
import { z } from 'zod';
import { listSettings } from '../api/list-settings.ts';
import { checkProjection } from '../api/results/projection.ts';
import { address } from '../header-schema.ts';
import { subscriptionsConfig, subscriptionsSchema } from './subscriptions/config-schema.ts';

const SCHEMA_FILE = /\.(?:graphqls?|gql|json)$/i;

const path = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    // A drive letter is a path, not a scheme.
    const [, scheme] = /^([a-z][a-z0-9+.-]+):/i.exec(text) ?? [];
    if (scheme === undefined || /^https?$/i.test(scheme)) return;
    context.addIssue({ code: 'custom', message: 'must be a path, or an http or https address' });
  })
  .superRefine((text, context) => {
    const url = /^https?:/i.test(text) ? URL.parse(text) : undefined;
    if (url === undefined) return;
    const message =
      url === null
        ? 'is not an address'
        : url.username + url.password === ''
          ? ''
          : 'must not hold a name or password; write auth or headers beside it';
    if (message !== '') context.addIssue({ code: 'custom', message });
  });

const fields = z
  .array(
    z
      .string()
      .regex(
        /^(?:(?:query|mutation)\.)?[\w*]+$/,
        'must be a field such as "orders", "mutation.deleteOrder" or "mutation.delete*"',
      ),
  )
  .min(1);

const projections = z
  .record(z.string(), z.string().min(1))
  .superRefine((written, context) => {
    for (const [place, expression] of Object.entries(written)) {
      const message = projectionProblem(place, expression);
      if (message !== '') context.addIssue({ code: 'custom', message, path: [place] });
    }
  })
  .describe('What to keep of answers: JMESPath by "query.orders" or "operation.ListOrders".');

function projectionProblem(place: string, expression: string): string {
  if (!/^(?:query|mutation|operation)\.\w+$/.test(place)) {
    return 'must be named as "query.orders", "mutation.addOrder" or "operation.ListOrders"';
  }
  const problem = checkProjection(expression);
  return problem === '' ? '' : `is no JMESPath expression: ${problem}`;
}

const entry = z
  .strictObject({
    url: address('').optional().describe('The endpoint that takes GraphQL over HTTP POST.'),
    schema: path
      .optional()
      .describe(
        'The schema: SDL or introspection JSON, a path or an address; asked of url if absent.',
      ),
    operations: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('Files with operations, each of which is a tool: paths, "*" for any name.'),
    generate: z
      .boolean()
      .optional()
      .describe('Whether fields of the roots become tools; by default where operations is absent.'),
    include: fields.optional().describe('Only these fields of the roots; "*" for anything.'),
    exclude: fields.optional().describe('Not these fields of the roots.'),
    mutations: z.boolean().default(true).describe('false leaves everything out that may write.'),
    dynamic: z
      .boolean()
      .default(false)
      .describe('Adds tools that search the types and run any query within the limits.'),
    maxDepth: z
      .number()
      .int()
      .min(1)
      .max(50)
      .default(8)
      .describe('Levels of a query that a caller writes.'),
    maxCost: z
      .number()
      .int()
      .min(1)
      .max(10_000_000)
      .default(5000)
      .describe('Fields that a query of a caller may ask for, those in lists times their length.'),
    subscriptions: subscriptionsSchema.optional(),
    ...listSettings,
    projections: projections.optional(),
  })
  .superRefine(({ url, schema }, context) => {
    if (url !== undefined || schema !== undefined) return;
    context.addIssue({ code: 'custom', message: 'must have url, or schema, or both' });
  })
  .superRefine(({ url, subscriptions }, context) => {
    const chosen = subscriptionsConfig(subscriptions);
    if (chosen === undefined || (chosen.url ?? url) !== undefined) return;
    const message = 'are opened somewhere; set url to the address of the API';
    context.addIssue({ code: 'custom', message, path: ['subscriptions'] });
  });

export const graphQlSchema = z
  .union([path, entry])
  .describe('A GraphQL API: its address, or the file with its schema.');

export type GraphQlConfig = z.infer<typeof entry>;

/** An entry with everything in its place, whether it was written as text or as a section. */
export function graphQlConfig(written: z.infer<typeof graphQlSchema>): GraphQlConfig {
  return typeof written === 'string' ? entry.parse(sourceSection(written)) : written;
}

/** A path or address as what it must mean: an endpoint, unless its name is that of a schema. */
export function sourceSection(
  source: string,
): { readonly url: string } | { readonly schema: string } {
  const url = /^https?:\/\//i.test(source) ? URL.parse(source) : null;
  return url === null || SCHEMA_FILE.test(url.pathname) ? { schema: source } : { url: source };
}
