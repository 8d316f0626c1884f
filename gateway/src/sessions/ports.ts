/** What this room needs of its neighbours. */
import type { Clock, Exchange, Principal } from '../kernel/index.ts';
import type { ReplayLimits } from './replay-streams.ts';

export interface SessionDeps {
  readonly sealer: TokenSealer;
  readonly clock: Clock;
  /** Our own Implementation, as JSON text. */
  readonly serverInfo: string;
  /** Takes a client's response to a request of ours; whatever it answers, the client hears 202. */
  readonly takeResponse?: (x: Exchange) => void;
  /** A stream was closed because its caller did not read it. */
  readonly onSlowReader?: () => void;
  readonly replay?: ReplayLimits;
}

/** Authenticated encryption of what is handed out, bound to a context and an expiry. */
export interface TokenSealer {
  seal(purpose: string, text: string, context: string, expiresAtMs: number): string;
  open(purpose: string, token: string, context: string): string | undefined;
}

/** What the endpoint offers a legacy client: raw JSON text of capabilities, and instructions. */
export type Describe = (
  endpoint: string,
  principal: Principal,
) => { readonly capabilities: string; readonly instructions: string };
