/**
 * One row per protocol method: what it is about (and so who carries it out), in which eras a client
 * may send it, how its item is named. A method missing from an era's rows does not exist there.
 */
import type { MethodRow } from '../kernel/index.ts';

const BOTH = ['modern', 'legacy'] as const;
const MODERN = ['modern'] as const;
const LEGACY = ['legacy'] as const;

// prettier-ignore
export const METHODS: readonly MethodRow[] = [
  { method: 'tools/call', target: 'item', eras: BOTH, named: 'name', itemKind: 'tool', needs: 'tools' },
  { method: 'prompts/get', target: 'item', eras: BOTH, named: 'name', itemKind: 'prompt', needs: 'prompts' },
  { method: 'resources/read', target: 'item', eras: BOTH, named: 'uri', itemKind: 'resource', needs: 'resources' },
  { method: 'completion/complete', target: 'item', eras: BOTH, itemKind: 'reference', needs: 'completions' },

  { method: 'server/discover', target: 'view', eras: MODERN },
  { method: 'tools/list', target: 'view', eras: BOTH, needs: 'tools' },
  { method: 'prompts/list', target: 'view', eras: BOTH, needs: 'prompts' },
  { method: 'resources/list', target: 'view', eras: BOTH, needs: 'resources' },
  { method: 'resources/templates/list', target: 'view', eras: BOTH, needs: 'resources' },

  { method: 'initialize', target: 'session', eras: LEGACY },
  { method: 'ping', target: 'session', eras: LEGACY },
  { method: 'logging/setLevel', target: 'session', eras: LEGACY, needs: 'logging' },
  { method: 'notifications/initialized', target: 'session', eras: LEGACY, isNotification: true },
  { method: 'notifications/cancelled', target: 'session', eras: LEGACY, isNotification: true },
  { method: 'notifications/progress', target: 'session', eras: LEGACY, isNotification: true },
  { method: 'notifications/roots/list_changed', target: 'session', eras: LEGACY, isNotification: true },

  { method: 'subscriptions/listen', target: 'subscription', eras: MODERN },
  { method: 'resources/subscribe', target: 'subscription', eras: LEGACY, named: 'uri', itemKind: 'resource', needs: 'resources' },
  { method: 'resources/unsubscribe', target: 'subscription', eras: LEGACY, named: 'uri', itemKind: 'resource', needs: 'resources' },
];

/** The rows by method name. */
export function methodTable(): ReadonlyMap<string, MethodRow> {
  return new Map(METHODS.map((row) => [row.method, row]));
}
