/** What this room needs of the neighbour that speaks to upstreams. */
import type { Listing, Refusal } from '../../kernel/index.ts';

/**
 * Reads all lists of an upstream. Gives up as soon as `signal` is aborted; an expected failure is a
 * refusal whose text any caller may see.
 */
export type FetchItems = (upstream: string, signal: AbortSignal) => Promise<Listing | Refusal>;
