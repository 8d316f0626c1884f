/**
 * Calls that take long and say nothing. Their streams are opened after a while, so that a client has
 * an event id to come back with when its connection breaks (2025-11-25, resumability).
 */
import type { Clock, Delivery, Exchange } from '../kernel/index.ts';

/** A call is silent for so long before its stream is opened. */
const SILENT_MS = 5000;
const LOOK_EVERY_MS = 1000;

export class LongCalls {
  private readonly clock: Clock;
  /** In the order in which they began. */
  private readonly calls = new Map<Exchange, Delivery>();
  private isLooking = false;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  begun(x: Exchange, delivery: Delivery): void {
    this.calls.set(x, delivery);
    this.lookLater();
  }

  ended(x: Exchange): void {
    this.calls.delete(x);
  }

  private lookLater(): void {
    if (this.isLooking) return;
    this.isLooking = true;
    this.clock.after(LOOK_EVERY_MS, () => this.look());
  }

  private look(): void {
    this.isLooking = false;
    const before = this.clock.nowMs() - SILENT_MS;
    for (const [x, delivery] of this.calls) {
      if (x.startedMs > before) break;
      this.calls.delete(x);
      delivery.openStream();
    }
    if (this.calls.size > 0) this.lookLater();
  }
}
