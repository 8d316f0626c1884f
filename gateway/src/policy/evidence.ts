import type { Decision, Exchange } from '../kernel/index.ts';

declare const authorized: unique symbol;

/** Proof that policy allows this principal this exact call. */
export interface Authorized {
  readonly decision: Decision;
  readonly [authorized]: true;
}

export function markAuthorized<X extends Exchange>(
  x: X,
  decision: Decision,
): asserts x is X & Authorized {
  x.decision = decision;
}
