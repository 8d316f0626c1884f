/** Things that wait for a time, in the order of their times, with one timer for all of them. */
import type { Clock, Timer } from './clock.ts';

/** An entry of the list; only `Deadlines` touches the first three fields. */
export interface Due {
  /** 0 while it is in no list. */
  deadlineMs: number;
  next: Due | undefined;
  previous: Due | undefined;
  /** Its time is over; it is out of the list already. Must not throw. */
  expire(): void;
}

/**
 * Adding costs nothing that depends on how many there are as long as later entries have later
 * deadlines, which is usual where all have the same time. The timer lives while something waits.
 */
export class Deadlines {
  private readonly clock: Clock;
  private first: Due | undefined;
  private last: Due | undefined;
  private timer: Timer | undefined;
  private timerMs = 0;
  size = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** @param entry in no list */
  add(entry: Due, delayMs: number): void {
    const deadlineMs = this.clock.nowMs() + delayMs;
    let before = this.last;
    while (before !== undefined && before.deadlineMs > deadlineMs) before = before.previous;
    entry.deadlineMs = deadlineMs;
    entry.previous = before;
    entry.next = before === undefined ? this.first : before.next;
    if (entry.next === undefined) this.last = entry;
    else entry.next.previous = entry;
    if (before === undefined) this.first = entry;
    else before.next = entry;
    this.size++;
    if (this.timer === undefined || deadlineMs < this.timerMs) this.arm(delayMs);
  }

  /** Takes an entry out; one that is in no list is left alone. */
  remove(entry: Due): void {
    if (entry.deadlineMs === 0) return;
    const { next, previous } = entry;
    if (previous === undefined) this.first = next;
    else previous.next = next;
    if (next === undefined) this.last = previous;
    else next.previous = previous;
    entry.next = undefined;
    entry.previous = undefined;
    entry.deadlineMs = 0;
    this.size--;
    if (this.size > 0) return;
    this.timer?.cancel();
    this.timer = undefined;
  }

  private arm(delayMs: number): void {
    this.timer?.cancel();
    this.timerMs = this.clock.nowMs() + delayMs;
    this.timer = this.clock.after(delayMs, () => this.run());
  }

  private run(): void {
    this.timer = undefined;
    const nowMs = this.clock.nowMs();
    for (let due = this.first; due !== undefined && due.deadlineMs <= nowMs; due = this.first) {
      this.remove(due);
      due.expire();
    }
    if (this.first !== undefined && this.timer === undefined) {
      this.arm(Math.max(1, this.first.deadlineMs - nowMs));
    }
  }
}
