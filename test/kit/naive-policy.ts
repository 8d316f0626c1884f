/** What rules mean, written as they are read and sharing nothing with the product. */

export interface NaiveRule {
  readonly who?: {
    readonly users?: readonly string[];
    readonly groups?: readonly string[];
    readonly teams?: readonly string[];
    readonly endpoints?: readonly string[];
  };
  readonly effect: 'allow' | 'deny' | 'approve';
  readonly items?: readonly string[];
  readonly labels?: readonly string[];
  /** Holds where the argument `n` is at most this. */
  readonly atMost?: number;
}

export interface NaiveCaller {
  readonly user: string;
  readonly groups: readonly string[];
  readonly team: string;
  readonly endpoint: string;
}

export interface NaiveItem {
  readonly kind: string;
  readonly upstream: string;
  readonly name: string;
  /** What the tool says of itself. */
  readonly isReadOnly: boolean;
  readonly isTrusted: boolean;
}

/** The rule as the configuration writes it. */
export function written({ who, effect, items, labels, atMost }: NaiveRule): object {
  return {
    ...(who === undefined ? {} : { who }),
    [effect]: {
      ...(items === undefined ? {} : { items }),
      ...(labels === undefined ? {} : { labels }),
    },
    ...(atMost === undefined ? {} : { when: `args.n <= ${atMost.toFixed(1)}` }),
  };
}

/** Whether a rule holds for a call; `unknown` while its argument is, `broken` where it is missing. */
function holds(
  rule: NaiveRule,
  caller: NaiveCaller,
  item: NaiveItem,
  n: number | 'unknown' | 'none',
) {
  const { who = {} } = rule;
  if (who.users !== undefined && !who.users.includes(caller.user)) return 'no';
  if (who.teams !== undefined && !who.teams.includes(caller.team)) return 'no';
  if (who.endpoints !== undefined && !who.endpoints.includes(caller.endpoint)) return 'no';
  if (who.groups !== undefined && !who.groups.some((one) => caller.groups.includes(one)))
    return 'no';
  if (rule.items !== undefined && !rule.items.some((text) => matches(text, item))) return 'no';
  if (rule.labels !== undefined && !rule.labels.some((one) => has(one, item, rule.effect)))
    return 'no';
  if (rule.atMost === undefined) return 'yes';
  if (n === 'unknown') return 'unknown';
  if (n === 'none') return 'broken';
  return n <= rule.atMost ? 'yes' : 'no';
}

function has(label: string, item: NaiveItem, effect: string): boolean {
  const isReadOnly = item.kind !== 'tool' || item.isReadOnly;
  if (label === 'read-only' && isReadOnly) {
    return effect !== 'allow' || item.kind !== 'tool' || item.isTrusted;
  }
  return label === 'destructive' && !isReadOnly && (effect !== 'allow' || item.isTrusted);
}

function matches(text: string, { kind, upstream, name }: NaiveItem): boolean {
  if (text === '*') return true;
  const [, wanted = kind, where = '', what = ''] =
    /^(?:([a-z]+):)?([^/]*)\/(.*)$/s.exec(text) ?? [];
  return wanted === kind && like(where, upstream) && like(what, name);
}

function like(glob: string, text: string): boolean {
  if (glob === '') return text === '';
  if (glob.startsWith('*')) {
    return like(glob.slice(1), text) || (text !== '' && like(glob, text.slice(1)));
  }
  return text !== '' && glob[0] === text[0] && like(glob.slice(1), text.slice(1));
}

/** Nobody was identified locally here, so the default is to deny. */
export function naiveDecision(
  rules: readonly NaiveRule[],
  caller: NaiveCaller,
  item: NaiveItem,
  n: number | 'none',
): 'allow' | 'approve' | 'deny' {
  const of = (effect: string) =>
    rules.filter((rule) => rule.effect === effect).map((rule) => holds(rule, caller, item, n));
  if (of('deny').some((each) => each !== 'no')) return 'deny';
  const asked = of('approve').find((each) => each !== 'no');
  if (asked === 'broken') return 'deny';
  if (asked === 'yes') return 'approve';
  return of('allow').includes('yes') ? 'allow' : 'deny';
}

/** An item is listed unless it is denied whatever the arguments are. */
export function naiveListed(
  rules: readonly NaiveRule[],
  caller: NaiveCaller,
  item: NaiveItem,
): boolean {
  const of = (effect: string) =>
    rules
      .filter((rule) => rule.effect === effect)
      .map((rule) => holds(rule, caller, item, 'unknown'));
  if (of('deny').includes('yes')) return false;
  return [...of('allow'), ...of('approve')].some((each) => each !== 'no');
}
