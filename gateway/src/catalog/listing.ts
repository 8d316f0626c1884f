/** What this room takes from upstreams, as the neighbour that speaks to them gives it. */
import type { Era, Refusal } from '../kernel/index.ts';

/** An item as its upstream lists it. */
export interface RawItem {
  /** Original name of a tool or prompt, URI of a resource, URI template of a template. */
  readonly name: string;
  /** The definition's own bytes: one JSON object. */
  readonly definition: Buffer;
}

/** Everything one upstream offers, all pages of all its lists. */
export interface Listing {
  readonly era: Era;
  readonly revision: string;
  readonly capabilities: ListedCapabilities;
  /** Raw JSON of an Implementation object, or ''. */
  readonly serverInfo: string;
  readonly instructions: string;
  readonly tools: readonly RawItem[];
  readonly prompts: readonly RawItem[];
  readonly resources: readonly RawItem[];
  readonly templates: readonly RawItem[];
}

/** Which parts of the protocol an upstream advertised. */
export interface ListedCapabilities {
  readonly tools: boolean;
  readonly prompts: boolean;
  readonly resources: boolean;
  readonly completions: boolean;
  readonly logging: boolean;
  readonly subscribe: boolean;
  /** Raw JSON object of extensions, or ''. */
  readonly extensions: string;
}

/**
 * Reads all lists of an upstream. Gives up as soon as `signal` is aborted; an expected failure is a
 * refusal whose text any caller may see.
 */
export type FetchItems = (upstream: string, signal: AbortSignal) => Promise<Listing | Refusal>;
