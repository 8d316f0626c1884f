/**
 * Who is calling. *Local mode*: whoever can open a loopback connection to the gateway is its one local
 * principal; everybody else is refused. With *keys* and *oauth*, every caller presents an API key or an
 * access token, also one on this machine. Nothing that fails ever leads back to local mode.
 */
import type { Exchange, JsonObject, Principal } from '../kernel/index.ts';
import type { Identify } from './identify.ts';
import type { CheckItemScopes } from './item-scopes.ts';
import { IdentityRoom } from './identity-room.ts';
import type { IdentityDeps } from './ports.ts';
import type { Revocation } from './revocations.ts';
import type { IdentityConfig } from './schema.ts';

export { agentOfKey, keyState, newKey, principalOfKey, successorOf } from './api-key.ts';
export { resourceMetadata } from './challenge.ts';
export type { Identified } from './evidence.ts';
export { mintKey, type MintedKey } from './key-text.ts';
export { principalIn } from './oauth/claims.ts';
export { IssuerKeys, namedAddress } from './oauth/issuer-keys.ts';
export type { IssuerConfig } from './oauth/schema.ts';
export type { KeySource } from './ports.ts';
export type { Revocation } from './revocations.ts';
export type { MtlsSetting } from './mtls-schema.ts';
export { identityProblems, identitySchema, isLocalMode, type IdentityConfig } from './schema.ts';

export interface Identity {
  /**
   * The stage of one configuration. Refuses with `unauthenticated`, `scope_insufficient` or
   * `identity_unavailable`; what it lets in goes on until `ended` is told of it.
   * @param publicUrl `server.publicUrl`; '' where none is set
   */
  stage(config: IdentityConfig, publicUrl: string): Identify;
  /** What else the configuration asks for once it is known which item is meant. */
  itemScopes(config: IdentityConfig, publicUrl: string): CheckItemScopes;
  /**
   * The same, where only API keys count, whatever the mode: nobody who looks after the gateway is
   * known by being on its machine.
   */
  keyStage(config: IdentityConfig, publicUrl: string): Identify;
  /**
   * The access token that a principal was verified by, to be exchanged for another; undefined where it
   * was something else, or nobody wants tokens.
   */
  subjectToken(principal: Principal): string | undefined;
  /** Whether tokens are to be held from now on. */
  wantSubjectTokens(isWanted: boolean): void;
  ended(x: Exchange): void;
  /** Puts a configuration in force: what is under way by a way of identifying that is off now is cut. */
  configure(config: IdentityConfig): void;
  /**
   * Refuses the tokens of a person or of one sign-in from now on, and cuts what goes on under them:
   * here at once, in every process on the same state folder within a second. Rejects where it cannot
   * be written down.
   */
  revoke(revocation: Revocation): Promise<void>;
  /**
   * Whether a verified token with these claims is revoked; what is revoked elsewhere shows within a
   * second. Rejects where it cannot be read.
   */
  isRevoked(claims: JsonObject): Promise<boolean>;
  /** This process has changed keys in the store: what goes on under revoked ones is cut before it resolves. */
  storeChanged(): Promise<void>;
  /** Stops looking for changes of keys. */
  close(): Promise<void>;
}

/** Builds what outlives a configuration; nobody is let in before there is a stage. */
export function createIdentity(deps: IdentityDeps): Identity {
  return new IdentityRoom(deps);
}
