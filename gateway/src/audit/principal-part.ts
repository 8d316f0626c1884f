/** What a record says of whoever called. */
import type { Principal } from '../kernel/index.ts';
import { quoteForeign } from './quote.ts';

/** What of a principal every record names. */
export type Named = Pick<Principal, 'id' | 'user' | 'agent' | 'team' | 'verifiedBy'>;

/** @returns the members that name a principal, with a comma before each; empty ones are left out */
export function principalPart({ id, user, agent, team, verifiedBy }: Named): string {
  const named = Object.entries({ user, agent, team, verifiedBy })
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `,"${key}":${quoteForeign(value)}`);
  return `,"principal":${quoteForeign(id)}${named.join('')}`;
}

/** Groups and scopes of a credential that are written down. */
const MAX_GROUPS = 100;

/** A list of texts, with a comma before it; an empty one is left out, what is beyond `max` counted. */
export function wordsPart(key: string, words: readonly string[], max: number): string {
  if (words.length === 0) return '';
  const shown = words.slice(0, max).map((word) => quoteForeign(word));
  const more = words.length - shown.length;
  return `,"${key}":[${shown.join(',')}]${more > 0 ? `,"${key}Left":${more}` : ''}`;
}

/** What records say of principals, made once for each. */
export class PrincipalTexts {
  private readonly always = new WeakMap<Principal, string>();
  private readonly refused = new WeakMap<Principal, string>();

  /** Who it was. */
  of(principal: Principal): string {
    let text = this.always.get(principal);
    if (text === undefined) {
      text = principalPart(principal);
      this.always.set(principal, text);
    }
    return text;
  }

  /** What rules were asked with beyond that, for those who want to know why they were refused. */
  ofRefused(principal: Principal): string {
    let text = this.refused.get(principal);
    if (text === undefined) {
      const { groups, scopes } = principal;
      text = wordsPart('groups', groups, MAX_GROUPS) + wordsPart('scopes', scopes, MAX_GROUPS);
      this.refused.set(principal, text);
    }
    return text;
  }
}
