/** When a process that has ended may be started again. */
import { Refusal, type Clock } from '../../kernel/index.ts';
import { createBackoff, type Backoff } from './backoff.ts';

const BACKOFF = { baseMs: 250, maxMs: 30_000, maxRestarts: 10, windowMs: 300_000 };
/** How long nothing is tried after too many restarts. */
const GIVEN_UP_MS = 60_000;
/** A caller waits for a restart that is this near; for a later one it is refused. */
const PATIENCE_MS = 2000;

/** Keeps a process that ends again and again from being started again and again. */
export class Restarts {
  private readonly clock: Clock;
  private readonly backoff: Backoff;
  private notBeforeMs = 0;

  constructor(clock: Clock) {
    this.clock = clock;
    this.backoff = createBackoff(BACKOFF, clock);
  }

  crashed(): void {
    this.notBeforeMs = this.clock.nowMs() + (this.backoff.nextDelayMs() ?? GIVEN_UP_MS);
  }

  started(): void {
    this.backoff.succeeded();
  }

  /** Waits for a start that is near. @returns the refusal where it is not */
  async turn(): Promise<Refusal | undefined> {
    const delayMs = this.notBeforeMs - this.clock.nowMs();
    if (delayMs <= 0) return undefined;
    if (delayMs > PATIENCE_MS) {
      const seconds = Math.ceil(delayMs / 1000);
      const text = `Its process has ended too often; it is started again in ${seconds} s.`;
      return new Refusal('upstream_unavailable', { text, retryAfterSeconds: seconds });
    }
    await new Promise<void>((done) => {
      this.clock.after(delayMs, done);
    });
    return undefined;
  }
}
