/** What outlives a configuration: what was verified, and what is under way. */
import { isDeepStrictEqual } from 'node:util';
import type { Exchange, JsonObject, Principal, Timer } from '../kernel/index.ts';
import { createChallenges } from './challenge.ts';
import { CertificateCheck } from './client-certificate.ts';
import { OpenWork, type Credential } from './credential.ts';
import {
  identifyByCredential,
  identifyLocally,
  localCredential,
  processCredential,
  type Identify,
} from './identify.ts';
import { checkItemScopes, type CheckItemScopes } from './item-scopes.ts';
import { KeyCheck } from './key-check.ts';
import { mtlsConfig } from './mtls-schema.ts';
import { TokenCheck } from './oauth/token-check.ts';
import type { IdentityDeps } from './ports.ts';
import { Revocations, type Revocation } from './revocations.ts';
import { isLocalMode, type IdentityConfig } from './schema.ts';
import { StoreWatch } from './store-watch.ts';
import { SubjectTokens } from './subject-tokens.ts';

/** How often it is looked for credentials whose time has come. */
const SWEEP_MS = 250;

export class IdentityRoom {
  private readonly deps: IdentityDeps;
  private readonly open: OpenWork;
  private readonly keys: KeyCheck;
  private readonly revocations: Revocations;
  private readonly watch: StoreWatch;
  private readonly subjects = new SubjectTokens();
  private readonly own = processCredential();
  private readonly unreadable = (error: unknown): void => this.watch.failed(error);
  private local = localCredential();
  private issuers: IdentityConfig['oauth'] = [];
  private tokens: TokenCheck;
  private certificates: CertificateCheck | undefined;
  private inForce: IdentityConfig | undefined;
  private sweep: Timer | undefined;

  constructor(deps: IdentityDeps) {
    this.deps = deps;
    const { clock } = deps;
    this.open = new OpenWork(deps.parked);
    this.watch = new StoreWatch({
      clock,
      version: () => deps.keys.version(),
      onUnreadable: deps.onStoreUnreadable,
    });
    this.keys = new KeyCheck({ ...deps, onUnreadable: this.unreadable }, this.open);
    this.revocations = new Revocations(deps);
    this.tokens = this.tokenCheck([]);
    this.watch.add(this.keys);
    this.watch.add({
      changed: async () => {
        await this.revocations.read();
        this.cutRevoked();
      },
      unreadable: () => {
        this.revocations.forget();
        this.tokens.forget();
      },
    });
  }

  stage(config: IdentityConfig, publicUrl: string): Identify {
    if (isLocalMode(config)) return identifyLocally(this.local, this.open);
    return identifyByCredential({
      keys: config.keys ? this.keys : undefined,
      tokens: config.oauth.length === 0 ? undefined : this.tokensOf(config),
      certificates: this.certificatesOf(config),
      challenges: createChallenges(config, publicUrl),
      open: this.open,
      subjects: this.subjects,
      own: this.own,
    });
  }

  keyStage(config: IdentityConfig, publicUrl: string): Identify {
    const byKey = identifyByCredential({
      keys: this.keys,
      tokens: undefined,
      challenges: createChallenges(config, publicUrl),
      open: this.open,
      own: this.own,
    });
    return (x) => {
      this.watch.start();
      return byKey(x);
    };
  }

  itemScopes(config: IdentityConfig, publicUrl: string): CheckItemScopes {
    return checkItemScopes(config, createChallenges(config, publicUrl));
  }

  subjectToken(principal: Principal): string | undefined {
    return this.subjects.of(principal);
  }

  wantSubjectTokens(isWanted: boolean): void {
    this.subjects.want(isWanted);
  }

  ended(x: Exchange): void {
    this.open.end(x);
  }

  configure(config: IdentityConfig): void {
    const same = {
      issuers: isDeepStrictEqual(config.oauth, this.inForce?.oauth),
      certificates: isDeepStrictEqual(config.mtls, this.inForce?.mtls),
    };
    for (const credential of this.open.busy()) {
      const isTaken = credential === this.own || isStillTaken(credential, config, same);
      if (!isTaken) this.open.cut(credential);
    }
    this.inForce = config;
    if (!config.keys) void this.keys.stop();
    this.sweep?.cancel();
    if (isLocalMode(config)) {
      this.watch.stop();
      return;
    }
    this.watch.start();
    this.local = localCredential();
    this.sweepLater();
  }

  async revoke(revocation: Revocation): Promise<void> {
    await this.revocations.add(revocation);
    this.cutRevoked();
  }

  async isRevoked(claims: JsonObject): Promise<boolean> {
    await this.revocations.known();
    return this.revocations.covers(claims);
  }

  storeChanged(): Promise<void> {
    return this.watch.look(true);
  }

  close(): Promise<void> {
    this.sweep?.cancel();
    this.watch.stop();
    return this.keys.stop();
  }

  /** Tokens that were verified stay so as long as the same issuers are taken in the same way. */
  private tokensOf({ oauth }: IdentityConfig): TokenCheck {
    if (!isDeepStrictEqual(oauth, this.issuers)) {
      this.issuers = oauth;
      this.tokens = this.tokenCheck(oauth);
    }
    return this.tokens;
  }

  /** So do certificates, where they stand for the same people and agents. */
  private certificatesOf({ mtls }: IdentityConfig): CertificateCheck | undefined {
    const config = mtlsConfig(mtls);
    if (!isDeepStrictEqual(config, this.certificates?.config)) {
      this.certificates = config === undefined ? undefined : new CertificateCheck(config);
    }
    return this.certificates;
  }

  private tokenCheck(issuers: IdentityConfig['oauth']): TokenCheck {
    const { clock, onIssuerFault, wayOut } = this.deps;
    const { revocations } = this;
    return new TokenCheck(issuers, {
      clock,
      wayOut,
      onIssuerFault,
      revocations,
      onRefused: (credential) => this.open.endAll(credential),
      onUnreadable: this.unreadable,
    });
  }

  private cutRevoked(): void {
    const busy = this.open.busy().filter(({ kind }) => kind === 'token');
    for (const credential of new Set([...this.tokens.known(), ...busy])) {
      if (this.revocations.covers(credential.principal.claims)) this.open.cut(credential);
    }
  }

  private sweepLater(): void {
    const { clock } = this.deps;
    this.sweep = clock.after(SWEEP_MS, () => {
      this.open.cutExpired(clock.nowMs());
      this.sweepLater();
    });
  }
}

function isStillTaken(
  { kind }: Credential,
  config: IdentityConfig,
  same: { readonly issuers: boolean; readonly certificates: boolean },
): boolean {
  switch (kind) {
    case 'here':
      return isLocalMode(config);
    case 'key':
      return config.keys;
    case 'token':
      return same.issuers;
    case 'certificate':
      return same.certificates;
  }
}
