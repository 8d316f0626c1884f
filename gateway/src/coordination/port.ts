/** What processes of one gateway tell each other, and what they remember together. */

/**
 * Everything here is for processes that share one key ring; nobody else is heard or seen. Names of
 * channels and keys are readable by whoever runs the server, so they hold nothing but random ids,
 * and texts that matter are sealed by those who write them.
 */
export interface Coordination {
  /** This process: random, new at every start. Alive until `close`, or shortly after a crash. */
  readonly ownerId: string;
  /** Whether other processes can be there at all. Without a server of its own it is this one only. */
  readonly isShared: boolean;
  /** Whether the server can be reached; always true where `isShared` is false. */
  readonly isConnected: boolean;
  /**
   * Hears of every loss and return. What others published in between was not heard here.
   * @returns stops listening
   */
  onConnection(listener: (isConnected: boolean) => void): () => void;
  /**
   * Whether that process holds its lease. A process that crashed loses it within three seconds, one
   * that was closed at once. Shortly after a (re)connection the answer may take as long as a lease,
   * because a server that was restarted knows of nobody at first.
   * @throws {CoordinationError} `unavailable`
   */
  isAlive(ownerId: string): Promise<boolean>;
  /**
   * Says something to whoever listens on the channel now, at most once, in the order in which one
   * process says it. Resolves when the server has taken it; nobody may have heard it.
   * @param channel 1 to 200 characters of `A-Z a-z 0-9 : _ -`
   * @throws {CoordinationError} `unavailable`, `too_large`
   */
  publish(channel: string, text: string): Promise<void>;
  /** Listens from now on until cancelled, across losses of the connection, which are gaps. */
  subscribe(channel: string, handler: (text: string) => void): Subscription;
  /**
   * Takes questions of other processes. One handler per kind.
   * @returns takes no more of them
   */
  onAsk(kind: string, handler: (ask: TakenAsk) => void): () => void;
  /**
   * Asks one process and hears its answer: any number of events, in order and each once, then one
   * end. It begins at most once over there, and short losses of the connection lose nothing.
   */
  ask(ownerId: string, kind: string, text: string, options: AskOptions): Promise<AskEnd>;
  readonly values: SharedValues;
  /** Gives the lease back at once, ends every ask on both sides, and disconnects. */
  close(): Promise<void>;
}

export interface Subscription {
  /** Resolves when the server has taken it for the first time; pending while it is away. */
  readonly ready: Promise<void>;
  cancel(): void;
}

export interface AskOptions {
  /** Aborted where the answer is not wanted any more; the process that was asked hears of it. */
  readonly signal: AbortSignal;
  /** How long the end may take, milliseconds. */
  readonly timeoutMs: number;
  /** Hears what comes before the end. */
  readonly onEvent?: (text: string) => void;
}

/** How an ask ended. Only after `answer` is it known what became of it over there. */
export type AskEnd =
  | { readonly kind: 'answer'; readonly text: string }
  /** That process is not there any more, or never was: noticed within three seconds. */
  | { readonly kind: 'gone' }
  /** No end in time; that process was told to stop. */
  | { readonly kind: 'timeout' }
  /** The signal was aborted; that process was told to stop. */
  | { readonly kind: 'cancelled' }
  /** The server is away: from the beginning, and nothing was asked, or for longer than a lease. */
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'refused'; readonly why: AskRefusal };

/**
 * `unknown_kind`: nobody takes such asks there. `busy`: it has too many, and did not begin. The other
 * two end one that had begun: `too_large`: more was said than may wait to be heard. `failed`: its
 * handler threw.
 */
export type AskRefusal = 'unknown_kind' | 'busy' | 'too_large' | 'failed';

/** An ask of another process, on the side of the one that was asked. */
export interface TakenAsk {
  readonly from: string;
  readonly text: string;
  /** Aborted when nobody waits any more: cancelled, out of time, the asker gone, or we are closed. */
  readonly signal: AbortSignal;
  /** Nothing happens after `end` or once the signal is aborted. */
  event(text: string): void;
  /** The last word. */
  end(text: string): void;
}

/**
 * Small texts under keys, each with its time to live. A server without persistence forgets all of
 * them when it is restarted: build on what is there, never on what is not. Every operation answers
 * or throws within about a second.
 * Keys: 1 to 200 characters of `A-Z a-z 0-9 : _ -`.
 * @throws {CoordinationError} all of them: `unavailable`; those that write: `too_large`
 */
export interface SharedValues {
  get(key: string): Promise<string | undefined>;
  set(key: string, text: string, ttlMs: number): Promise<void>;
  /** @returns whether there was none, and now there is this one */
  setIfAbsent(key: string, text: string, ttlMs: number): Promise<boolean>;
  /** Reads and deletes in one step: of many who take the same, one gets it. */
  take(key: string): Promise<string | undefined>;
  /** @returns whether there was one */
  delete(key: string): Promise<boolean>;
  /** Replaces the value where it is exactly `expected`. @returns whether it was */
  compareAndSet(key: string, expected: string, next: string, ttlMs: number): Promise<boolean>;
  /**
   * Adds to a counter unless it would exceed `max`. Giving back (`by` below 0) is always possible
   * and never leads below 0. Every change lets it live for `ttlMs` more; what a crashed process had
   * added stays until the counter has not been changed for that long.
   * @returns whether it was added
   */
  tryAdd(key: string, by: number, max: number, ttlMs: number): Promise<boolean>;
  /**
   * Says how many places of one bounded whole this holder has from now on, in place of what it had:
   * as many of `wanted` as all others leave, and never fewer than `used`. They are given up after
   * `ttlMs` unless it is said again, so those of a crashed process come free.
   * @returns how many it has
   */
  hold(key: string, holder: string, places: HeldPlaces): Promise<number>;
}

/** Places of a bounded whole that one holder asks for; whole numbers. */
export interface HeldPlaces {
  readonly used: number;
  readonly wanted: number;
  readonly max: number;
  readonly ttlMs: number;
}
