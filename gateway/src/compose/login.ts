/** Connects sign-in with identity, the store and the record. */
import type { Audit } from '../audit/index.ts';
import { principalIn, type Identity, type IssuerConfig } from '../identity/index.ts';
import { ownMember } from '../kernel/index.ts';
import { createLogin, type Login, type LoginDeps } from '../login/index.ts';
import type { Sealer } from '../secrets/index.ts';
import type { Store } from '../store/index.ts';
import type { Config } from './config.ts';
import { wayOutToIssuer, type WaysOutDeps } from './ways-out.ts';

/** Sign-in, and what has to be told to it with every configuration. */
export interface LoginPart {
  readonly login: Login;
  configure(config: Config): void;
}

export interface LoginNeeds extends Pick<LoginDeps, 'clock' | 'log' | 'onBug'>, WaysOutDeps {
  readonly store: Store;
  readonly sealer: Sealer;
  readonly identity: Identity;
  readonly audit: Audit;
}

export function connectLogin(needs: LoginNeeds): LoginPart {
  const { clock, log, store, sealer, identity, audit, onBug } = needs;
  let issuers: readonly IssuerConfig[] = [];
  const login = createLogin({
    store: store.loginSessions,
    sealer,
    clock,
    log,
    onBug,
    principalOf: (claims) => {
      const issuer = issuers.find((each) => each.issuer === ownMember(claims, 'iss'));
      return issuer === undefined ? undefined : principalIn(claims, issuer);
    },
    isRevoked: (claims) => identity.isRevoked(claims),
    revoke: (ended) => identity.revoke(ended),
    record: (entry) => audit.change(entry),
  });
  return {
    login,
    configure: (config) => {
      issuers = config.identity.oauth;
      const facts = issuers.map((each) => ({ ...each, wayOut: wayOutToIssuer(needs, each) }));
      login.configure(config.login, {
        issuers: facts,
        publicUrl: config.server.publicUrl ?? '',
      });
    },
  };
}
