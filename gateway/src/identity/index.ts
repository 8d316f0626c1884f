/**
 * Who is calling. *Local mode*: whoever can open a loopback connection to the gateway is its one local
 * principal; everybody else is refused. With *keys*, every caller presents an API key, also one on
 * this machine. Nothing that fails ever leads back to local mode.
 */
import type { Exchange } from '../kernel/index.ts';
import { OpenWork } from './credential.ts';
import {
  identifyByKey,
  identifyLocally,
  localCredential,
  processCredential,
  type Identify,
} from './identify.ts';
import { KeyCheck } from './key-check.ts';
import type { IdentityDeps } from './ports.ts';
import { isLocalMode, type IdentityConfig } from './schema.ts';

export type { Identified } from './evidence.ts';
export { mintKey, type MintedKey } from './key-text.ts';
export type { KeySource } from './ports.ts';
export { identitySchema, isLocalMode, type IdentityConfig } from './schema.ts';

export interface Identity {
  /**
   * The stage of one configuration. Refuses with `unauthenticated` or `identity_unavailable`; what it
   * lets in goes on until `ended` is told of it.
   */
  stage(config: IdentityConfig): Identify;
  ended(x: Exchange): void;
  /** Puts a configuration in force: what is under way by a way of identifying that is off now is cut. */
  configure(config: IdentityConfig): void;
  /** Stops looking for changes of keys. */
  close(): Promise<void>;
}

/** Builds what outlives a configuration: what was verified, and what is under way. */
export function createIdentity(deps: IdentityDeps): Identity {
  const open = new OpenWork();
  const keys = new KeyCheck(deps, open);
  const own = processCredential();
  let local = localCredential();
  return {
    stage: (config) =>
      isLocalMode(config) ? identifyLocally(local, open) : identifyByKey({ keys, open, own }),
    ended: (x) => open.end(x),
    configure: (config) => {
      const isLocal = isLocalMode(config);
      for (const credential of open.busy()) {
        if (credential === own) continue;
        if (isLocal !== (credential.kind === 'here')) open.cut(credential);
      }
      if (isLocal) void keys.stop();
      else {
        local = localCredential();
        keys.watch();
      }
    },
    close: () => keys.stop(),
  };
}
