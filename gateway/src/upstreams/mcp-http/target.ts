/** Where an MCP server over HTTP is, and what every request to it carries. */
import { openPool, type OutboundPool } from '../../egress/index.ts';
import { authorizationOf } from '../auth-schema.ts';
import type { ConnectorDeps } from '../connector.ts';
import type { HttpServerConfig } from '../mcp/schema.ts';
import type { UpstreamConfig } from '../schema.ts';

/** Calls, streams of sessions and the gateway's own requests; callers are limited before this. */
const MAX_CONNECTIONS = 256;
const CONNECT_TIMEOUT_MS = 10_000;

export interface HttpTarget {
  readonly pool: OutboundPool;
  /** Scheme, host and port, as in an address. */
  readonly origin: string;
  readonly path: string;
  /** Names and values in turn: configured headers and credentials. */
  readonly headers: readonly string[];
}

/** Opens the pool of an upstream; the headers beside `mcp` win over those inside. */
export function openTarget(
  config: UpstreamConfig,
  server: Pick<HttpServerConfig, 'url' | 'headers'>,
  { timeoutMs, wayOut }: Pick<ConnectorDeps, 'timeoutMs' | 'wayOut'>,
): HttpTarget {
  const url = new URL(server.url);
  const named = new Map<string, string>();
  for (const headers of [server.headers, config.headers]) {
    for (const [name, value] of Object.entries(headers ?? {})) named.set(name.toLowerCase(), value);
  }
  const authorization = authorizationOf(config.auth);
  if (authorization !== '') named.set('authorization', authorization);
  return {
    pool: openPool(url.origin, {
      connectTimeoutMs: Math.min(CONNECT_TIMEOUT_MS, timeoutMs),
      maxConnections: MAX_CONNECTIONS,
      wayOut,
    }),
    origin: url.origin,
    path: url.pathname + url.search,
    headers: [...named].flat(),
  };
}
