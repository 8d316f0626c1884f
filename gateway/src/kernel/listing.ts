/** What an upstream offers: read by `upstreams`, kept by `catalog`. */
import type { Era } from './eras.ts';

/** An item as its upstream lists it. */
export interface RawItem {
  /** Original name of a tool or prompt, URI of a resource, URI template of a template. */
  readonly name: string;
  /** The definition's own bytes: one JSON object. */
  readonly definition: Buffer;
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

/** All pages of all lists of one upstream. */
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
