/** Where an MCP server over HTTP is, and what every request to it carries. */
import { openPool, type OutboundPool } from '../../egress/index.ts';
import type { Principal } from '../../kernel/index.ts';
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

/** One server, as those see it who may present different credentials there. */
export interface HttpTargets {
  readonly isPerPrincipal: boolean;
  /** @param principal whose requests these are; undefined for the gateway's own */
  of(principal: Principal | undefined): HttpTarget;
  close(): Promise<void>;
}

/** Opens the pool of an upstream; the headers beside `mcp` win over those inside. */
export function openTargets(
  config: UpstreamConfig,
  server: Pick<HttpServerConfig, 'url' | 'headers'>,
  {
    timeoutMs,
    wayOut,
    credentials: port,
  }: Pick<ConnectorDeps, 'timeoutMs' | 'wayOut' | 'credentials'>,
): HttpTargets {
  const url = new URL(server.url);
  const named = new Map<string, string>();
  for (const headers of [server.headers, config.headers]) {
    for (const [name, value] of Object.entries(headers ?? {})) named.set(name.toLowerCase(), value);
  }
  // Nothing has to be learnt: what an MCP server says is not searched for tokens.
  const credentials = port.open(config.auth, wayOut, () => undefined);
  const { headers: fixed = [] } = credentials.fixed ?? {};
  for (let at = 0; at < fixed.length; at += 2) named.set(fixed[at] ?? '', fixed[at + 1] ?? '');
  const pool = openPool(url.origin, {
    connectTimeoutMs: Math.min(CONNECT_TIMEOUT_MS, timeoutMs),
    maxConnections: MAX_CONNECTIONS,
    wayOut,
  });
  const rest = { origin: url.origin, path: url.pathname + url.search, headers: [...named].flat() };
  const own: HttpTarget = { ...rest, pool: credentials.bind(pool, undefined) };
  const { isPerPrincipal } = credentials;
  return {
    isPerPrincipal,
    of: (principal) =>
      isPerPrincipal && principal !== undefined
        ? { ...rest, pool: credentials.bind(pool, principal) }
        : own,
    close: async () => {
      await Promise.all([pool.destroy(), credentials.close()]);
    },
  };
}
