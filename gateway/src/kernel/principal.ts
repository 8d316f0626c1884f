/** Who calls. A principal is only ever made from a verified credential. */
import type { Json } from './json/exact.ts';

export interface Principal {
  /** Stable within one gateway: the key of limits, sessions and sealed tokens. */
  readonly id: string;
  readonly kind: 'local' | 'user' | 'agent';
  /** How the credential was verified, as it stands in the audit record. */
  readonly verifiedBy: string;
  /** The person who calls, or on whose behalf an agent does; '' where there is none. */
  readonly user: string;
  /** The agent or service that makes the call: name of an API key, id of an OAuth client; '' for none. */
  readonly agent: string;
  readonly team: string;
  readonly groups: readonly string[];
  readonly scopes: readonly string[];
  /** What else the credential says, for conditions of rules. */
  readonly claims: Readonly<Record<string, Json>>;
}

const NOTHING: Omit<Principal, 'id' | 'kind' | 'verifiedBy'> = {
  user: '',
  agent: '',
  team: '',
  groups: [],
  scopes: [],
  claims: {},
};

/** A principal of constant shape that is nobody and nothing beyond what is said. */
export function principalOf(
  said: Pick<Principal, 'id' | 'kind' | 'verifiedBy'> & Partial<Principal>,
): Principal {
  return Object.freeze({ ...NOTHING, ...said });
}
