/** What this room needs of its neighbours. */
import type { WayOut } from '../egress/index.ts';
import type { Clock, JsonObject, LogLevel, Principal } from '../kernel/index.ts';
import type { Sealer } from '../secrets/index.ts';
import type { LoginSessions } from '../store/index.ts';

/** What the `identity` section says of an issuer whose people sign in. */
export interface IssuerFacts {
  readonly issuer: string;
  /** Where its keys are; without it as discovery says. */
  readonly jwksUri?: string | undefined;
  /** Signatures that are taken. */
  readonly algorithms: readonly string[];
  readonly clockSkewSeconds: number;
  /** How connections to it leave; straight there where left out. */
  readonly wayOut?: WayOut | undefined;
}

/** Of whom a provider says that they are not signed in any more. */
export interface Ended {
  readonly issuer: string;
  readonly subject?: string;
  readonly sid?: string;
  /** By when every token that is meant has expired, milliseconds since 1970. */
  readonly untilMs: number;
}

/** What stands in the record of a sign-in or its end. */
export interface LoginEntry {
  readonly principal: Pick<Principal, 'id' | 'user' | 'agent' | 'team' | 'verifiedBy'>;
  readonly action: 'login.begin' | 'login.end';
  readonly thing: string;
  readonly outcome: 'done' | 'refused' | 'failed';
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface LoginDeps {
  readonly store: LoginSessions;
  readonly sealer: Sealer;
  readonly clock: Clock;
  /** Who a person is by verified claims, "iss" among them; undefined for nobody. */
  readonly principalOf: (claims: JsonObject) => Principal | undefined;
  /** Whether sign-ins with these claims ("iss", "sub", "sid", "iat") were revoked since. */
  readonly isRevoked: (claims: JsonObject) => Promise<boolean>;
  /** Ends what goes on under access tokens of a person or a sign-in; rejects where it cannot. */
  readonly revoke: (ended: Ended) => Promise<void>;
  /** @returns false where it could not be recorded */
  readonly record: (entry: LoginEntry) => boolean;
  readonly log: (level: LogLevel, text: string, fields?: Readonly<Record<string, unknown>>) => void;
  readonly onBug: (error: unknown) => void;
}
