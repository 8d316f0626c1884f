/** A clock that only moves when a test moves it. */
import type { Clock, Timer } from '../../gateway/src/kernel/index.ts';

interface Waiting extends Timer {
  readonly dueMs: number;
  readonly task: () => void;
}

export class ManualClock implements Clock {
  private now: number;
  private waiting: Waiting[] = [];

  constructor(nowMs = Date.UTC(2026, 0, 1)) {
    this.now = nowMs;
  }

  nowMs(): number {
    return this.now;
  }

  after(delayMs: number, task: () => void): Timer {
    const cancel = (): void => {
      this.waiting = this.waiting.filter((one) => one !== timer);
    };
    const timer: Waiting = { dueMs: this.now + delayMs, task, cancel };
    this.waiting.push(timer);
    return timer;
  }

  /** How many tasks are waiting for their time. */
  get pending(): number {
    return this.waiting.length;
  }

  /** Lets time pass: every task that falls due runs at its time, and what it causes is awaited. */
  async advance(ms: number): Promise<void> {
    const end = this.now + ms;
    await settled();
    for (;;) {
      const [next] = this.waiting.toSorted((a, b) => a.dueMs - b.dueMs);
      if (next === undefined || next.dueMs > end) break;
      this.now = Math.max(this.now, next.dueMs);
      next.cancel();
      next.task();
      await settled();
    }
    this.now = end;
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}
