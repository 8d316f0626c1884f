/** What this room needs of its neighbours. */
import type { Clock } from '../kernel/index.ts';

/** Authenticated encryption of what is handed out, bound to a context and an expiry. */
export interface TaskSealer {
  seal(purpose: string, text: string, context: string, expiresAtMs: number): string;
  open(purpose: string, token: string, context: string): string | undefined;
}

export interface TaskDeps {
  readonly sealer: TaskSealer;
  readonly clock: Clock;
}
