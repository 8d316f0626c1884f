/** What this room needs of whoever knows the credentials of upstreams. */
import type { FindAddresses, OutboundPool, WayOut } from '../egress/index.ts';
import type { Principal, Refusal } from '../kernel/index.ts';
import type { ClientKeySettings } from '../secrets/index.ts';
import type { AuthConfig } from './auth-schema.ts';

/** How one upstream is told who calls, under one configuration. */
export interface UpstreamCredentials {
  /**
   * Headers that every request carries, names in lower case and values in turn; undefined where they
   * have to be fetched or depend on who calls.
   */
  readonly fixed: { readonly headers: readonly string[] } | undefined;
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

/** Access tokens for clients that a document describes. */
export interface ClientTokens {
  /** The same `key` is the same token; `grant` may say in words why none is asked for. */
  get(key: string, grant: () => ClientGrant | string, signal: AbortSignal): Promise<TokenFound>;
  /** It was refused: the next `get` fetches another, unless that happened already. */
  refused(key: string, value: string): void;
}

export interface ClientGrant {
  readonly url: URL;
  readonly client: {
    readonly clientId: string;
    readonly clientSecret?: string | undefined;
    readonly clientKey?: ClientKeySettings | undefined;
    readonly sendIn: 'header' | 'body';
  };
  readonly scopes: readonly string[];
  /** Hosts that may have other than public addresses. */
  readonly allow: readonly string[];
  readonly find?: FindAddresses | undefined;
}

export type TokenFound =
  | { readonly ok: true; readonly value: string }
  /** Without secrets, in words for the caller. */
  | { readonly ok: false; readonly why: string };

export interface CredentialPort {
  /**
   * @param wayOut by which token endpoints are reached
   * @param learn hears of every token, so that none is ever shown
   */
  open(
    auth: AuthConfig | undefined,
    wayOut: WayOut | undefined,
    learn: (token: string) => void,
  ): UpstreamCredentials;
}

/** The refusal that an error of a bound connection holds; undefined where it is another error. */
export function refusalIn(error: Error): Refusal | undefined {
  return error.name === 'CredentialsMissing' && 'refusal' in error && isRefusal(error.refusal)
    ? error.refusal
    : undefined;
}

function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'reason' in value;
}
