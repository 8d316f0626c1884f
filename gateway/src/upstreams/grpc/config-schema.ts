/** `grpc` of an upstream: where it is, what describes it, and how its methods become tools. */
import { z } from 'zod';
import { listSettings } from '../api/list-settings.ts';
import { checkProjection } from '../api/results/projection.ts';
import type { AuthConfig } from '../auth-schema.ts';
import { headers } from '../header-schema.ts';

const ADDRESS = /^grpcs?:\/\//i;
const PROTO = /\.proto$/i;
const DESCRIPTORS = /\.(?:pb|protoset|desc|binpb|fds)$/i;

/** Whether a text is the address of a server. */
export function isAddress(text: string): boolean {
  return ADDRESS.test(text);
}

const address = z.string().superRefine((text, context) => {
  const message = addressProblem(text);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

/** `grpc://host:port` as everything else here writes origins; null where it is no address. */
export function originOf(text: string): URL | null {
  return URL.parse(text.replace(/^grpc(s?):/i, 'http$1:'));
}

function addressProblem(text: string): string | undefined {
  const url = ADDRESS.test(text) ? originOf(text) : null;
  if (url === null || url.hostname === '') {
    return 'must be grpc://host:port, or grpcs://host:port for TLS';
  }
  if (url.username !== '' || url.password !== '') {
    return 'must not hold a name or password; write auth or metadata beside it';
  }
  return /^\/?$/.test(url.pathname) && url.search === '' && url.hash === ''
    ? undefined
    : 'must end behind the port: methods have paths of their own';
}

const path = z
  .string()
  .min(1)
  .refine((text) => !/^[a-z][a-z0-9+.-]+:/i.test(text), 'must be a path, not an address');

const words = z.array(z.string().min(1)).min(1);
const paths = z.array(path).min(1).max(1000);
const count = z.number().int().min(1);

/** What the gateway writes itself, and values whose bytes metadata carries as Base64. */
function metadataProblem(name: string, value: string): string | undefined {
  if (/^grpc-/i.test(name)) return `the gateway sets "${name}" itself; leave it out`;
  return /-bin$/i.test(name) && !/^[a-z0-9+/]+={0,2}$/i.test(value)
    ? 'must be Base64, since the name ends in -bin'
    : undefined;
}

const metadata = headers.superRefine((values, context) => {
  for (const [name, value] of Object.entries(values)) {
    const message = metadataProblem(name, value);
    if (message !== undefined) context.addIssue({ code: 'custom', message, path: [name] });
  }
});

const streaming = z
  .strictObject({
    maxMessages: count.max(100_000).default(1000).describe('Messages taken of one stream.'),
    maxMs: count
      .max(3_600_000)
      .default(30_000)
      .describe('How long a stream is listened to, milliseconds.'),
    maxBytes: count
      .max(1_073_741_824)
      .optional()
      .describe('Bytes taken of one stream; as long as an answer may be where left out.'),
    bidirectional: z
      .boolean()
      .default(false)
      .describe('true makes tools of methods that stream both ways: a list in, a list out.'),
  })
  .describe('How streams are collected.');

const projections = z
  .record(z.string(), z.string().min(1))
  .superRefine((written, context) => {
    for (const [place, expression] of Object.entries(written)) {
      const problem = checkProjection(expression);
      if (problem === '') continue;
      context.addIssue({
        code: 'custom',
        message: `is no JMESPath expression: ${problem}`,
        path: [place],
      });
    }
  })
  .describe('What to keep of answers: JMESPath by methods, "shop.Orders/List".');

const entry = z
  .strictObject({
    url: address.optional().describe('Where it is: grpc://host:port, grpcs:// for TLS.'),
    protos: paths.optional().describe('.proto files and folders of them, relative to this file.'),
    includes: z
      .array(path)
      .optional()
      .describe('Folders that imports of .proto files are looked for in, beside their own.'),
    descriptors: z
      .union([path, paths])
      .optional()
      .describe('Descriptor sets (protoc --descriptor_set_out), by path.'),
    services: words
      .optional()
      .describe('Only these services or methods; "*" stands for anything: "shop.*".'),
    exclude: words.optional().describe('Services or methods that are left out.'),
    metadata: metadata.optional().describe('Metadata sent with every call.'),
    streaming: streaming.optional(),
    compression: z
      .enum(['none', 'gzip'])
      .default('none')
      .describe('How what is sent is compressed; gzip is always taken.'),
    ...listSettings,
    projections: projections.optional(),
  })
  .superRefine((written, context) => {
    const { url, protos, descriptors } = written;
    if (url === undefined && protos === undefined && descriptors === undefined) {
      context.addIssue({ code: 'custom', message: 'must have url, protos or descriptors' });
    }
  });

const short = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    if (PROTO.test(text) || DESCRIPTORS.test(text)) return;
    const message = addressProblem(text);
    if (message === undefined) return;
    context.addIssue({
      code: 'custom',
      message: `${message}; or the path of a .proto file or descriptor set (.pb, .protoset, .desc)`,
    });
  });

export const grpcSchema = z
  .union([short, entry])
  .describe('A gRPC server: its address, .proto files or descriptor sets.');

export type GrpcConfig = z.infer<typeof entry>;
export type StreamingConfig = z.infer<typeof streaming>;

export const DEFAULT_STREAMING: StreamingConfig = streaming.parse({});

/** An entry with everything in its place, whether it was written as text or as a section. */
export function grpcConfig(written: z.infer<typeof grpcSchema>): GrpcConfig {
  return typeof written === 'string' ? entry.parse(sectionOf(written)) : written;
}

/** What a single text of an entry means. */
export function sectionOf(source: string): { readonly [name: string]: string | string[] } {
  if (isAddress(source)) return { url: source };
  return DESCRIPTORS.test(source) ? { descriptors: source } : { protos: [source] };
}

type Problem = readonly [message: string, ...path: string[]];

const NO_QUERY =
  'is for addresses with a query, which calls of gRPC have not; use bearer, basic or headers';
const NO_SCHEMES =
  'is for documents that name security schemes; descriptors of gRPC name none; use bearer, basic, headers, clientCredentials or tokenExchange';

/** What stands beside `grpc` and could not be sent as it is meant. */
export function grpcProblems(entry: {
  readonly grpc?: unknown;
  readonly auth?: AuthConfig | undefined;
  readonly headers?: object | undefined;
}): Problem[] {
  if (entry.grpc === undefined) return [];
  const { auth } = entry;
  const discovery = auth?.tokenExchange?.discovery;
  const isAsked = typeof discovery === 'object' && discovery.query !== undefined;
  return [
    ...(auth?.query === undefined ? [] : [[NO_QUERY, 'auth', 'query'] as const]),
    ...(auth?.schemes === undefined ? [] : [[NO_SCHEMES, 'auth', 'schemes'] as const]),
    ...(isAsked ? [[NO_QUERY, 'auth', 'tokenExchange', 'discovery', 'query'] as const] : []),
    ...headerProblems(entry.headers, 'headers'),
    ...headerProblems(auth?.headers, 'auth', 'headers'),
  ];
}

function headerProblems(written: object | undefined, ...path: string[]): Problem[] {
  return Object.entries(written ?? {}).flatMap(([name, value]): Problem[] => {
    const message = metadataProblem(name, String(value));
    return message === undefined ? [] : [[message, ...path, name]];
  });
}
