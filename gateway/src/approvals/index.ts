/** Whether a person has to say yes first. Nobody can be asked yet, so such a call is refused. */
import { Refusal, itemIdText } from '../kernel/index.ts';
import type { Decision, Exchange, Step } from '../kernel/index.ts';
import { markApproved, type Approved } from './evidence.ts';

export type { Approved } from './evidence.ts';

type Decided = Exchange & { readonly decision: Decision };

export interface Approvals {
  /** Refuses with `approval_required`. */
  readonly approve: <X extends Decided>(x: X) => Step<X & Approved>;
}

export function createApprovals(): Approvals {
  return {
    approve: (x) => {
      if (x.decision.needsApproval) return refuse(x);
      markApproved(x);
      return x;
    },
  };
}

function refuse(x: Decided): Refusal {
  const what = x.target?.kind === 'item' ? itemIdText(x.target.item.id) : x.asked;
  return new Refusal('approval_required', {
    text: `The rule ${x.decision.rule} asks for it for ${what}. Do not try again; tell the person you work for.`,
    data: { decision: x.decision.id },
  });
}
