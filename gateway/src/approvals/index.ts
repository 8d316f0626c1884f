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
  const rule = JSON.stringify(x.decision.rule);
  return new Refusal('approval_required', {
    text: `The rule ${rule} asks for it for ${whatIsAsked(x)}. Do not try again; tell the person you work for.`,
    data: { decision: x.decision.id },
  });
}

function whatIsAsked({ target, asked }: Exchange): string {
  const item = target !== undefined && 'item' in target ? target.item : undefined;
  return item === undefined ? `"${asked}"` : itemIdText(item.id);
}
