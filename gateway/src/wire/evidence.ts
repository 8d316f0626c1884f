/** What this room proves of an exchange, and the only places where the proofs are made. */
import type { Call, Dialect, Exchange } from '../kernel/index.ts';

declare const routed: unique symbol;
declare const decoded: unique symbol;

/** Proof that the address names an endpoint and that the head is one this dialect allows. */
export interface Routed {
  readonly dialect: Dialect;
  readonly endpoint: string;
  readonly [routed]: true;
}

/** Proof that the body is one bounded, well-formed message and agrees with its headers. */
export interface Decoded {
  readonly call: Call;
  readonly [decoded]: true;
}

export function markRouted<X extends Exchange>(
  x: X,
  dialect: Dialect,
  endpoint: string,
): asserts x is X & Routed {
  x.dialect = dialect;
  x.endpoint = endpoint;
}

export function markDecoded<X extends Exchange>(x: X, call: Call): asserts x is X & Decoded {
  x.call = call;
}
