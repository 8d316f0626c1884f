/** The credentials of all upstreams. */
import type { FindAddresses, OutboundPool, WayOut } from '../egress/index.ts';
import type { Principal } from '../kernel/index.ts';
import { boundPool } from './bound-pool.ts';
import { requestToken } from './grant.ts';
import { KeptToken } from './kept-token.ts';
import type { CredentialsDeps } from './ports.ts';
import type { AuthSettings, ClientSettings } from './settings.ts';
import { exchangedSource, fixedOf, ownSource, type Carried, type Source } from './sources.ts';
import type { Token } from './token.ts';
import { TokenEndpoints } from './token-endpoints.ts';

/** How one upstream is told who calls, under one configuration. */
export interface UpstreamCredentials {
  /** What every request carries; undefined where it has to be fetched or depends on who calls. */
  readonly fixed: Carried | undefined;
  /** Each principal presents something else, so nothing that was opened for one serves another. */
  readonly isPerPrincipal: boolean;
  /**
   * Connections whose requests carry what a principal presents, or the gateway itself (undefined).
   * A request without credentials never leaves: it fails, and the error holds the refusal.
   */
  bind(pool: OutboundPool, principal: Principal | undefined): OutboundPool;
  readonly clientTokens: ClientTokens;
  close(): Promise<void>;
}

/** A client at an endpoint that may have come from a document. */
export interface ClientGrant {
  readonly url: URL;
  readonly client: ClientSettings;
  readonly scopes: readonly string[];
  /** Hosts that may have other than public addresses. */
  readonly allow: readonly string[];
  readonly find?: FindAddresses | undefined;
}

/** Tokens by client credentials (RFC 6749, section 4.4), kept until they end. */
export interface ClientTokens {
  /** The same `key` is the same token. Never rejects. */
  get(key: string, grant: () => ClientGrant | string, signal: AbortSignal): Promise<Token>;
  refused(key: string, value: string): void;
}

export interface Credentials {
  /**
   * @param wayOut by which token endpoints are reached
   * @param learn hears of every token, so that none is ever shown
   */
  open(
    auth: AuthSettings | undefined,
    wayOut: WayOut | undefined,
    learn: (token: string) => void,
  ): UpstreamCredentials;
}

const MAX_KEPT = 256;

export function createCredentials(deps: Omit<CredentialsDeps, 'learn'>): Credentials {
  return { open: (auth, wayOut, learn) => openUpstream(auth, wayOut, { ...deps, learn }) };
}

function openUpstream(
  auth: AuthSettings | undefined,
  wayOut: WayOut | undefined,
  deps: CredentialsDeps,
): UpstreamCredentials {
  const endpoints = new TokenEndpoints(wayOut);
  const exchange = auth?.tokenExchange;
  const discovery = exchange?.discovery === 'none' ? undefined : exchange?.discovery;
  const own = ownSource(exchange === undefined ? auth : discovery, deps, endpoints);
  // Kept with the principal, so never longer than what it was verified by.
  const exchanged = new WeakMap<Principal, Source>();
  const sourceOf = (principal: Principal | undefined): Source => {
    if (exchange === undefined || principal === undefined) return own;
    const known = exchanged.get(principal);
    if (known !== undefined) return known;
    const source = exchangedSource(principal, exchange, deps, endpoints);
    exchanged.set(principal, source);
    return source;
  };
  const fixed = fixedOf(auth);
  // What stands in the query has to be put into every address.
  const isPlain = fixed !== undefined && fixed.query.length === 0;
  return {
    fixed: isPlain ? fixed : undefined,
    isPerPrincipal: exchange !== undefined,
    bind: (pool, principal) => (isPlain ? pool : boundPool(pool, sourceOf(principal))),
    clientTokens: clientTokens(deps, endpoints),
    close: () => endpoints.close(),
  };
}

function clientTokens(deps: CredentialsDeps, endpoints: TokenEndpoints): ClientTokens {
  const kept = new Map<string, KeptToken>();
  return {
    get: (key, grant, signal) => {
      let token = kept.get(key);
      if (token === undefined) {
        token = new KeptToken(() => fetchFor(grant(), deps, endpoints), deps.clock);
        kept.set(key, token);
        const [oldest] = kept.keys();
        if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
      }
      return token.get(signal);
    },
    refused: (key, value) => kept.get(key)?.refused(value),
  };
}

async function fetchFor(
  grant: ClientGrant | string,
  { clock, learn }: CredentialsDeps,
  endpoints: TokenEndpoints,
) {
  if (typeof grant === 'string') return grant;
  const { url, client, scopes, allow, find } = grant;
  const pool = endpoints.poolFor(url, allow, find);
  if (typeof pool === 'string') return pool;
  const form = [
    ['grant_type', 'client_credentials'],
    ['scope', scopes.join(' ')],
  ] as const;
  const granted = await requestToken({ url, pool, clock, client, form });
  if (typeof granted === 'string') {
    return `No access token could be had from ${url.host}: ${granted}.`;
  }
  learn(granted.value);
  return granted;
}
