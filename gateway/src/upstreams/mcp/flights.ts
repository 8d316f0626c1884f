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
  /** Entries that have no deadline for now. */
  private readonly paused = new Set<T>();
  private count = 0;

  constructor(clock: Clock, timeoutMs: number) {
    this.clock = clock;
    this.timeoutMs = timeoutMs;
  }

  get size(): number {
    return this.count + this.paused.size;
  }

  add(entry: T): void {
    entry.deadlineMs = this.clock.nowMs() + this.timeoutMs;
    entry.previous = this.last;
    if (this.last === undefined) this.first = entry;
    else this.last.next = entry;
    this.last = entry;
    this.count++;
    if (this.timer === undefined) this.arm(this.timeoutMs);
  }

  /** Takes the deadline from an entry that has one. */
  pause(entry: T): void {
    this.unlink(entry);
    this.paused.add(entry);
  }

  /** Gives an entry its whole time once more, whether it was paused or not. */
  resume(entry: T): void {
    if (!this.paused.delete(entry)) this.unlink(entry);
    this.add(entry);
  }

  /** Removes an entry that was added; once. */
  remove(entry: T): void {
    if (this.paused.size === 0 || !this.paused.delete(entry)) this.unlink(entry);
    if (this.size === 0) this.onEmpty?.();
  }

  private unlink(entry: T): void {
    const { next, previous } = entry;
    if (previous === undefined) this.first = next;
    else previous.next = next;
    if (next === undefined) this.last = previous;
    else next.previous = previous;
    entry.next = undefined;
    entry.previous = undefined;
    this.count--;
  }

  /** The entries: those with a deadline first, oldest first. */
  all(): T[] {
    return [...this.timed(), ...this.paused];
  }

  private timed(): T[] {
    const found: T[] = [];
    for (let entry = this.first; entry !== undefined; entry = entry.next) found.push(entry);
    return found;
  }

  /** Resolves when nothing is under way, paused entries included. */
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
    for (const entry of this.timed()) {
      if (entry.deadlineMs > nowMs) break;
      entry.expire();
    }
    if (this.first !== undefined && this.timer === undefined) {
      this.arm(Math.max(1, this.first.deadlineMs - nowMs));
    }
  }
}
