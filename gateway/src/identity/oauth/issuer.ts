/** One issuer: what it says about itself, its keys, and what it says about opaque tokens. */
import type { createLocalJWKSet } from 'jose';
import { hostsOf, type WayOut } from '../../egress/index.ts';
import {
  isJsonArray,
  isJsonObject,
  ownMember,
  type Clock,
  type Json,
  type JsonObject,
} from '../../kernel/index.ts';
import { IssuerFault, askJson } from './ask-json.ts';
import type { IssuerConfig } from './schema.ts';

type KeySet = ReturnType<typeof createLocalJWKSet>;

const METADATA_MS = 3_600_000;
const KEYS_FRESH_MS = 600_000;
/** How long keys are good while the issuer cannot be asked for them. */
const KEYS_STALE_MS = 3_600_000;
/** An unknown key is asked for at most this often, so that invented ones ask nothing of the issuer. */
const UNKNOWN_EVERY_MS = 10_000;
/** How long an issuer that could not be asked is left alone. */
const PAUSE_MS = 1000;

interface Kept<T> {
  readonly value: T;
  readonly atMs: number;
}

export class Issuer {
  readonly config: IssuerConfig;
  readonly clock: Clock;
  readonly allow: readonly string[];
  readonly wayOut: WayOut | undefined;
  private metadata: Kept<JsonObject> | undefined;
  private keys: Kept<KeySet> | undefined;
  private askedForUnknownMs = Number.NEGATIVE_INFINITY;
  private failedMs = Number.NEGATIVE_INFINITY;
  private asking: Promise<KeySet> | undefined;

  constructor(config: IssuerConfig, clock: Clock, wayOut?: WayOut) {
    this.wayOut = wayOut;
    this.config = config;
    this.clock = clock;
    const { issuer, jwksUri = '', introspection } = config;
    this.allow = [issuer, jwksUri, introspection?.url ?? ''].flatMap(hostsOf);
  }

  /**
   * Its keys.
   * @param isUnknown a token names a key that is not among those at hand; asks once more, but not often
   * @throws {IssuerFault} where there are none that may still be relied on
   */
  async keySet(isUnknown = false): Promise<KeySet> {
    const nowMs = this.clock.nowMs();
    const kept = this.keys;
    const ageMs = kept === undefined ? Number.POSITIVE_INFINITY : nowMs - kept.atMs;
    if (kept !== undefined && isUnknown && this.asking === undefined) {
      if (nowMs - this.askedForUnknownMs < UNKNOWN_EVERY_MS) return kept.value;
      this.askedForUnknownMs = nowMs;
    } else if (kept !== undefined && !isUnknown && ageMs < KEYS_FRESH_MS) return kept.value;
    try {
      // Only a later turn may forget it: where it fails at once, it is not yet kept here.
      return await (this.asking ??= this.askForKeys().finally(() => {
        this.asking = undefined;
      }));
    } catch (error) {
      if (kept !== undefined && ageMs < KEYS_STALE_MS) return kept.value;
      throw error;
    }
  }

  /** What it says about a token (RFC 7662). @throws {IssuerFault} */
  async introspect(token: string): Promise<JsonObject> {
    const { introspection } = this.config;
    if (introspection === undefined) throw new Error('no introspection is set up');
    const url = introspection.url ?? (await this.addressIn('introspection_endpoint'));
    const { clientId, clientSecret } = introspection;
    const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
    return await askJson(url, this, {
      body: new URLSearchParams({ token, token_type_hint: 'access_token' }).toString(),
      authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
    });
  }

  private async askForKeys(): Promise<KeySet> {
    try {
      if (this.clock.nowMs() - this.failedMs < PAUSE_MS) {
        throw new IssuerFault(`the keys of ${this.config.issuer} could not be read a moment ago`);
      }
      const url = this.config.jwksUri ?? (await this.addressIn('jwks_uri'));
      const { keys } = await askJson(url, this);
      if (!isJsonArray(keys)) throw new IssuerFault(`${url} holds no keys`);
      const { createLocalJWKSet } = await import('jose');
      const usable = keys.flatMap(usableKey);
      const value = createLocalJWKSet({ keys: usable });
      this.keys = { value, atMs: this.clock.nowMs() };
      return value;
    } catch (error) {
      if (this.clock.nowMs() - this.failedMs >= PAUSE_MS) this.failedMs = this.clock.nowMs();
      throw error;
    }
  }

  private async addressIn(member: string): Promise<string> {
    const found = (await this.discover())[member];
    if (typeof found !== 'string' || !URL.canParse(found)) {
      throw new IssuerFault(`${this.config.issuer} names no ${member}`);
    }
    // Whoever is on the way could put keys there, or read the secret that is sent.
    if (this.config.issuer.startsWith('https:') && !found.startsWith('https:')) {
      throw new IssuerFault(`${this.config.issuer} names a ${member} without TLS`);
    }
    return found;
  }

  /** OpenID Connect Discovery 1.0, then RFC 8414; what is found must name this very issuer. */
  private async discover(): Promise<JsonObject> {
    const kept = this.metadata;
    if (kept !== undefined && this.clock.nowMs() - kept.atMs < METADATA_MS) return kept.value;
    const { issuer } = this.config;
    const base = issuer.replace(/\/$/, '');
    const { origin, pathname } = new URL(base);
    const path = pathname === '/' ? '' : pathname;
    const found = await askJson(`${base}/.well-known/openid-configuration`, this).catch(
      (error: unknown) => {
        if (error instanceof IssuerFault && error.status === 404) {
          return askJson(`${origin}/.well-known/oauth-authorization-server${path}`, this);
        }
        throw error;
      },
    );
    if (found['issuer'] !== issuer) {
      throw new IssuerFault(`what is found for ${issuer} is about another issuer`);
    }
    this.metadata = { value: found, atMs: this.clock.nowMs() };
    return found;
  }
}

function usableKey(key: Json): (JsonObject & { readonly kty: string })[] {
  const kty = isJsonObject(key) ? ownMember(key, 'kty') : undefined;
  return isJsonObject(key) && typeof kty === 'string' ? [{ ...key, kty }] : [];
}
