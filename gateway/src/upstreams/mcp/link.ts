/** Links that are opened for somebody: sessions, processes. */
import type { Link } from './flight.ts';
import type { PeerHead } from './peer-head.ts';

/** A link that is opened for somebody, counted, and closed when nobody uses it. */
export interface PooledLink extends Link {
  /** Whose it is. */
  readonly key: string;
  /** What the peer said about itself when the link was opened; undefined where it does not then. */
  readonly head: PeerHead | undefined;
  readonly inFlight: number;
  /** A call that may be asked something is under way on it. */
  readonly mayAsk: boolean;
  /** Something is listened to on it, so it stays open although nothing is under way. */
  isWatching: boolean;
  /** Ends it properly; what is under way on it ends. */
  close(): Promise<void>;
}
