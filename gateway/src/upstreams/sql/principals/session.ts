/** What a transaction is told of who calls, before its statement. */
import { isJsonArray, ownMember, type Principal } from '../../../kernel/index.ts';
import { isRole, type RoleConfig, type SettingsConfig } from './schema.ts';

/** Names of settings and their values, in their order; the role is the last. */
export type Session = readonly (readonly [name: string, value: string])[];

export interface SessionConfig {
  readonly role?: RoleConfig | undefined;
  readonly settings?: SettingsConfig | undefined;
}

const MAX_VALUE_BYTES = 8192;

/** Nothing is left out: where the caller has no role, there is no session. @returns words then */
export function sessionFor(
  { role, settings = {} }: SessionConfig,
  who: Principal,
): Session | string {
  const session: (readonly [string, string])[] = [];
  for (const [name, source] of Object.entries(settings)) {
    const value = valueOf(source, who);
    if (value.includes('\0') || Buffer.byteLength(value) > MAX_VALUE_BYTES) {
      return `What is known of this caller (${source}) cannot be told to the database.`;
    }
    session.push([name, value]);
  }
  if (role === undefined) return session;
  const taken = roleOf(role, who);
  return taken === undefined ? NO_ROLE : [...session, ['role', taken]];
}

const NO_ROLE =
  'The database is asked in the role of whoever calls, and there is none for this caller; whoever runs the gateway sets it by "role".';

/** Of nobody who calls, as when statements are prepared. */
export function standingSession({ role }: SessionConfig): Session {
  const taken = typeof role === 'object' ? role.otherwise : role;
  return taken === undefined ? [] : [['role', taken]];
}

function roleOf(role: RoleConfig, who: Principal): string | undefined {
  if (typeof role === 'string') return role;
  const { by, prefix, names, otherwise } = role;
  const value = valueOf(by, who);
  if (value === '') return otherwise;
  const taken = names === undefined ? prefix + value : (ownName(names, value) ?? otherwise);
  return taken !== undefined && isRole(taken) ? taken : undefined;
}

function ownName(names: Readonly<Record<string, string>>, value: string): string | undefined {
  return Object.hasOwn(names, value) ? names[value] : undefined;
}

/** As text; a list is written as JSON, so that no member of it can pass for two. */
function valueOf(source: string, who: Principal): string {
  const { id, user, agent, team, groups, claims } = who;
  const known: Readonly<Record<string, string>> = { id, user, agent, team };
  if (source === 'groups') return JSON.stringify(groups);
  const claim = source.startsWith('claims.') ? ownMember(claims, source.slice(7)) : undefined;
  if (claim === undefined || claim === null) return known[source] ?? '';
  return typeof claim === 'object' && !isJsonArray(claim) ? '' : textOf(claim);
}

function textOf(claim: unknown): string {
  return typeof claim === 'string' ? claim : JSON.stringify(claim);
}
