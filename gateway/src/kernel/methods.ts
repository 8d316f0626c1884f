/** What a row of the method table says. The table itself is pipeline/methods.ts. */
import type { Dialect } from './dialect.ts';

/** What a method is about, and so who carries it out. */
export type TargetKind =
  /** One item of an upstream: call, get, read, complete. */
  | 'item'
  /** A list of the catalog, or what the endpoint is (`server/discover`). */
  | 'view'
  /** A legacy session: `initialize`, `ping`, log level, notifications. */
  | 'session'
  /** A stream of changes, or a resource subscribed to. */
  | 'subscription';

export interface MethodRow {
  readonly method: string;
  readonly target: TargetKind;
  /** Dialects in which a caller may ask for it. */
  readonly dialects: readonly Dialect[];
  readonly isNotification?: true;
  /** The member of `params` that names the item and is mirrored in `Mcp-Name`. */
  readonly named?: 'name' | 'uri' | 'taskId';
  /** Which items the name is looked up among; a task is decided as the tool it came from. */
  readonly itemKind?: 'tool' | 'prompt' | 'resource' | 'reference' | 'task';
  /** Legacy callers mean something else by it, which the gateway does not know. */
  readonly isVendorInLegacy?: true;
  /** The capability that must be advertised for the method to exist. */
  readonly needs?: 'tools' | 'prompts' | 'resources' | 'completions' | 'logging';
}
