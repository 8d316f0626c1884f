/** Which rules are about whom. */
import type { Json, Principal } from '../kernel/index.ts';
import type { Rule } from './rule.ts';
import type { WhoConfig } from './schema.ts';

/** Fields of `who` that are looked up, those that say most first. */
const FIELDS = ['users', 'agents', 'teams', 'groups', 'scopes', 'endpoints'] as const;
type Field = (typeof FIELDS)[number];

/** Finds the rules about a caller without asking every rule. */
export class WhoIndex {
  private readonly everybody: readonly Rule[];
  private readonly byWord: Readonly<Record<Field, Map<string, Rule[]>>>;
  /** Rules that go by claims alone. */
  private readonly others: readonly Rule[];

  constructor(rules: readonly Rule[]) {
    this.everybody = rules.filter(({ who }) => who === undefined);
    this.byWord = {
      users: new Map(),
      agents: new Map(),
      teams: new Map(),
      groups: new Map(),
      scopes: new Map(),
      endpoints: new Map(),
    };
    const others: Rule[] = [];
    for (const rule of rules) {
      if (rule.who === undefined) continue;
      const field = FIELDS.find((each) => rule.who?.[each] !== undefined);
      if (field === undefined) others.push(rule);
      else this.file(rule, field, rule.who[field] ?? []);
    }
    this.others = others;
  }

  /** The rules about this caller beyond those about everybody, in the order of the configuration. */
  special(principal: Principal, endpoint: string): readonly Rule[] {
    const found = new Set<Rule>();
    for (const field of FIELDS) {
      const words = wordsOf(principal, endpoint, field);
      for (const word of words) {
        for (const rule of this.byWord[field].get(word) ?? []) {
          if (isWho(rule.who, principal, endpoint)) found.add(rule);
        }
      }
    }
    for (const rule of this.others) {
      if (isWho(rule.who, principal, endpoint)) found.add(rule);
    }
    return [...found].toSorted((a, b) => a.index - b.index);
  }

  /** Rules without `who`. */
  get common(): readonly Rule[] {
    return this.everybody;
  }

  private file(rule: Rule, field: Field, words: readonly string[]): void {
    const known = this.byWord[field];
    for (const word of new Set(words)) {
      const rules = known.get(word);
      if (rules === undefined) known.set(word, [rule]);
      else rules.push(rule);
    }
  }
}

/** Any word of each list, and all of the fields. */
export function isWho(who: WhoConfig | undefined, principal: Principal, endpoint: string): boolean {
  return who === undefined || misfit(who, principal, endpoint) === undefined;
}

/** The first field of `who` that does not fit; undefined where all do. */
export function misfit(
  who: WhoConfig,
  principal: Principal,
  endpoint: string,
): keyof WhoConfig | undefined {
  for (const field of FIELDS) {
    const wanted = who[field];
    if (wanted === undefined) continue;
    const words = wordsOf(principal, endpoint, field);
    if (!words.some((word) => wanted.includes(word))) return field;
  }
  const { claims } = who;
  if (claims === undefined) return undefined;
  const fits = Object.entries(claims).every(([name, wanted]) =>
    claimFits(principal.claims, name, Array.isArray(wanted) ? wanted : [wanted]),
  );
  return fits ? undefined : 'claims';
}

function wordsOf(principal: Principal, endpoint: string, field: Field): readonly string[] {
  switch (field) {
    case 'users':
      return principal.user === '' ? [] : [principal.user];
    case 'agents':
      return principal.agent === '' ? [] : [principal.agent];
    case 'teams':
      return principal.team === '' ? [] : [principal.team];
    case 'groups':
      return principal.groups;
    case 'scopes':
      return principal.scopes;
    case 'endpoints':
      return [endpoint];
  }
}

function claimFits(
  claims: Principal['claims'],
  name: string,
  wanted: readonly (string | number | boolean)[],
): boolean {
  const said = Object.hasOwn(claims, name) ? claims[name] : undefined;
  if (said === undefined) return false;
  const values: readonly (Json | undefined)[] = isList(said) ? said : [said];
  return values.some((value) => wanted.some((each) => each === value));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
