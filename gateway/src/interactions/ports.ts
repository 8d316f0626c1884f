/** What this room needs of its neighbours. */
import type { Coordination, TakenAsk } from '../coordination/index.ts';
import type { Clock } from '../kernel/index.ts';

export type { TakenAsk };

/** The other processes that share the keys of the sealer. */
export type Peers = Pick<Coordination, 'ownerId' | 'ask' | 'onAsk'>;

/** Authenticated encryption of what is handed out, bound to a context and an expiry. */
export interface StateSealer {
  seal(purpose: string, text: string, context: string, expiresAtMs: number): string;
  open(purpose: string, token: string, context: string): string | undefined;
}

export interface InteractionDeps {
  readonly sealer: StateSealer;
  readonly clock: Clock;
  /** Without it no other process can hold a call. */
  readonly peers?: Peers;
  /** A bug was caught where nobody is left to be told of it. */
  readonly onBug: (error: unknown) => void;
}
