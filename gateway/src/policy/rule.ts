/** One rule, compiled. */
import { ADMIN_KIND, compilePattern, type ItemId, type ItemPattern } from '../kernel/index.ts';
import { createConditions, type Condition } from './condition.ts';
import type { Labels } from './labels.ts';
import type { PolicyConfig, RuleConfig, WhoConfig } from './schema.ts';

export type Effect = 'deny' | 'approve' | 'allow';

export interface Rule {
  /** Its place in the configuration. */
  readonly index: number;
  /** Its name, or its place counted from one. */
  readonly label: string;
  readonly effect: Effect;
  readonly who: WhoConfig | undefined;
  /** Undefined for all items. */
  readonly items: readonly ItemPattern[] | undefined;
  /** Undefined for items of any label. */
  readonly labels: readonly string[] | undefined;
  readonly condition: Condition | undefined;
  readonly because: string | undefined;
}

/** @param config checked by `policySchema`; an invalid one is a programming error */
export function compileRules(config: PolicyConfig): readonly Rule[] {
  const hasConditions = config.rules.some(({ when }) => when !== undefined);
  const conditions = hasConditions ? createConditions() : undefined;
  return config.rules.map((rule, index) => {
    const { effect, items, labels } = selectionOf(rule);
    const condition = rule.when === undefined ? undefined : conditions?.compile(rule.when);
    if (typeof condition === 'string') throw new Error(condition);
    return {
      index,
      label: rule.name ?? `#${index + 1}`,
      effect,
      who: rule.who,
      items: items?.map(mustCompile),
      labels,
      condition,
      because: rule.because,
    };
  });
}

function selectionOf(rule: RuleConfig): {
  readonly effect: Effect;
  readonly items?: readonly string[] | undefined;
  readonly labels?: readonly string[] | undefined;
} {
  const [effect, selection] =
    'deny' in rule
      ? (['deny', rule.deny] as const)
      : 'approve' in rule
        ? (['approve', rule.approve] as const)
        : (['allow', rule.allow] as const);
  return 'length' in selection ? { effect, items: selection } : { effect, ...selection };
}

function mustCompile(text: string): ItemPattern {
  const pattern = compilePattern(text);
  if (typeof pattern === 'string') throw new Error(pattern);
  return pattern;
}

/** Whether a rule is about an item, whoever asks. */
export function isAbout(rule: Rule, id: ItemId, labels: Labels): boolean {
  if (rule.items !== undefined && !rule.items.some((pattern) => pattern.matches(id))) return false;
  if (rule.labels === undefined) return true;
  const known = believed(rule, labels);
  return rule.labels.some((label) => known.includes(label));
}

/** The labels that a rule may go by. */
export function believed({ effect }: Rule, { all, vouched }: Labels): readonly string[] {
  return effect === 'allow' ? vouched : all;
}

/** Whether a rule is about the gateway itself and about no item of an upstream. */
export function isOnlyAdmin({ items }: Rule): boolean {
  return items?.every(({ kind }) => kind === ADMIN_KIND) === true;
}
