import type { Exchange, Target } from '../kernel/index.ts';

declare const resolved: unique symbol;

/** Proof that what is meant exists and that this principal may see it. */
export interface Resolved {
  readonly target: Target;
  readonly [resolved]: true;
}

export function markResolved<X extends Exchange>(x: X, target: Target): asserts x is X & Resolved {
  x.target = target;
}
