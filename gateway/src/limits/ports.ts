/** What this room needs of its neighbours. */

/** Counters that several processes share. Operations reject while the server is away. */
export interface SharedCounters {
  /** Whether other processes can be there at all. */
  readonly isShared: boolean;
  readonly isConnected: boolean;
  /** This process. */
  readonly ownerId: string;
  readonly values: {
    get(key: string): Promise<string | undefined>;
    /** Adds to a counter unless it would exceed `max`. @returns whether it was added */
    tryAdd(key: string, by: number, max: number, ttlMs: number): Promise<boolean>;
    /**
     * Says how many places of one bounded whole this holder has from now on: as many of `wanted` as
     * all others leave, and never fewer than `used`; until `ttlMs` has passed.
     */
    hold(
      key: string,
      holder: string,
      places: {
        readonly used: number;
        readonly wanted: number;
        readonly max: number;
        readonly ttlMs: number;
      },
    ): Promise<number>;
  };
}

/** Whose use of what; '' where there is none. */
export interface UsageKey {
  readonly principal: string;
  readonly user: string;
  readonly team: string;
  readonly agent: string;
  /** `tool:crm/find`; the method for lists; '' where nothing was found. */
  readonly item: string;
  readonly endpoint: string;
}

export interface UsageAmounts {
  /** All, the refused ones included. */
  readonly calls: number;
  /** The gateway refused. */
  readonly refusals: number;
  /** The upstream answered with an error. */
  readonly errors: number;
  readonly resultBytes: number;
  /** Estimated. */
  readonly tokens: number;
  readonly cost: number;
}

export interface HourOfUse extends UsageKey, UsageAmounts {
  /** When the hour began, milliseconds since 1970. */
  readonly hourMs: number;
}

/** Where use is kept, by the hour. Operations reject where that cannot be. */
export interface UsageStore {
  /** Adds to what is kept; all or nothing. */
  add(hours: readonly HourOfUse[]): Promise<void>;
  /** Forgets hours that began before a time, and the oldest ones beyond `maxRows` rows. */
  forget(beforeMs: number, maxRows: number): Promise<void>;
}
