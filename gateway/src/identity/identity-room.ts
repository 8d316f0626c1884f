/** What outlives a configuration: what was verified, and what is under way. */
import { isDeepStrictEqual } from 'node:util';
import type { Exchange, Timer } from '../kernel/index.ts';
import { createChallenges } from './challenge.ts';
import { OpenWork, type Credential } from './credential.ts';
import {
  identifyByCredential,
  identifyLocally,
  localCredential,
  processCredential,
  type Identify,
} from './identify.ts';
import { KeyCheck } from './key-check.ts';
import { TokenCheck } from './oauth/token-check.ts';
import type { IdentityDeps } from './ports.ts';
import { isLocalMode, type IdentityConfig } from './schema.ts';

/** How often it is looked for credentials whose time has come. */
const SWEEP_MS = 250;

export class IdentityRoom {
  private readonly deps: IdentityDeps;
  private readonly open = new OpenWork();
  private readonly keys: KeyCheck;
  private readonly own = processCredential();
  private local = localCredential();
  private issuers: IdentityConfig['oauth'] = [];
  private tokens: TokenCheck;
  private inForce: IdentityConfig | undefined;
  private sweep: Timer | undefined;

  constructor(deps: IdentityDeps) {
    this.deps = deps;
    this.keys = new KeyCheck(deps, this.open);
    this.tokens = new TokenCheck([], deps);
  }

  stage(config: IdentityConfig, publicUrl: string): Identify {
    if (isLocalMode(config)) return identifyLocally(this.local, this.open);
    return identifyByCredential({
      keys: config.keys ? this.keys : undefined,
      tokens: config.oauth.length === 0 ? undefined : this.tokensOf(config),
      challenges: createChallenges(config, publicUrl),
      open: this.open,
      own: this.own,
    });
  }

  ended(x: Exchange): void {
    this.open.end(x);
  }

  configure(config: IdentityConfig): void {
    const hasSameIssuers = isDeepStrictEqual(config.oauth, this.inForce?.oauth);
    for (const credential of this.open.busy()) {
      const isTaken = credential === this.own || isStillTaken(credential, config, hasSameIssuers);
      if (!isTaken) this.open.cut(credential);
    }
    this.inForce = config;
    if (config.keys) this.keys.watch();
    else void this.keys.stop();
    this.sweep?.cancel();
    if (isLocalMode(config)) return;
    this.local = localCredential();
    this.sweepLater();
  }

  close(): Promise<void> {
    this.sweep?.cancel();
    return this.keys.stop();
  }

  /** Tokens that were verified stay so as long as the same issuers are taken in the same way. */
  private tokensOf({ oauth }: IdentityConfig): TokenCheck {
    if (!isDeepStrictEqual(oauth, this.issuers)) {
      this.issuers = oauth;
      this.tokens = new TokenCheck(oauth, this.deps);
    }
    return this.tokens;
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
  hasSameIssuers: boolean,
): boolean {
  switch (kind) {
    case 'here':
      return isLocalMode(config);
    case 'key':
      return config.keys;
    case 'token':
      return hasSameIssuers;
  }
}
