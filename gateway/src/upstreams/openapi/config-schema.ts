/** `openapi` of an upstream: its document, and which of its operations become tools. */
import { z } from 'zod';
import { listSettings } from '../api/list-settings.ts';
import { checkProjection } from '../api/results/projection.ts';
import { address } from '../header-schema.ts';

const place = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    const message = placeProblem(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

function placeProblem(text: string): string | undefined {
  // A drive letter is a path, not a scheme.
  const [, scheme] = /^([a-z][a-z0-9+.-]+):/i.exec(text) ?? [];
  if (scheme === undefined) return undefined;
  const url = URL.parse(text);
  if (!/^https?$/i.test(scheme)) return 'must be a path, or an http or https address';
  if (url === null) return 'is not an address';
  return url.username === '' && url.password === ''
    ? undefined
    : 'must not hold a name or password; download the document and give its path';
}

const host = z
  .string()
  .regex(
    /^(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\]|[0-9a-f]*:[0-9a-f:.]+)(?::\d{1,5})?(?:\/\d{1,3})?$/i,
    'must be a host ("files.example.com", with ":port" where that matters) or a range ("10.0.0.0/8")',
  );

const words = z.array(z.string().min(1)).min(1);
const methods = z
  .array(z.string().regex(/^[A-Za-z-]+$/, 'must be a method such as GET'))
  .min(1)
  .describe('HTTP methods.');
const selection = {
  tags: words.optional().describe('Tags as the document has them.'),
  paths: words.optional().describe('Path templates; "*" stands for anything: "/pets/*".'),
  methods: methods.optional(),
};

const include = z
  .strictObject(selection)
  .describe('Only operations that fit every list that is given.');
const exclude = z
  .strictObject({
    ...selection,
    deprecated: z.boolean().optional().describe('true leaves deprecated operations out.'),
  })
  .describe('Operations that fit any of the lists are left out.');

const projections = z
  .record(z.string(), z.string().min(1))
  .superRefine((written, context) => {
    for (const [place, expression] of Object.entries(written)) {
      const message = projectionProblem(place, expression);
      if (message !== '') context.addIssue({ code: 'custom', message, path: [place] });
    }
  })
  .describe('What to keep of answers: JMESPath by operations, "GET /pets/{id}".');

function projectionProblem(place: string, expression: string): string {
  if (!/^[A-Z-]+ \//.test(place)) return 'must be named by method and path: "GET /pets/{id}"';
  const problem = checkProjection(expression);
  return problem === '' ? '' : `is no JMESPath expression: ${problem}`;
}

const entry = z.strictObject({
  document: place.describe('The OpenAPI document: a path relative to this file, or an address.'),
  url: address('')
    .optional()
    .describe("Where the API is; the document's first server where left out."),
  overlays: z.array(place).optional().describe('OpenAPI Overlay documents, applied in this order.'),
  references: words
    .optional()
    .describe('Where else the document may refer to: addresses, hosts, files or folders.'),
  hosts: z
    .array(host)
    .optional()
    .describe('Further hosts that single operations may be called at, and private ranges.'),
  variables: z
    .record(z.string(), z.string())
    .optional()
    .describe('Values for the variables of its servers.'),
  include: include.optional(),
  exclude: exclude.optional(),
  ...listSettings,
  projections: projections.optional(),
});

export const openApiSchema = z
  .union([place, entry])
  .describe('An API: its OpenAPI or Swagger document, by path or address.');

export type OpenApiConfig = z.infer<typeof entry>;

/** An entry with everything in its place, whether it was written as text or as a section. */
export function openApiConfig(written: z.infer<typeof openApiSchema>): OpenApiConfig {
  return typeof written === 'string' ? entry.parse({ document: written }) : written;
}
