/** What this room needs of its neighbours. */
import type { Clock } from '../kernel/index.ts';

/** What is kept of an API key; times in milliseconds since 1970. */
export interface KnownKey extends KeyState {
  readonly firstId: string;
  readonly name: string;
  /** SHA-256 of the whole key, hexadecimal. */
  readonly hash: string;
  readonly user: string;
  readonly agent: string;
  readonly team: string;
  readonly groups: readonly string[];
  readonly scopes: readonly string[];
}

export interface KeyState {
  readonly id: string;
  readonly expiresMs: number | undefined;
  readonly revokedMs: number | undefined;
}

/** Where API keys are kept. Every method rejects where it cannot be read. */
export interface KeySource {
  find(id: string): Promise<KnownKey | undefined>;
  states(ids: readonly string[]): Promise<readonly KeyState[]>;
  /** Notes the day (`2026-01-31`) on which keys were used last. */
  used(ids: readonly string[], day: string): Promise<void>;
  /** A number that changes whenever another process has changed something. */
  version(): Promise<number>;
}

export interface IdentityDeps {
  readonly keys: KeySource;
  readonly clock: Clock;
  /** Keys cannot be read, so nobody is identified by one; told once until they can be again. */
  readonly onKeysUnreadable: (error: unknown) => void;
  /** An issuer of tokens cannot be asked, so its tokens that are not known yet are refused. */
  readonly onIssuerFault: (error: Error) => void;
}
