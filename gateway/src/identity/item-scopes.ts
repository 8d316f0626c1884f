/** Scopes that single items need, beyond those of their endpoint: what a client asks for when it comes to them. */
import {
  compilePattern,
  type Exchange,
  type Item,
  type ItemPattern,
  type Refusal,
} from '../kernel/index.ts';
import type { Challenges } from './challenge.ts';
import type { IdentityConfig } from './schema.ts';

/** Refuses an exchange whose target is known with `scope_insufficient`; undefined where nothing is missing. */
export type CheckItemScopes = (x: Exchange) => Refusal | undefined;

interface Rule {
  readonly patterns: readonly ItemPattern[];
  readonly scopes: readonly string[];
}

const NONE: readonly string[] = [];

export function checkItemScopes(config: IdentityConfig, challenges: Challenges): CheckItemScopes {
  const rules = config.itemScopes.map(({ items, scopes }): Rule => ({
    patterns: items.map(compilePattern).filter((each) => typeof each !== 'string'),
    scopes,
  }));
  if (rules.length === 0) return () => undefined;
  const known = new WeakMap<Item, readonly string[]>();
  const scopesOf = (item: Item): readonly string[] => {
    const found = known.get(item) ?? scopesFor(item, rules);
    known.set(item, found);
    return found;
  };
  return ({ target, principal, endpoint }) => {
    const item =
      target?.kind === 'item' || target?.kind === 'subscription' ? target.item : undefined;
    // What comes from this machine without a credential has no scopes that could be missing.
    if (item === undefined || principal === undefined || principal.kind === 'local') {
      return undefined;
    }
    const scopes = scopesOf(item);
    return scopes.length === 0
      ? undefined
      : challenges.missingScopes(endpoint, principal.scopes, scopes);
  };
}

function scopesFor({ id }: Item, rules: readonly Rule[]): readonly string[] {
  const meant = rules.filter(({ patterns }) => patterns.some((each) => each.matches(id)));
  return meant.length === 0 ? NONE : [...new Set(meant.flatMap(({ scopes }) => scopes))];
}
