/** When one upstream's list is read again: on request, now and then, and more slowly while it fails. */
import { Refusal, type Clock, type Timer, type Listing } from '../../kernel/index.ts';

/** All in milliseconds. */
export interface RefreshTimings {
  /** How long a caller's first list waits for an upstream that has never answered. */
  readonly firstListMs: number;
  /** Time between two lists when nothing is announced. */
  readonly everyMs: number;
  /** Announcements that come within this time are one. */
  readonly coalesceMs: number;
  /** However much an upstream announces, its list is not read more often than this. */
  readonly leastBetweenMs: number;
  readonly firstRetryMs: number;
  readonly lastRetryMs: number;
}

export const DEFAULT_TIMINGS: RefreshTimings = {
  firstListMs: 5_000,
  everyMs: 300_000,
  coalesceMs: 50,
  leastBetweenMs: 1_000,
  firstRetryMs: 1_000,
  lastRetryMs: 60_000,
};

export interface RefreshPorts {
  fetch(signal: AbortSignal): Promise<Listing | Refusal>;
  /** Takes what was fetched, good or not. */
  accept(outcome: Listing | Refusal): Promise<Refusal | undefined>;
  onBug(error: unknown): void;
}

/** One attempt at a time, one timer at a time. */
export class RefreshLoop {
  timeoutMs: number;
  private readonly ports: RefreshPorts;
  private readonly clock: Clock;
  private readonly timings: RefreshTimings;
  private timer: Timer | undefined;
  private dueMs = Infinity;
  private attempt: AbortController | undefined;
  private running = Promise.resolve();
  private isAskedAgain = false;
  private isStopped = false;
  private startedMs = -Infinity;
  private failures = 0;

  constructor(ports: RefreshPorts, clock: Clock, timings: RefreshTimings, timeoutMs: number) {
    this.ports = ports;
    this.clock = clock;
    this.timings = timings;
    this.timeoutMs = timeoutMs;
  }

  /** Reads the list at once, after an attempt that is under way; resolves when that is done. */
  async renew(): Promise<void> {
    while (this.attempt !== undefined) await this.running;
    this.running = this.run();
    await this.running;
  }

  /** Asks for the list to be read again soon; any number of requests in the meantime are one. */
  request(): void {
    if (this.attempt !== undefined) {
      this.isAskedAgain = true;
      return;
    }
    const { coalesceMs, leastBetweenMs } = this.timings;
    const earliestMs = this.startedMs + leastBetweenMs - this.clock.nowMs();
    this.runAfter(Math.max(coalesceMs, earliestMs));
  }

  stop(): void {
    this.isStopped = true;
    this.timer?.cancel();
    this.attempt?.abort(new Error('stopped'));
  }

  private runAfter(delayMs: number): void {
    const dueMs = this.clock.nowMs() + delayMs;
    if (this.isStopped || dueMs >= this.dueMs) return;
    this.timer?.cancel();
    this.dueMs = dueMs;
    this.timer = this.clock.after(delayMs, () => {
      this.running = this.run();
    });
  }

  private async run(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    this.dueMs = Infinity;
    if (this.isStopped || this.attempt !== undefined) return;
    const attempt = new AbortController();
    this.attempt = attempt;
    this.isAskedAgain = false;
    this.startedMs = this.clock.nowMs();
    let failure: Refusal | undefined;
    try {
      const outcome = await this.fetchInTime(attempt);
      if (this.isStopped) return;
      failure = await this.ports.accept(outcome);
    } catch (error) {
      this.ports.onBug(error);
      failure = await this.ports.accept(new Refusal('internal'));
    } finally {
      this.attempt = undefined;
    }
    this.failures = failure === undefined ? 0 : this.failures + 1;
    this.runAfter(this.nextDelayMs());
    if (this.isAskedAgain) this.request();
  }

  /** Does not wait for a fetch that ignores its signal. */
  private async fetchInTime(attempt: AbortController): Promise<Listing | Refusal> {
    let timer: Timer | undefined;
    const late = new Promise<Refusal>((resolve) => {
      timer = this.clock.after(this.timeoutMs, () => {
        attempt.abort(new Error('timeout'));
        resolve(new Refusal('upstream_timeout'));
      });
    });
    try {
      return await Promise.race([this.ports.fetch(attempt.signal), late]);
    } finally {
      timer?.cancel();
    }
  }

  private nextDelayMs(): number {
    const { everyMs, firstRetryMs, lastRetryMs } = this.timings;
    if (this.failures === 0) return everyMs;
    return Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(this.failures - 1, 30));
  }
}
