/** What this room needs of its neighbours. */
import type { WayOut } from '../egress/index.ts';
import type { Clock, Principal } from '../kernel/index.ts';
import type { IssuerConfig } from './oauth/schema.ts';

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

/** Who was revoked; times in milliseconds since 1970, texts are '' where there is none. */
export interface RevokedSubject {
  readonly issuer: string;
  readonly subject: string;
  readonly sid: string;
  /** Tokens that were issued until then do not count. */
  readonly revokedMs: number;
  readonly expiresMs: number;
}

/** Where it is kept who was revoked; `KeySource.version` tells of changes. */
export interface RevokedSource {
  add(revoked: RevokedSubject, nowMs: number): Promise<void>;
  list(nowMs: number): Promise<readonly RevokedSubject[]>;
}

/** Calls that wait for answers while no exchange of theirs is under way. */
export interface ParkedWork {
  /** Who began them, or brought the last answer. */
  principals(): Iterable<Principal>;
  /** Gives up those of this very principal. */
  drop(principal: Principal): void;
}

export interface IdentityDeps {
  /** How connections to an issuer leave; straight there where left out. */
  readonly wayOut?: ((issuer: IssuerConfig) => WayOut) | undefined;
  readonly keys: KeySource;
  readonly revoked: RevokedSource;
  readonly parked: ParkedWork;
  readonly clock: Clock;
  /**
   * Keys, or who was revoked, cannot be read, so nobody is identified; told once until they can be
   * again.
   */
  readonly onStoreUnreadable: (error: unknown) => void;
  /** An issuer of tokens cannot be asked, so its tokens that are not known yet are refused. */
  readonly onIssuerFault: (error: Error) => void;
}
