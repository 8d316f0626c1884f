/** The `upstreams` part of the configuration. */
import { z } from 'zod';
import { LEGACY_REVISIONS, UPSTREAM_ID, eraOf } from '../kernel/index.ts';
import { authSchema, headersPresented } from './auth-schema.ts';
import { clientTlsSchema, type ClientTlsConfig } from '../egress/index.ts';
import { grpcProblems, grpcSchema } from './grpc/config-schema.ts';
import { headers } from './header-schema.ts';
import { API_KINDS, kindOf } from './api/kind-names.ts';
import { mode } from './api/list-settings.ts';
import { mcpSchema } from './mcp/schema.ts';
import { graphQlSchema } from './graphql/config-schema.ts';
import { openApiSchema } from './openapi/config-schema.ts';
import { soapSchema } from './soap/config-schema.ts';
import { sqlSchema } from './sql/config-schema.ts';

import { tlsProblems } from './tls-problems.ts';
import { webhookSchema } from './webhook/config-schema.ts';

/** What stands behind an entry; it has exactly one of them. */
const KINDS = ['mcp', ...API_KINDS, 'webhook'] as const;

const upstreamSchema = z
  .strictObject({
    mcp: mcpSchema.optional(),
    openapi: openApiSchema.optional(),
    graphql: graphQlSchema.optional(),
    sql: sqlSchema.optional(),
    grpc: grpcSchema.optional(),
    soap: soapSchema.optional(),
    webhook: webhookSchema.optional(),
    title: z.string().min(1).max(200).optional().describe('What people call it.'),
    auth: authSchema.optional().describe('How the gateway proves to it who it is.'),
    headers: headers.optional().describe('Headers sent with every request.'),
    tls: clientTlsSchema.optional(),
    labels: z
      .array(z.string().min(1).max(64))
      .default([])
      .describe('Words for it, for rules and for people.'),
    trustAnnotations: z
      .boolean()
      .optional()
      .describe('What its tools say of themselves may widen what rules allow.'),
    timeoutMs: z
      .number()
      .int()
      .min(1)
      .max(3_600_000)
      .optional()
      .describe('How long one call may take, milliseconds; limits.callTimeoutMs where left out.'),
    mode: mode.optional(),
    shared: z
      .boolean()
      .default(false)
      .describe('All callers share one session or process of it; only where it keeps no secrets.'),
    enabled: z.boolean().default(true).describe('false takes it out without forgetting it.'),
  })
  .superRefine((entry, context) => {
    for (const [message, ...path] of [
      ...kindProblems(entry),
      ...eraProblems(entry),
      ...credentialProblems(entry),
      ...grpcProblems(entry),
      ...webhookProblems(entry),
      ...tlsProblems(entry),
    ]) {
      context.addIssue({ code: 'custom', message, path });
    }
  });

interface Entry {
  readonly mcp?: string | object | undefined;
  readonly openapi?: string | object | undefined;
  readonly graphql?: string | object | undefined;
  readonly sql?: string | object | undefined;
  readonly grpc?: string | object | undefined;
  readonly soap?: string | object | undefined;
  readonly webhook?: object | undefined;
  readonly auth?: z.infer<typeof authSchema> | undefined;
  readonly headers?: object | undefined;
  readonly mode?: string | undefined;
  readonly tls?: ClientTlsConfig | undefined;
}

type Problem = readonly [message: string, ...path: string[]];

function kindProblems(entry: Entry): Problem[] {
  const kinds = KINDS.filter((kind) => entry[kind] !== undefined);
  if (kinds.length === 0) return [[`must say what stands behind it: ${KINDS.join(' or ')}`]];
  const [, second] = kinds;
  if (second !== undefined) {
    return [
      [`one entry is one upstream; write ${kinds.join(' and ')} as entries of their own`, second],
    ];
  }
  if (entry.mode === undefined) return [];
  if (entry.webhook !== undefined) return [];
  const kind = kindOf(entry);
  if (kind === undefined) {
    return [['is for APIs; how an MCP server is listed is set at the endpoint', 'mode']];
  }
  const section = entry[kind];
  const isInside = typeof section === 'object' && 'mode' in section;
  return isInside ? [[`is set in ${kind} already`, 'mode']] : [];
}

function eraProblems({ mcp }: Entry): Problem[] {
  if (typeof mcp !== 'object' || !('type' in mcp) || !('era' in mcp)) return [];
  if (mcp.type !== 'sse' || typeof mcp.era !== 'string' || eraOf(mcp.era) !== 'modern') return [];
  const allowed = ['auto', ...LEGACY_REVISIONS].join(', ');
  return [[`is not spoken over HTTP with SSE (type sse), which takes ${allowed}`, 'mcp', 'era']];
}

function credentialProblems(entry: Entry): Problem[] {
  const problems: Problem[] = [];
  if (typeof entry.mcp === 'object' && 'command' in entry.mcp) {
    for (const key of ['auth', 'headers'] as const) {
      if (entry[key] === undefined) continue;
      problems.push(['is for servers over HTTP; a command gets what it needs in mcp.env', key]);
    }
  }
  if (entry.auth === undefined) return problems;
  if (entry.auth.schemes !== undefined && entry.mcp !== undefined) {
    problems.push(['is for APIs; an MCP server takes bearer or basic', 'auth', 'schemes']);
  }
  const presented = headersPresented(entry.auth);
  const written = { ...headersOf(entry.mcp), ...metadataOf(entry.grpc), ...entry.headers };
  for (const name of Object.keys(written)) {
    if (!presented.has(name.toLowerCase())) continue;
    problems.push([`the header "${name}" is set already; keep one of the two`, 'auth']);
  }
  return problems;
}

function headersOf(mcp: string | object | undefined): object {
  return typeof mcp === 'object' && 'headers' in mcp && typeof mcp.headers === 'object'
    ? (mcp.headers ?? {})
    : {};
}

function metadataOf(grpc: string | object | undefined): object {
  return typeof grpc === 'object' && 'metadata' in grpc && typeof grpc.metadata === 'object'
    ? (grpc.metadata ?? {})
    : {};
}

/** Nobody calls it, so nothing is presented to it and no tools are listed. */
function webhookProblems(entry: Entry): Problem[] {
  if (entry.webhook === undefined) return [];
  return (['auth', 'headers', 'tls', 'mode'] as const)
    .filter((key) => entry[key] !== undefined)
    .map((key): Problem => ['is for upstreams that are called; a webhook only sends', key]);
}

/** `upstreams`: id to what stands there. The id never changes; policy and audit speak of it. */
export const upstreamsSchema = z.record(z.string().regex(UPSTREAM_ID), upstreamSchema, {
  error: ({ code }) =>
    code === 'invalid_key'
      ? 'must be lower-case letters, digits and "-", beginning with a letter, at most 31'
      : undefined,
});

export type UpstreamConfig = z.infer<typeof upstreamSchema>;
export type UpstreamsConfig = Readonly<Record<string, UpstreamConfig>>;
