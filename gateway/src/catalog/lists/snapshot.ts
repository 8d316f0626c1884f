/** The catalog at one moment. */
import type { UpstreamItems } from '../items/items.ts';

/**
 * `waiting`: it has not answered yet and its first deadline is not over. `missing`: there has never
 * been a good list. `stale`: there is one, but the last attempt to renew it failed.
 */
export type ListState = 'waiting' | 'missing' | 'fresh' | 'stale';

export interface UpstreamPart {
  readonly id: string;
  readonly state: ListState;
  /** When it came into this state, milliseconds since 1970. */
  readonly sinceMs: number;
  /** When the list was last read in full; 0 for never. */
  readonly lastGoodMs: number;
  /** Why it is not fresh, in words for any caller; '' where it is. */
  readonly why: string;
  readonly items: UpstreamItems | undefined;
}

export interface Snapshot {
  /** Grows only when what any list holds has really changed. */
  readonly epoch: number;
  /** In the order of the configuration. */
  readonly parts: readonly UpstreamPart[];
}
