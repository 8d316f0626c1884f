/**
 * May this principal make exactly this call. One function answers both questions that are asked of a
 * policy: whether an item exists for a principal, and whether a call of it is allowed.
 */
import { randomUUID } from 'node:crypto';
import { Refusal } from '../kernel/index.ts';
import type { Decision, Exchange, ItemId, Principal, Step, Target } from '../kernel/index.ts';
import { markAuthorized, type Authorized } from './evidence.ts';
import { Rules, type Verdict } from './rules.ts';
import type { PolicyConfig } from './schema.ts';

export type { Authorized } from './evidence.ts';
export { policySchema, type PolicyConfig } from './schema.ts';

export interface Policy {
  /** Whether some call of the item could be allowed; what could not be does not exist. */
  mayInvoke(principal: Principal, id: ItemId): boolean;
  /** Refuses with `policy_denied`. */
  readonly authorize: <X extends Decidable>(x: X) => Step<X & Authorized>;
}

type Decidable = Exchange & { readonly principal: Principal; readonly target: Target };

/** Compiles rules once; verdicts on items are remembered, since no rule asks for more than the item. */
export function compilePolicy(config: PolicyConfig): Policy {
  const rules = new Rules(config);
  const verdicts = new WeakMap<ItemId, Verdict>();
  const judge = (id: ItemId): Verdict => {
    const known = verdicts.get(id);
    if (known !== undefined) return known;
    const verdict = rules.judge(id);
    verdicts.set(id, verdict);
    return verdict;
  };
  return {
    mayInvoke: (_principal, id) => judge(id).outcome === 'allow',
    authorize: (x) => {
      const verdict = verdictOn(x.target, judge);
      const decision: Decision = { id: randomUUID(), ...verdict };
      if (verdict.outcome === 'deny') return refuse(x, decision);
      markAuthorized(x, decision);
      return x;
    },
  };
}

/** Views show only what may be invoked, sessions and streams only speak of that; both are open. */
function verdictOn(target: Target, judge: (id: ItemId) => Verdict): Verdict {
  if (target.kind === 'item') return judge(target.item.id);
  if (target.kind === 'subscription' && target.item !== undefined) return judge(target.item.id);
  if (target.kind === 'passthrough') {
    return judge({ upstream: target.upstream, kind: 'tool', name: '*' });
  }
  return OPEN[target.kind];
}

const OPEN = {
  view: { outcome: 'allow', rule: 'view', needsApproval: false },
  session: { outcome: 'allow', rule: 'session', needsApproval: false },
  subscription: { outcome: 'allow', rule: 'subscription', needsApproval: false },
} as const satisfies Record<string, Verdict>;

function refuse(x: Exchange, decision: Decision): Refusal {
  x.decision = decision;
  return new Refusal('policy_denied', {
    text: `It is the rule ${decision.rule} (decision ${decision.id}).`,
    data: { decision: decision.id },
  });
}
