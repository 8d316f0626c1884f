/** The time of this machine, which a test may make leap ahead; it knows who waits for it. */
import { systemClock, type Clock, type Timer } from '../../gateway/src/kernel/index.ts';

interface Waiting {
  readonly dueMs: number;
  readonly task: () => void;
  readonly timer: Timer;
}

export class LeapingClock implements Clock {
  private aheadMs = 0;
  private readonly waiting = new Set<Waiting>();

  nowMs(): number {
    return systemClock.nowMs() + this.aheadMs;
  }

  after(delayMs: number, task: () => void): Timer {
    const timer = systemClock.after(delayMs, () => {
      this.waiting.delete(one);
      task();
    });
    const one: Waiting = { dueMs: this.nowMs() + delayMs, task, timer };
    this.waiting.add(one);
    return {
      cancel: () => {
        this.waiting.delete(one);
        timer.cancel();
      },
    };
  }

  /** How many tasks are waiting for their time. */
  get pending(): number {
    return this.waiting.size;
  }

  /** Everything that falls due in this time runs now, in its order; what that begins waits anew. */
  leap(ms: number): void {
    this.aheadMs += ms;
    const due = [...this.waiting].filter((one) => one.dueMs <= this.nowMs());
    for (const one of due.toSorted((a, b) => a.dueMs - b.dueMs)) {
      if (!this.waiting.delete(one)) continue;
      one.timer.cancel();
      one.task();
    }
  }
}
