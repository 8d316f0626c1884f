/** What rules say of one item for one class of callers, as far as it can be said before a call. */
import type { Principal } from '../kernel/index.ts';
import type { Facts } from './facts.ts';
import type { Labels } from './labels.ts';
import { believed, type Effect, type Rule } from './rule.ts';
import type { JudgedItem } from '../kernel/index.ts';

export interface Verdict {
  /** `depends`: only the call itself shows it; at least one call could be allowed. */
  readonly outcome: 'allow' | 'deny' | 'depends';
  readonly rule: string;
  readonly needsApproval: boolean;
  readonly because: string | undefined;
  readonly considered: readonly string[];
  /** Rules whose condition could not be evaluated. */
  readonly failed: readonly FailedRule[];
  /** Where it depends: rules that may decide, by their effect. */
  readonly open: OpenRules | undefined;
}

export interface FailedRule {
  readonly rule: string;
  /** May hold what the caller wrote. */
  readonly why: string;
}

interface OpenRules extends Readonly<Record<Effect, readonly Rule[]>> {
  readonly labels: Labels;
  readonly fallback: 'allow' | 'deny';
}

interface Asked {
  readonly item: JudgedItem;
  readonly labels: Labels;
  readonly principal: Principal;
  readonly endpoint: string;
  readonly fallback: 'allow' | 'deny';
}

/** @param rules those about this caller and this item, in the order of the configuration */
export function judge(rules: readonly Rule[], asked: Asked): Verdict {
  const open = { deny: [], approve: [], allow: [] } satisfies Record<Effect, Rule[]>;
  const byEffect: Record<Effect, Rule[]> = open;
  const considered = rules.map(({ label }) => label);
  const failed: FailedRule[] = [];
  for (const rule of rules) {
    const { effect, condition } = rule;
    const holds =
      condition === undefined || condition.needsCall || condition.test(factsOf(asked, rule));
    if (typeof holds === 'string') failed.push({ rule: rule.label, why: holds });
    if (holds === false || (typeof holds === 'string' && effect === 'allow')) continue;
    const isSure = condition?.needsCall !== true;
    const denies = effect === 'deny' || typeof holds === 'string';
    if (denies && isSure) return said('deny', rule, { considered, failed });
    byEffect[effect].push(rule);
  }
  const { fallback, labels } = asked;
  if (byEffect.approve.length + byEffect.allow.length === 0 && fallback === 'deny') {
    return said('deny', undefined, { considered, failed });
  }
  if ([...byEffect.deny, ...byEffect.approve, ...byEffect.allow].some(needsCall)) {
    const outcome = { considered, failed, open: { ...byEffect, labels, fallback } };
    return said('depends', undefined, outcome);
  }
  const [decisive] = [...byEffect.approve, ...byEffect.allow];
  return said(decisive === undefined ? fallback : 'allow', decisive, { considered, failed });
}

/** What an open verdict comes to for one call. */
export function settle(verdict: Verdict, facts: Omit<Facts, 'labels'>): Verdict {
  const { open, considered } = verdict;
  if (open === undefined) return verdict;
  const failed = [...verdict.failed];
  const holds = (rule: Rule): boolean | string => {
    const { condition } = rule;
    if (condition?.needsCall !== true) return true;
    const value = condition.test({ ...facts, labels: believed(rule, open.labels) });
    if (typeof value === 'string') failed.push({ rule: rule.label, why: value });
    return value;
  };
  const record = { considered, failed };
  for (const rule of open.deny) {
    if (holds(rule) !== false) return said('deny', rule, record);
  }
  for (const rule of open.approve) {
    const value = holds(rule);
    // Neither skipped nor granted: nobody can say what a person would be asked.
    if (typeof value === 'string') return said('deny', rule, record);
    if (value) return said('allow', rule, record);
  }
  for (const rule of open.allow) {
    if (holds(rule) === true) return said('allow', rule, record);
  }
  return said(open.fallback, undefined, record);
}

function needsCall({ condition }: Rule): boolean {
  return condition?.needsCall === true;
}

function factsOf({ item, principal, endpoint, labels }: Asked, rule: Rule): Facts {
  return { principal, endpoint, item: item.id, labels: believed(rule, labels), call: undefined };
}

function said(
  outcome: Verdict['outcome'],
  rule: Rule | undefined,
  record: Pick<Verdict, 'considered' | 'failed'> & { readonly open?: OpenRules },
): Verdict {
  return {
    outcome,
    rule: rule?.label ?? 'default',
    needsApproval: outcome === 'allow' && rule?.effect === 'approve',
    because: rule?.because,
    considered: record.considered,
    failed: record.failed,
    open: record.open,
  };
}
