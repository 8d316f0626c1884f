/** What this room needs of its neighbours. */

/** Counters that several processes share. Operations reject while the server is away. */
export interface SharedCounters {
  /** Whether other processes can be there at all. */
  readonly isShared: boolean;
  readonly isConnected: boolean;
  readonly values: {
    get(key: string): Promise<string | undefined>;
    /** Adds to a counter unless it would exceed `max`. @returns whether it was added */
    tryAdd(key: string, by: number, max: number, ttlMs: number): Promise<boolean>;
  };
}
