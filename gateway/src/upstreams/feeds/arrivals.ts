/** How many things may come within a second. */
import type { Clock } from '../../kernel/index.ts';

export class Arrivals {
  private readonly clock: Clock;
  private readonly maxPerSecond: number;
  private sinceMs = Number.NEGATIVE_INFINITY;
  private count = 0;

  constructor(clock: Clock, maxPerSecond: number) {
    this.clock = clock;
    this.maxPerSecond = maxPerSecond;
  }

  /** Counts one. @returns false where it is one too many */
  take(): boolean {
    const nowMs = this.clock.nowMs();
    // A clock that was set back begins a new second, too.
    if (nowMs - this.sinceMs >= 1000 || nowMs < this.sinceMs) {
      this.sinceMs = nowMs;
      this.count = 0;
    }
    this.count++;
    return this.count <= this.maxPerSecond;
  }
}
