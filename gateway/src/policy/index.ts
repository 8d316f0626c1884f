/**
 * May this principal make exactly this call. One function answers both questions that are asked of a
 * policy: whether an item exists for a principal, and whether a call of it is allowed.
 */
import { randomBytes } from 'node:crypto';
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
  /** Refuses with `policy_denied`. The decision stands on the exchange either way. */
  readonly authorize: <X extends Decidable>(x: X) => Step<X & Authorized>;
}

type Decidable = Exchange & { readonly principal: Principal; readonly target: Target };

/** Compiles rules once; verdicts on items are remembered, since no rule asks for more than the item. */
export function compilePolicy(config: PolicyConfig): Policy {
  const rules = new Rules(config);
  const verdicts = new WeakMap<ItemId, Verdict>();
  const whole = new Map<string, ItemId>();
  // Ids of decisions: random per policy, then counted. A UUID each costs more than the decision.
  const series = randomBytes(9).toString('base64url');
  let decided = 0;
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
      const { outcome, rule, needsApproval } = verdictOn(x.target, judge, whole);
      const id = `${series}-${++decided}`;
      const decision: Decision = { id, outcome, rule, needsApproval };
      if (outcome === 'deny') return refuse(x, decision);
      markAuthorized(x, decision);
      return x;
    },
  };
}

/** Views show only what may be invoked, sessions and streams only speak of that; both are open. */
function verdictOn(
  target: Target,
  judge: (id: ItemId) => Verdict,
  whole: Map<string, ItemId>,
): Verdict {
  switch (target.kind) {
    case 'item':
      return judge(target.item.id);
    case 'passthrough':
      return judge(wholeUpstream(target.upstream, whole));
    case 'subscription':
      return target.item === undefined ? OPEN.subscription : judge(target.item.id);
    case 'view':
    case 'session':
      return OPEN[target.kind];
  }
}

const OPEN = {
  view: { outcome: 'allow', rule: 'view', needsApproval: false },
  session: { outcome: 'allow', rule: 'session', needsApproval: false },
  subscription: { outcome: 'allow', rule: 'subscription', needsApproval: false },
} as const satisfies Record<string, Verdict>;

/**
 * Nobody knows which item a vendor method touches, so it is allowed where all tools of the upstream
 * are: by a pattern whose name part takes anything. There is one such id per configured upstream.
 */
function wholeUpstream(upstream: string, known: Map<string, ItemId>): ItemId {
  let id = known.get(upstream);
  if (id === undefined) {
    id = { upstream, kind: 'tool', name: '*' };
    known.set(upstream, id);
  }
  return id;
}

function refuse(x: Exchange, decision: Decision): Refusal {
  x.decision = decision;
  const why =
    decision.rule === 'default'
      ? 'No rule allows it, and the default is to deny.'
      : `The rule ${JSON.stringify(decision.rule)} denies it.`;
  return new Refusal('policy_denied', {
    text: `${why} Quote decision ${decision.id} to whoever runs this gateway.`,
    data: { decision: decision.id },
  });
}
