/** An item as the catalog hands it on. */
import type { Era } from './eras.ts';
import type { ItemId } from './ids.ts';

/** A tool argument that clients mirror into a header (`x-mcp-header`, 2026-07-28). */
export interface HeaderBinding {
  /** The annotation's value: the header is `Mcp-Param-<header>`. */
  readonly header: string;
  /** Path of property names from the root of the arguments. */
  readonly path: readonly string[];
  readonly type: 'string' | 'integer' | 'boolean';
}

/** What a tool says of itself (`annotations`); nobody has checked it. */
export interface ItemHints {
  readonly readOnly: boolean;
  readonly destructive: boolean;
  readonly idempotent: boolean;
  readonly openWorld: boolean;
}

/** As much of an item as rules look at. */
export interface JudgedItem {
  readonly id: ItemId;
  /** Undefined where it says nothing; then the worst holds. */
  readonly hints?: ItemHints | undefined;
}

export interface Item extends JudgedItem {
  /** What callers of this endpoint call it: public name, or public URI. */
  readonly publicName: string;
  /** The definition as the upstream gave it, byte for byte. */
  readonly definition: Buffer;
  /** Era in which the upstream gave it. */
  readonly era: Era;
  readonly headerBindings: readonly HeaderBinding[];
  /**
   * Its output schema has no object at its root, so callers of before 2026-07-28 are shown an object
   * around it, and get its structured results as the member `result` of one.
   */
  readonly wrapsOutput?: boolean;
  /**
   * Its definition names a page that shows its results (MCP Apps): what callers of this endpoint call
   * a page of its upstream.
   */
  readonly pageUri?: ((uri: string) => string) | undefined;
  /** Its upstream, of the legacy era, carries it out as a task only (`execution.taskSupport`). */
  readonly needsTask?: boolean;
  /** Lists do not show the definition, so callers may not know which arguments to mirror. */
  readonly isAbridged?: boolean;
}

/** Tools that an endpoint itself offers where it does not list every definition. */
export type OwnTool = 'describe_tool' | 'search_tools' | 'call_tool';

/** What resolve found; `carrier` says who carries it out. */
export type Target =
  | { readonly kind: 'item'; readonly item: Item; readonly originalName: string }
  | { readonly kind: 'passthrough'; readonly upstream: string }
  /** Without `tool` the method says which view. */
  | { readonly kind: 'view'; readonly tool?: OwnTool }
  | { readonly kind: 'session' }
  | {
      readonly kind: 'subscription';
      readonly item: Item | undefined;
      readonly originalName: string;
    };
