/** Calls whose callers are gone and have no stream to come back for; they go on for a while. */
import type { Deadlines, Due, Exchange } from '../kernel/index.ts';

export class Graces {
  private readonly deadlines: Deadlines;
  private readonly graceMs: number;
  private readonly waiting = new Map<Exchange, Due>();

  constructor(deadlines: Deadlines, graceMs: number) {
    this.deadlines = deadlines;
    this.graceMs = graceMs;
  }

  begin(x: Exchange, lost: () => void): void {
    const expire = (): void => {
      this.waiting.delete(x);
      lost();
    };
    const due: Due = { deadlineMs: 0, next: undefined, previous: undefined, expire };
    this.waiting.set(x, due);
    this.deadlines.add(due, this.graceMs);
  }

  /** The call has ended; nothing of it is kept. */
  end(x: Exchange): void {
    if (this.waiting.size === 0) return;
    const due = this.waiting.get(x);
    if (due === undefined) return;
    this.waiting.delete(x);
    this.deadlines.remove(due);
  }

  /** All of them are over at once. */
  close(): void {
    for (const due of this.waiting.values()) {
      this.deadlines.remove(due);
      due.expire();
    }
  }
}
