import type { Exchange, Lease } from '../kernel/index.ts';

declare const limited: unique symbol;

/** Proof that there is room for the call now; the lease gives its place back. */
export interface Limited {
  readonly lease: Lease;
  readonly [limited]: true;
}

export function markLimited<X extends Exchange>(x: X, lease: Lease): asserts x is X & Limited {
  x.lease = lease;
}
