import type { Exchange } from '../kernel/index.ts';

declare const approved: unique symbol;

/** Proof that nobody has to be asked first, or that somebody said yes. */
export interface Approved {
  readonly [approved]: true;
}

export function markApproved<X extends Exchange>(x: X): asserts x is X & Approved {
  void x;
}
