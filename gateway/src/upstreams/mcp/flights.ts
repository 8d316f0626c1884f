/** All that is under way at one upstream, in the order of its deadlines. */
import type { Clock, Timer } from '../../kernel/index.ts';

/** An entry of the list; only `Flights` touches these fields. */
export interface Timed<T> {
  deadlineMs: number;
  next: T | undefined;
  previous: T | undefined;
  /** Its time is over; must remove itself. */
  expire(): void;
}

/**
 * Every entry has the same time, so the oldest is always first: adding and removing cost nothing
 * that depends on how many there are, and one timer serves all.
 */
export class Flights<T extends Timed<T>> {
  private readonly clock: Clock;
  private readonly timeoutMs: number;
  private first: T | undefined;
  private last: T | undefined;
  private timer: Timer | undefined;
  private onEmpty: (() => void) | undefined;
  size = 0;

  constructor(clock: Clock, timeoutMs: number) {
    this.clock = clock;
    this.timeoutMs = timeoutMs;
  }

  add(entry: T): void {
    entry.deadlineMs = this.clock.nowMs() + this.timeoutMs;
    entry.previous = this.last;
    if (this.last === undefined) this.first = entry;
    else this.last.next = entry;
    this.last = entry;
    this.size++;
    if (this.timer === undefined) this.arm(this.timeoutMs);
  }

  /** Removes an entry that was added; once. */
  remove(entry: T): void {
    const { next, previous } = entry;
    if (previous === undefined) this.first = next;
    else previous.next = next;
    if (next === undefined) this.last = previous;
    else next.previous = previous;
    entry.next = undefined;
    entry.previous = undefined;
    this.size--;
    if (this.size === 0) this.onEmpty?.();
  }

  /** The entries, oldest first. */
  all(): T[] {
    const found: T[] = [];
    for (let entry = this.first; entry !== undefined; entry = entry.next) found.push(entry);
    return found;
  }

  /** Resolves when nothing is under way; at the latest when the last deadline is over. */
  async empty(): Promise<void> {
    if (this.size === 0) return;
    await new Promise<void>((resolve) => {
      this.onEmpty = resolve;
    });
  }

  private arm(delayMs: number): void {
    this.timer = this.clock.after(delayMs, () => this.expire());
  }

  /** The timer of a list that has become empty in the meantime simply ends here. */
  private expire(): void {
    this.timer = undefined;
    const nowMs = this.clock.nowMs();
    for (const entry of this.all()) {
      if (entry.deadlineMs > nowMs) break;
      entry.expire();
    }
    if (this.first !== undefined && this.timer === undefined) {
      this.arm(Math.max(1, this.first.deadlineMs - nowMs));
    }
  }
}
