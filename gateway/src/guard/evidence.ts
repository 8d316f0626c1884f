import type { Edit, Exchange } from '../kernel/index.ts';

declare const screened: unique symbol;

/** Proof that bytes and edits together are the exact call that leaves, and that it was screened. */
export interface Screened {
  readonly edits: readonly Edit[];
  readonly [screened]: true;
}

export function markScreened<X extends Exchange>(x: X): asserts x is X & Screened {
  void x;
}
