/** What rules mean, written as a person reads them aloud; it shares nothing with the product. */

export type Kind = 'tool' | 'prompt' | 'resource' | 'template';

export interface Who {
  readonly users?: readonly string[];
  readonly groups?: readonly string[];
  readonly teams?: readonly string[];
  readonly agents?: readonly string[];
  readonly scopes?: readonly string[];
  readonly endpoints?: readonly string[];
  /** The claim `site`, or any of a list of it. */
  readonly sites?: readonly string[];
}

/** `atMost` cannot be evaluated without the argument; `ifAny` does not hold then; `team` needs no call. */
export type When =
  | { readonly kind: 'atMost' | 'ifAny'; readonly n: number }
  | { readonly kind: 'team'; readonly team: string };

export interface Rule {
  readonly effect: 'allow' | 'deny' | 'approve';
  readonly who?: Who;
  readonly items?: readonly string[];
  readonly labels?: readonly string[];
  readonly when?: When;
}

export interface Rules {
  readonly default?: 'allow' | 'deny';
  readonly rules: readonly Rule[];
}

export interface Person {
  readonly user: string;
  readonly agent: string;
  readonly team: string;
  readonly groups: readonly string[];
  readonly scopes: readonly string[];
  readonly sites: readonly string[];
}

export interface Thing {
  readonly kind: Kind;
  readonly upstream: string;
  readonly name: string;
  /** What a tool says of itself: undefined where it says nothing. */
  readonly isReadOnly?: boolean | undefined;
}

/** What the operator says of an upstream. */
export interface Operator {
  readonly labels: readonly string[];
  readonly isTrusted: boolean;
}

export interface Situation {
  readonly person: Person;
  readonly endpoint: string;
  readonly thing: Thing;
  readonly operator: Operator;
  /** The argument `n`; `unknown` while there is no call yet. */
  readonly n: number | 'none' | 'unknown';
}

export type Answer = 'allow' | 'approve' | 'deny';
type Holds = 'yes' | 'no' | 'unknown' | 'broken';

/** Deny wins, then whoever has to be asked, then what is allowed; the rest is as the default says. */
export function naiveDecision({ rules, ...rest }: Rules, at: Situation): Answer {
  const those = (effect: string) =>
    rules.filter((rule) => rule.effect === effect).map((rule) => holds(rule, at));
  if (those('deny').some((each) => each !== 'no')) return 'deny';
  for (const each of those('approve')) {
    if (each === 'broken') return 'deny';
    if (each === 'yes') return 'approve';
  }
  if (those('allow').includes('yes')) return 'allow';
  return rest.default ?? 'deny';
}

/** Listed is what is not denied whatever the arguments are. */
export function naiveListed({ rules, ...rest }: Rules, at: Omit<Situation, 'n'>): boolean {
  const known = { ...at, n: 'unknown' as const };
  const those = (...effects: string[]) =>
    rules.filter((rule) => effects.includes(rule.effect)).map((rule) => holds(rule, known));
  if (those('deny').includes('yes')) return false;
  return rest.default === 'allow' || those('allow', 'approve').some((each) => each !== 'no');
}

function holds(rule: Rule, at: Situation): Holds {
  if (!isMeant(rule.who ?? {}, at.person, at.endpoint)) return 'no';
  const { thing } = at;
  if (rule.items !== undefined && !rule.items.some((text) => fits(text, thing))) return 'no';
  if (rule.labels !== undefined && !rule.labels.some((label) => isLabelled(label, rule, at))) {
    return 'no';
  }
  return whenHolds(rule.when, at);
}

function whenHolds(when: When | undefined, { n, person }: Situation): Holds {
  if (when === undefined) return 'yes';
  if (when.kind === 'team') return person.team === when.team ? 'yes' : 'no';
  if (n === 'unknown') return 'unknown';
  if (n === 'none') return when.kind === 'atMost' ? 'broken' : 'no';
  return n <= when.n ? 'yes' : 'no';
}

function isMeant(who: Who, person: Person, endpoint: string): boolean {
  const oneOf = (wanted: readonly string[] | undefined, has: readonly string[]): boolean =>
    wanted === undefined || wanted.some((each) => each !== '' && has.includes(each));
  return (
    oneOf(who.users, [person.user]) &&
    oneOf(who.groups, person.groups) &&
    oneOf(who.teams, [person.team]) &&
    oneOf(who.agents, [person.agent]) &&
    oneOf(who.scopes, person.scopes) &&
    oneOf(who.endpoints, [endpoint]) &&
    oneOf(who.sites, person.sites)
  );
}

/** What a tool says of itself may take away, and gives only where its upstream is trusted. */
function isLabelled(label: string, { effect }: Rule, { thing, operator }: Situation): boolean {
  if (operator.labels.includes(label)) return true;
  if (thing.kind !== 'tool') return label === 'read-only';
  if (effect === 'allow' && !operator.isTrusted) return false;
  return label === (thing.isReadOnly === true ? 'read-only' : 'destructive');
}

function fits(text: string, { kind, upstream, name }: Thing): boolean {
  if (text === '*') return true;
  const slash = text.indexOf('/');
  const colon = text.slice(0, slash).indexOf(':');
  const where = text.slice(colon + 1, slash);
  if (colon >= 0 && text.slice(0, colon) !== kind) return false;
  return like(where, upstream) && like(text.slice(slash + 1), name);
}

function like(glob: string, text: string): boolean {
  if (glob === '') return text === '';
  if (glob.startsWith('*')) {
    return like(glob.slice(1), text) || (text !== '' && like(glob, text.slice(1)));
  }
  return text !== '' && glob[0] === text[0] && like(glob.slice(1), text.slice(1));
}

/** The rules as the configuration writes them. */
export function written({ rules, ...rest }: Rules): object {
  return { ...rest, rules: rules.map(writtenRule) };
}

function writtenRule({ effect, who, items, labels, when }: Rule): object {
  const { sites, ...fields } = who ?? {};
  const claims = sites === undefined ? {} : { claims: { site: sites } };
  return {
    ...(who === undefined ? {} : { who: { ...fields, ...claims } }),
    [effect]: {
      ...(items === undefined ? {} : { items }),
      ...(labels === undefined ? {} : { labels }),
    },
    ...(when === undefined ? {} : { when: writtenWhen(when) }),
  };
}

function writtenWhen(when: When): string {
  if (when.kind === 'team') return `principal.team == "${when.team}"`;
  const atMost = `args.n <= ${when.n.toFixed(1)}`;
  return when.kind === 'atMost' ? atMost : `"n" in args && ${atMost}`;
}
