/** What pages of other origins may do at MCP addresses: nothing, unless their origin is listed. */
import type { Exchange, OutHeaders, Terminal } from '../kernel/index.ts';

const NONE: OutHeaders = [];
const EXPOSED = 'mcp-session-id, mcp-protocol-version, retry-after, www-authenticate';
const METHODS = 'POST, GET, DELETE';

/** Headers that a page may send; those of MCP are let through by their beginning. */
const ALLOWED: ReadonlySet<string> = new Set([
  'accept',
  'authorization',
  'content-type',
  'last-event-id',
]);
const OF_MCP = /^mcp-[a-z0-9-]{1,64}$/;
const MAX_HEADERS = 50;

/**
 * The headers that let a page of an allowed origin read an answer (Fetch, CORS protocol).
 * @param origins of `server.allowedOrigins`, as browsers write them
 */
export function mcpCorsHeaders(x: Exchange, origins: ReadonlySet<string>): OutHeaders {
  if (origins.size === 0) return NONE;
  const { origin } = x.head.headers;
  if (typeof origin !== 'string' || !origins.has(origin)) return ['vary', 'Origin'];
  return [
    'vary',
    'Origin',
    'access-control-allow-origin',
    origin,
    'access-control-expose-headers',
    EXPOSED,
  ];
}

/** Whether a refusal is the answer to a browser that asks before it sends (Fetch, CORS preflight). */
export function isPreflight(x: Exchange, message: Terminal, origins: ReadonlySet<string>): boolean {
  const { origin } = x.head.headers;
  return (
    message.kind === 'refusal' &&
    message.reason === 'http_method_not_allowed' &&
    x.head.httpMethod === 'OPTIONS' &&
    typeof origin === 'string' &&
    origins.has(origin)
  );
}

/** Says to a page of an allowed origin which methods and headers it may send. */
export function preflightHeaders(x: Exchange, origins: ReadonlySet<string>): OutHeaders {
  const asked = x.head.headers['access-control-request-headers'];
  const names = (typeof asked === 'string' ? asked.split(',', MAX_HEADERS) : [])
    .map((name) => name.trim().toLowerCase())
    .filter((name) => ALLOWED.has(name) || OF_MCP.test(name));
  return [
    ...mcpCorsHeaders(x, origins),
    'access-control-allow-methods',
    METHODS,
    'access-control-allow-headers',
    [...new Set([...ALLOWED, ...names])].join(', '),
    'access-control-max-age',
    '600',
  ];
}
