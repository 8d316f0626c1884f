/** From the claims of a verified token to the principal. */
import {
  isJsonArray,
  isJsonObject,
  ownMember,
  principalOf,
  type Json,
  type JsonObject,
  type Principal,
} from '../../kernel/index.ts';
import type { IssuerConfig } from './schema.ts';

const MAX_CHARACTERS = 512;
const MAX_GROUPS = 1000;

export type ClaimConfig = Pick<IssuerConfig, 'issuer' | 'claims' | 'prefix'>;

/** What verified claims say about who calls. */
export type ClaimFacts = Pick<
  Principal,
  'user' | 'agent' | 'team' | 'groups' | 'scopes' | 'claims'
>;

/**
 * Who calls with a token of an issuer.
 * @param claims of a token that was verified, "iss" among them
 * @returns undefined where the token names neither a person nor an agent, or names one in a way that
 *   cannot be relied on
 */
export function principalIn(claims: JsonObject, config: ClaimConfig): Principal | undefined {
  const facts = factsIn(claims, config);
  if (facts === undefined) return undefined;
  const { issuer } = config;
  const { user, agent } = facts;
  return principalOf({
    id: ['oauth', issuer, user, agent].map(encodeURIComponent).join(':'),
    kind: user === '' ? 'agent' : 'user',
    verifiedBy: `oauth ${issuer}`,
    ...facts,
  });
}

/**
 * What claims say, by the paths of an issuer's configuration.
 * @param claims of a token that was verified: an access token, or an ID token for a sign-in
 * @returns undefined as `principalIn`
 */
export function factsIn(claims: JsonObject, config: ClaimConfig): ClaimFacts | undefined {
  const { claims: paths, prefix = '' } = config;
  const client =
    textAt(claims, paths.agent ?? 'azp') ||
    (paths.agent === undefined ? textAt(claims, 'client_id') : '');
  const acting = actorIn(claims);
  if (acting === undefined) return undefined;
  const named = textAt(claims, paths.user);
  const user = isClientItself(claims, named, client) ? '' : named;
  const agent = acting === '' ? client : acting;
  if ((user === '' && agent === '') || [user, agent, client].some(isTooLong)) return undefined;
  const prefixed = (name: string): string => (name === '' ? '' : prefix + name);
  return {
    user: prefixed(user),
    agent: prefixed(agent),
    team: paths.team === undefined ? '' : prefixed(textAt(claims, paths.team)),
    groups: Object.freeze(textsAt(claims, paths.groups).slice(0, MAX_GROUPS).map(prefixed)),
    scopes: Object.freeze(scopesIn(claims)),
    claims: Object.freeze({ ...claims }),
  };
}

/** RFC 8693, section 4.1: the outermost actor acts now. '' for none, undefined for one without a name. */
function actorIn(claims: JsonObject): string | undefined {
  const act = ownMember(claims, 'act');
  if (act === undefined) return '';
  if (!isJsonObject(act)) return undefined;
  return textAt(act, 'sub') || textAt(act, 'client_id') || undefined;
}

/** Tokens that a client got for itself name it in the place of a person, each issuer in its own way. */
function isClientItself(claims: JsonObject, named: string, client: string): boolean {
  if (client !== '' && (named === client || named === `${client}@clients`)) return true;
  return ownMember(claims, 'idtyp') === 'app';
}

/** `scope` as one text (RFC 9068), `scp` as a text or a list. */
function scopesIn(claims: JsonObject): string[] {
  return [...new Set([...textsAt(claims, 'scope'), ...textsAt(claims, 'scp')])];
}

function textAt(claims: JsonObject, path: string): string {
  const value = valueAt(claims, path);
  return typeof value === 'string' ? value : '';
}

function textsAt(claims: JsonObject, path: string): string[] {
  const value = valueAt(claims, path);
  if (typeof value === 'string') return value.split(' ').filter((each) => each !== '');
  return isJsonArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** A member of exactly this name counts more than one at the end of a path: names may be URLs. */
function valueAt(claims: JsonObject, path: string): Json | undefined {
  const whole = ownMember(claims, path);
  if (whole !== undefined) return whole;
  let value: Json | undefined = claims;
  for (const name of path.split('.')) {
    if (!isJsonObject(value)) return undefined;
    value = ownMember(value, name);
  }
  return value;
}

function isTooLong(text: string): boolean {
  return text.length > MAX_CHARACTERS;
}
