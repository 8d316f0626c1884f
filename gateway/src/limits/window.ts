/** Counting over a sliding window in constant space and time, without a timer. */

/** One count. `max` is given each time, because a configuration may change it under way. */
export interface Count {
  /** Settles when more is known of what others have used; undefined where nothing is asked. */
  readonly pending: Promise<void> | undefined;
  /**
   * @param max what the window may hold, at least 1
   * @returns 0 where there is room for one more now, else the milliseconds until there may be
   */
  closedForMs(nowMs: number, max: number): number;
  /** Counts so much more, also beyond `max`: what is over keeps it closed for longer. */
  take(nowMs: number, cost: number, max: number): void;
  /** Whether forgetting it now would change nothing. */
  isIdle(nowMs: number): boolean;
}

/**
 * Two neighbouring windows, aligned to the clock: the present one counts in full, the one before as
 * far as it still reaches into the last `windowMs`. So there are never more than `max` at once, and a
 * pause of one window always opens it in full.
 */
export class WindowCount implements Count {
  readonly pending = undefined;
  private readonly windowMs: number;
  private index = 0;
  private current = 0;
  private previous = 0;

  constructor(windowMs: number) {
    this.windowMs = windowMs;
  }

  closedForMs(nowMs: number, max: number): number {
    const intoMs = this.roll(nowMs);
    return closedFor(this.current, this.previous, max, intoMs, this.windowMs);
  }

  take(nowMs: number, cost: number): void {
    this.roll(nowMs);
    this.current += cost;
  }

  isIdle(nowMs: number): boolean {
    this.roll(nowMs);
    return this.current === 0 && this.previous === 0;
  }

  /** @returns how far into its window the time is, milliseconds */
  private roll(nowMs: number): number {
    const sameMs = nowMs - this.index * this.windowMs;
    if (sameMs >= 0 && sameMs < this.windowMs) return sameMs;
    const index = Math.floor(nowMs / this.windowMs);
    if (index !== this.index) {
      // Where the clock was set back, what was counted goes on to count.
      if (index > this.index) {
        this.previous = index === this.index + 1 ? this.current : 0;
        this.current = 0;
      }
      this.index = index;
    }
    return nowMs - index * this.windowMs;
  }
}

/** Milliseconds until one more fits; 0 where it does now. */
export function closedFor(
  current: number,
  previous: number,
  max: number,
  intoMs: number,
  windowMs: number,
): number {
  const room = max - current - 1;
  if (room >= 0) return Math.max(0, opensAt(previous, room, windowMs) - intoMs);
  return windowMs - intoMs + opensAt(current, max - 1, windowMs);
}

/** How far into a window the one before it, of which `count` are left over, leaves only `room`. */
function opensAt(count: number, room: number, windowMs: number): number {
  return count <= room ? 0 : Math.ceil(windowMs * (1 - room / count));
}
