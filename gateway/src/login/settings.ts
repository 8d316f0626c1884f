/** What is in force: the room's own section, and what others say of where and with whom. */
import type { Place } from './place.ts';
import type { IssuerFacts } from './ports.ts';
import type { LoginConfig } from './schema.ts';

export interface LoginSettings {
  readonly config: LoginConfig;
  readonly issuers: readonly IssuerFacts[];
  readonly place: Place;
}
