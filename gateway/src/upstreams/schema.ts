/** The `upstreams` part of the configuration. */
import { z } from 'zod';
import { isHeaderName, isHeaderValue } from '../egress/index.ts';
import { LEGACY_REVISIONS, MODERN_REVISIONS, UPSTREAM_ID } from '../kernel/index.ts';

const ERAS = ['auto', ...MODERN_REVISIONS, ...LEGACY_REVISIONS] as const;

const era = z
  .enum(ERAS)
  .default('auto')
  .describe('Protocol revision to speak; auto finds out and looks again every hour.');

/** Headers that the gateway writes itself, or that speak of one connection only. */
const OWN_HEADERS =
  /^(host|content-(length|type|encoding)|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|accept(-encoding)?|last-event-id|mcp-.*|proxy-.*)$/i;

const headers = z.record(z.string(), z.string()).superRefine((values, context) => {
  for (const [name, value] of Object.entries(values)) {
    const message = headerProblem(name, value);
    if (message !== undefined) context.addIssue({ code: 'custom', message, path: [name] });
  }
});

function headerProblem(name: string, value: string): string | undefined {
  if (!isHeaderName(name)) return `"${name}" cannot be the name of a header`;
  if (OWN_HEADERS.test(name)) return `the gateway sets the header "${name}" itself; leave it out`;
  return isHeaderValue(value)
    ? undefined
    : 'must be one line without spaces at its ends, in ASCII or Latin-1';
}

const address = z.string().superRefine((text, context) => {
  const message = addressProblem(text);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

function addressProblem(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return 'must be an http or https address; a command is written as { command: npx, args: [...] }';
  }
  if (url.username !== '' || url.password !== '') {
    return 'must not hold a name or password; write auth: { bearer: ... } or headers beside mcp';
  }
  return url.hash === '' ? undefined : 'must not end in a fragment ("#...")';
}

const httpServer = z.strictObject({
  type: z.enum(['http', 'streamable-http']).optional().describe('Transport, as mcp.json has it.'),
  url: address.describe('Address of an MCP server over Streamable HTTP.'),
  headers: headers.optional().describe('Headers sent with every request.'),
  era,
});

const stdioServer = z.strictObject({
  type: z.literal('stdio').optional().describe('Transport, as mcp.json has it.'),
  command: z.string().min(1).describe('Program that speaks MCP on its standard input and output.'),
  args: z.array(z.string()).default([]).describe('Its arguments; no shell reads them.'),
  env: z.record(z.string(), z.string()).default({}).describe('Environment variables set for it.'),
  inheritEnv: z
    .array(z.string())
    .default([])
    .describe("Names of the gateway's own environment variables that it may see too."),
  cwd: z.string().min(1).optional().describe('Its folder, relative to this file.'),
  era,
});

const upstreamSchema = z
  .strictObject({
    mcp: z
      .union([address, httpServer, stdioServer])
      .describe("An MCP server: its address, or an entry as in a client's mcp.json."),
    title: z.string().min(1).max(200).optional().describe('What people call it.'),
    auth: z
      .strictObject({
        bearer: z
          .string()
          .regex(/^[\x21-\x7e]+$/, 'must be one token without spaces')
          .describe('Token sent as "Authorization: Bearer ...".'),
      })
      .optional()
      .describe('How the gateway proves to it who it is.'),
    headers: headers.optional().describe('Headers sent with every request.'),
    labels: z.array(z.string().min(1).max(64)).default([]).describe('Words to find it by.'),
    timeoutMs: z
      .number()
      .int()
      .min(1)
      .max(3_600_000)
      .optional()
      .describe('How long one call may take, milliseconds; limits.callTimeoutMs where left out.'),
    shared: z
      .boolean()
      .default(false)
      .describe('All callers share one session or process of it; only where it keeps no secrets.'),
    enabled: z.boolean().default(true).describe('false takes it out without forgetting it.'),
  })
  .superRefine((entry, context) => {
    const isCommand = typeof entry.mcp === 'object' && 'command' in entry.mcp;
    for (const key of ['auth', 'headers'] as const) {
      if (!isCommand || entry[key] === undefined) continue;
      const message = 'is for servers over HTTP; a command gets what it needs in mcp.env';
      context.addIssue({ code: 'custom', message, path: [key] });
    }
    const names = Object.keys({ ...headersOf(entry.mcp), ...entry.headers });
    if (entry.auth !== undefined && names.some((name) => name.toLowerCase() === 'authorization')) {
      const message = 'the header "Authorization" is set already; keep one of the two';
      context.addIssue({ code: 'custom', message, path: ['auth'] });
    }
  });

function headersOf(mcp: string | object): object {
  return typeof mcp === 'object' && 'headers' in mcp && typeof mcp.headers === 'object'
    ? (mcp.headers ?? {})
    : {};
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
export type EraSetting = (typeof ERAS)[number];
export type HttpServerConfig = z.infer<typeof httpServer>;
export type StdioServerConfig = z.infer<typeof stdioServer>;
