/** Protocol revisions and the two eras they fall into. */

/** `modern`: stateless, per-request envelope (2026-07-28 on). `legacy`: sessions (up to 2025-11-25). */
export type Era = 'modern' | 'legacy';

/** Revisions served through the per-request envelope, newest first. */
export const MODERN_REVISIONS = ['2026-07-28'] as const;

/** Revisions served through `initialize` sessions, newest first. */
export const LEGACY_REVISIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;

export const LATEST_MODERN = MODERN_REVISIONS[0];
export const LATEST_LEGACY = LEGACY_REVISIONS[0];

const MODERN: ReadonlySet<string> = new Set(MODERN_REVISIONS);
const LEGACY: ReadonlySet<string> = new Set(LEGACY_REVISIONS);

/** The era of a revision that this gateway serves, or undefined where it serves it in none. */
export function eraOf(revision: string): Era | undefined {
  if (MODERN.has(revision)) return 'modern';
  return LEGACY.has(revision) ? 'legacy' : undefined;
}

/** Keys of the per-request envelope in `params._meta` (2026-07-28, section "_meta"). */
export const ENVELOPE = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  logLevel: 'io.modelcontextprotocol/logLevel',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
} as const;

/** Extensions of the protocol that the gateway itself has a part in. */
export const EXTENSIONS = {
  tasks: 'io.modelcontextprotocol/tasks',
  ui: 'io.modelcontextprotocol/ui',
} as const;

/** The vendor key in the `_meta` of a tool's result under which a refusal names its reason. */
export const REASON_KEY = 'dev.drawbridge/reason';

/** The vendor key under which this gateway says what a list does not hold. */
export const MISSING_PARTS_KEY = 'dev.drawbridge/missing';
