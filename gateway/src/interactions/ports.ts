/** What this room needs of its neighbours. */
import type { Clock } from '../kernel/index.ts';

/** Authenticated encryption of what is handed out, bound to a context and an expiry. */
export interface StateSealer {
  seal(purpose: string, text: string, context: string, expiresAtMs: number): string;
  open(purpose: string, token: string, context: string): string | undefined;
}

export interface InteractionDeps {
  readonly sealer: StateSealer;
  readonly clock: Clock;
  /** A bug was caught where nobody is left to be told of it. */
  readonly onBug: (error: unknown) => void;
}
