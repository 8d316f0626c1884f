import type { Clock } from '../../kernel/index.ts';

/** How restarts are spaced. Delays double from `baseMs` to `maxMs`. */
export interface BackoffValues {
  readonly baseMs: number;
  readonly maxMs: number;
  /** Restarts allowed within any `windowMs`. */
  readonly maxRestarts: number;
  readonly windowMs: number;
}

export interface Backoff {
  /**
   * Counts a restart and says how long to wait before it, in milliseconds: between half the step
   * and the whole step, so that many children do not start together. Undefined: `maxRestarts` were
   * made within the last `windowMs`; ask again later.
   */
  nextDelayMs(): number | undefined;
  /**
   * The thing came up. The next delay begins at `baseMs` again; restarts made so far still count,
   * so that something which starts well and then crashes is stopped by the cap too.
   */
  succeeded(): void;
}

/** Spaces restarts. `random` returns a number from 0 (included) to 1 (excluded). */
export function createBackoff(
  values: BackoffValues,
  clock: Clock,
  random: () => number = Math.random,
): Backoff {
  let restartsMs: number[] = [];
  let failures = 0;
  return {
    nextDelayMs() {
      const nowMs = clock.nowMs();
      // A wall clock that was set back must not keep old restarts for ever.
      restartsMs = restartsMs.filter((atMs) => atMs > nowMs - values.windowMs && atMs <= nowMs);
      if (restartsMs.length >= values.maxRestarts) return undefined;
      restartsMs.push(nowMs);
      const stepMs = Math.min(values.maxMs, values.baseMs * 2 ** failures);
      failures += 1;
      return Math.round(stepMs / 2 + (stepMs / 2) * random());
    },
    succeeded() {
      failures = 0;
    },
  };
}
