/**
 * Puts off small tasks to the end of the event loop's turn and then does them together. Writes to
 * sockets are such tasks: done one by one, each wakes a peer that is about to sleep, which costs more
 * than everything else a call needs; done together they find it awake. Alone, a task waits for
 * nothing.
 */
export class TurnEnd<T> {
  private readonly run: (item: T) => void;
  private items: T[] = [];

  /** @param run must not throw */
  constructor(run: (item: T) => void) {
    this.run = run;
  }

  add(item: T): void {
    if (this.items.length === 0) setImmediate(this.flush);
    this.items.push(item);
  }

  private readonly flush = (): void => {
    const { items } = this;
    this.items = [];
    for (const item of items) this.run(item);
  };
}
