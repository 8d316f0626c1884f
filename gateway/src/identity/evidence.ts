import type { Exchange, Principal } from '../kernel/index.ts';

declare const identified: unique symbol;

/** Proof that the caller's credential was verified. */
export interface Identified {
  readonly principal: Principal;
  readonly [identified]: true;
}

export function markIdentified<X extends Exchange>(
  x: X,
  principal: Principal,
): asserts x is X & Identified {
  x.principal = principal;
}
