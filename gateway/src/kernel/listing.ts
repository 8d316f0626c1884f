/** What an upstream offers: read by `upstreams`, kept by `catalog`. */
import type { Era } from './eras.ts';

/** How tools are shown; `auto` of a configuration is resolved before anybody sees it. */
export type ListMode = 'full' | 'compact' | 'search';

/** What can be said of an item without its definition. */
export interface ItemBrief {
  /** '' for none. */
  readonly title: string;
  /** One line of at most 120 characters. */
  readonly line: string;
  readonly tags: readonly string[];
}

/** An item as its upstream lists it. */
export interface RawItem {
  /** Original name of a tool or prompt, URI of a resource, URI template of a template. */
  readonly name: string;
  /**
   * The definition's own bytes: one JSON object whose naming member holds `name`. May be a getter
   * that makes them on first use and remembers them; then `digest` is given, and the bytes are empty
   * where no definition can be made.
   */
  readonly definition: Buffer;
  /**
   * Stands for definition, brief and aliases: equal digests mean that all are equal. With one,
   * nothing reads `definition` until a caller is shown it or calls the item.
   */
  readonly digest?: string;
  /** Why `definition` is empty, in words for any caller; asked for after it only. */
  readonly problem?: string;
  /** Read from the definition where it is not given. */
  readonly brief?: ItemBrief;
  /** Other original names that lead to this item; an item's own name comes first. */
  readonly aliases?: readonly string[];
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
  /** How its tools are shown where the endpoint says nothing; `full` where not given. */
  readonly mode?: ListMode;
  readonly tools: readonly RawItem[];
  readonly prompts: readonly RawItem[];
  readonly resources: readonly RawItem[];
  readonly templates: readonly RawItem[];
}
