/**
 * One row per protocol method: what it is about (and so who carries it out), in which dialects a
 * caller may ask for it, how its item is named. A method missing from a dialect does not exist there.
 */
import type { MethodRow } from '../kernel/index.ts';

const ALL = ['modern', 'legacy', 'rest'] as const;
const BOTH = ['modern', 'legacy'] as const;
const MODERN = ['modern'] as const;
const LEGACY = ['legacy'] as const;

// prettier-ignore
export const METHODS: readonly MethodRow[] = [
  { method: 'tools/call', target: 'item', dialects: ALL, named: 'name', itemKind: 'tool', needs: 'tools' },
  { method: 'prompts/get', target: 'item', dialects: BOTH, named: 'name', itemKind: 'prompt', needs: 'prompts' },
  { method: 'resources/read', target: 'item', dialects: BOTH, named: 'uri', itemKind: 'resource', needs: 'resources' },
  { method: 'completion/complete', target: 'item', dialects: BOTH, itemKind: 'reference', needs: 'completions' },

  { method: 'tasks/get', target: 'item', dialects: MODERN, named: 'taskId', itemKind: 'task', isVendorInLegacy: true },
  { method: 'tasks/update', target: 'item', dialects: MODERN, named: 'taskId', itemKind: 'task', isVendorInLegacy: true },
  { method: 'tasks/cancel', target: 'item', dialects: MODERN, named: 'taskId', itemKind: 'task', isVendorInLegacy: true },

  { method: 'server/discover', target: 'view', dialects: MODERN },
  { method: 'tools/list', target: 'view', dialects: ALL, needs: 'tools' },
  { method: 'prompts/list', target: 'view', dialects: BOTH, needs: 'prompts' },
  { method: 'resources/list', target: 'view', dialects: BOTH, needs: 'resources' },
  { method: 'resources/templates/list', target: 'view', dialects: BOTH, needs: 'resources' },

  { method: 'initialize', target: 'session', dialects: LEGACY },
  { method: 'ping', target: 'session', dialects: LEGACY },
  { method: 'logging/setLevel', target: 'session', dialects: LEGACY, needs: 'logging' },
  { method: 'notifications/initialized', target: 'session', dialects: LEGACY, isNotification: true },
  { method: 'notifications/cancelled', target: 'session', dialects: LEGACY, isNotification: true },
  { method: 'notifications/progress', target: 'session', dialects: LEGACY, isNotification: true },
  { method: 'notifications/roots/list_changed', target: 'session', dialects: LEGACY, isNotification: true },

  { method: 'subscriptions/listen', target: 'subscription', dialects: MODERN },
  { method: 'resources/subscribe', target: 'subscription', dialects: LEGACY, named: 'uri', itemKind: 'resource', needs: 'resources' },
  { method: 'resources/unsubscribe', target: 'subscription', dialects: LEGACY, named: 'uri', itemKind: 'resource', needs: 'resources' },
];

/** The rows by method name. */
export function methodTable(): ReadonlyMap<string, MethodRow> {
  return new Map(METHODS.map((row) => [row.method, row]));
}
