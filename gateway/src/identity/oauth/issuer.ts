/** One issuer: what it says about itself, its keys, and what it says about opaque tokens. */
import { hostsOf, type WayOut } from '../../egress/index.ts';
import type { Clock, JsonObject } from '../../kernel/index.ts';
import { clientBasic } from '../../secrets/index.ts';
import { IssuerFault, askJson } from './ask-json.ts';
import { IssuerKeys, namedAddress, type KeySet } from './issuer-keys.ts';
import type { IssuerConfig } from './schema.ts';

const METADATA_MS = 3_600_000;

export class Issuer {
  readonly config: IssuerConfig;
  readonly clock: Clock;
  readonly allow: readonly string[];
  readonly wayOut: WayOut | undefined;
  private metadata: { readonly value: JsonObject; readonly atMs: number } | undefined;
  private readonly keys: IssuerKeys;

  constructor(config: IssuerConfig, clock: Clock, wayOut?: WayOut) {
    this.wayOut = wayOut;
    this.config = config;
    this.clock = clock;
    const { issuer, jwksUri = '', introspection } = config;
    this.allow = [issuer, jwksUri, introspection?.url ?? ''].flatMap(hostsOf);
    this.keys = new IssuerKeys({
      clock,
      read: async () => await askJson(config.jwksUri ?? (await this.addressIn('jwks_uri')), this),
      fault: (why) => new IssuerFault(`the keys of ${issuer} ${why}`),
    });
  }

  /**
   * Its keys.
   * @param isUnknown a token names a key that is not among those at hand; asks once more, but not often
   * @throws {IssuerFault} where there are none that may still be relied on
   */
  keySet(isUnknown = false): Promise<KeySet> {
    return this.keys.get(isUnknown);
  }

  /** What it says about a token (RFC 7662). @throws {IssuerFault} */
  async introspect(token: string): Promise<JsonObject> {
    const { introspection } = this.config;
    if (introspection === undefined) throw new Error('no introspection is set up');
    const url = introspection.url ?? (await this.addressIn('introspection_endpoint'));
    const { clientId, clientSecret } = introspection;
    return await askJson(url, this, {
      body: new URLSearchParams({ token, token_type_hint: 'access_token' }).toString(),
      authorization: clientBasic(clientId, clientSecret),
    });
  }

  private async addressIn(member: string): Promise<string> {
    const { issuer } = this.config;
    const found = namedAddress(issuer, member, (await this.discover())[member]);
    if (typeof found === 'string') throw new IssuerFault(`${issuer} ${found}`);
    return found.href;
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
