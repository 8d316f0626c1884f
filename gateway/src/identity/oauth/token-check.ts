/** Verifying access tokens: signed ones by the keys of their issuer, opaque ones by asking it. */
import { LRUCache } from 'lru-cache';
import type { WayOut } from '../../egress/index.ts';
import type { Clock, JsonObject } from '../../kernel/index.ts';
import { credentialOf, isFresh, type Credential } from '../credential.ts';
import { hashOf } from '../key-text.ts';
import { IssuerFault } from './ask-json.ts';
import { principalIn } from './claims.ts';
import { Issuer } from './issuer.ts';
import { verifyOpaque } from './opaque-token.ts';
import type { Revocations } from '../revocations.ts';
import type { IssuerConfig } from './schema.ts';
import { verifySigned, type Verified } from './signed-token.ts';

/** What came of a token: `unavailable` where its issuer cannot be asked; `why` is for the caller. */
export type TokenFound =
  | { readonly kind: 'good'; readonly credential: Credential }
  | { readonly kind: 'bad'; readonly why: string }
  | { readonly kind: 'unavailable' };

export interface TokenDeps {
  readonly clock: Clock;
  /** How connections to an issuer leave. */
  readonly wayOut?: ((issuer: IssuerConfig) => WayOut) | undefined;
  /** An issuer cannot be asked; told every time, which is not often. */
  readonly onIssuerFault: (error: Error) => void;
  readonly revocations: Pick<Revocations, 'known' | 'covers'>;
  /** A token that counted before is refused now. */
  readonly onRefused: (credential: Credential) => void;
  /** It could not be read who was revoked. */
  readonly onUnreadable: (error: unknown) => void;
}

const MAX_REMEMBERED = 20_000;
const MAX_REFUSED = 10_000;
const REFUSED_MS = 5000;
/** How long an answer about an opaque token holds. */
const INTROSPECTED_MS = 30_000;
/** How long a signature holds before it is looked whether its key is still one of the issuer's. */
const SIGNED_MS = 600_000;
/** Verifications under way at the same time: whoever invents tokens finds the door closed. */
const MAX_UNDER_WAY = 256;
const SIGNED = /^[\w-]+\.[\w-]+\.[\w-]*$/;
const UNAVAILABLE: TokenFound = { kind: 'unavailable' };

export class TokenCheck {
  private readonly issuers: ReadonlyMap<string, Issuer>;
  private readonly deps: TokenDeps;
  private readonly good = new LRUCache<string, Credential>({
    max: MAX_REMEMBERED,
    dispose: (credential) => (credential.recheckAtMs = 0),
  });
  private readonly bad = new LRUCache<string, { readonly why: string; readonly untilMs: number }>({
    max: MAX_REFUSED,
  });
  private readonly underWay = new Map<string, Promise<TokenFound>>();

  constructor(configs: readonly IssuerConfig[], deps: TokenDeps) {
    this.deps = deps;
    this.issuers = new Map(
      configs.map((each) => [each.issuer, new Issuer(each, deps.clock, deps.wayOut?.(each))]),
    );
  }

  /** Tells whose token it is; never throws. */
  verify(token: string): TokenFound | Promise<TokenFound> {
    const hash = hashOf(token);
    const nowMs = this.deps.clock.nowMs();
    const credential = this.good.get(hash);
    if (credential !== undefined && isFresh(credential, nowMs)) return { kind: 'good', credential };
    const refused = this.bad.get(hash);
    if (refused !== undefined && nowMs < refused.untilMs) return { kind: 'bad', why: refused.why };
    const same = this.underWay.get(hash);
    if (same !== undefined) return same;
    if (this.underWay.size >= MAX_UNDER_WAY) return UNAVAILABLE;
    const looking = this.look(token, hash).finally(() => this.underWay.delete(hash));
    this.underWay.set(hash, looking);
    return looking;
  }

  /** Credentials that are remembered. */
  known(): Iterable<Credential> {
    return this.good.values();
  }

  /** Everything is looked up again. */
  forget(): void {
    this.good.clear();
    this.bad.clear();
  }

  private async look(token: string, hash: string): Promise<TokenFound> {
    const isSigned = SIGNED.test(token);
    try {
      await this.deps.revocations.known();
    } catch (error) {
      this.deps.onUnreadable(error);
      return UNAVAILABLE;
    }
    try {
      const verify = isSigned ? verifySigned : verifyOpaque;
      const verified = await verify(token, this.issuers, this.deps.clock);
      return this.settle(hash, verified, isSigned);
    } catch (error) {
      this.deps.onIssuerFault(error instanceof Error ? error : new IssuerFault(String(error)));
      return UNAVAILABLE;
    }
  }

  private settle(hash: string, verified: Verified, isSigned: boolean): TokenFound {
    const nowMs = this.deps.clock.nowMs();
    const found =
      'why' in verified ? verified : this.credentialIn(verified.claims, nowMs, isSigned);
    if ('why' in found) {
      const before = this.good.get(hash);
      if (before !== undefined) {
        this.good.delete(hash);
        this.deps.onRefused(before);
      }
      this.bad.set(hash, { why: found.why, untilMs: nowMs + REFUSED_MS });
      return { kind: 'bad', why: found.why };
    }
    this.good.set(hash, found);
    return { kind: 'good', credential: found };
  }

  private credentialIn(
    claims: JsonObject,
    nowMs: number,
    isSigned: boolean,
  ): Credential | { readonly why: string } {
    const { iss, exp } = claims;
    const config = typeof iss === 'string' ? this.issuers.get(iss)?.config : undefined;
    const principal = config === undefined ? undefined : principalIn(claims, config);
    if (config === undefined || principal === undefined) {
      return { why: 'The access token names nobody who could be called by it.' };
    }
    if (this.deps.revocations.covers(claims)) return { why: 'The access token has been revoked.' };
    const skewMs = config.clockSkewSeconds * 1000;
    const endsMs = typeof exp === 'number' ? exp * 1000 + skewMs : Number.POSITIVE_INFINITY;
    const credential = credentialOf(principal, 'token', '', endsMs);
    credential.recheckAtMs = nowMs + (isSigned ? SIGNED_MS : INTROSPECTED_MS);
    return credential;
  }
}
