import type { AuditSlot, Exchange } from '../kernel/index.ts';

declare const recorded: unique symbol;

/** Proof that there is a place for the call's record, so that it may be carried out. */
export interface Recorded {
  readonly slot: AuditSlot;
  readonly [recorded]: true;
}

export function markRecorded<X extends Exchange>(x: X, slot: AuditSlot): asserts x is X & Recorded {
  x.slot = slot;
}
