/** A bounded number of connections, made when they are needed and handed from call to call. */
export class Slots<T> {
  private readonly most: number;
  private readonly make: () => T;
  private readonly drop: (one: T) => void;
  private readonly idle: T[] = [];
  private readonly taken = new Set<T>();
  private readonly waiting: ((one: T) => void)[] = [];
  private isClosed = false;

  /** @param most that are open at once */
  constructor(most: number, make: () => T, drop: (one: T) => void) {
    this.most = most;
    this.make = make;
    this.drop = drop;
  }

  /** @returns undefined where none was free before `signal`, or after `close` */
  take(signal: AbortSignal): Promise<T | undefined> {
    if (this.isClosed || signal.aborted) return Promise.resolve(undefined);
    const one = this.idle.pop() ?? (this.taken.size < this.most ? this.make() : undefined);
    if (one !== undefined) {
      this.taken.add(one);
      return Promise.resolve(one);
    }
    return new Promise((resolve) => {
      const got = (given: T): void => {
        signal.removeEventListener('abort', gone);
        resolve(given);
      };
      const gone = (): void => {
        this.waiting.splice(this.waiting.indexOf(got), 1);
        resolve(undefined);
      };
      this.waiting.push(got);
      signal.addEventListener('abort', gone, { once: true });
    });
  }

  /** @param isFine whether it may serve another call; it is dropped otherwise */
  give(one: T, isFine: boolean): void {
    this.taken.delete(one);
    if (!isFine || this.isClosed) this.drop(one);
    const next = this.isClosed ? undefined : this.waiting.shift();
    if (next === undefined) {
      if (isFine && !this.isClosed) this.idle.push(one);
      return;
    }
    const given = isFine ? one : this.make();
    this.taken.add(given);
    next(given);
  }

  close(): void {
    this.isClosed = true;
    for (const one of [...this.idle.splice(0), ...this.taken]) this.drop(one);
  }
}
