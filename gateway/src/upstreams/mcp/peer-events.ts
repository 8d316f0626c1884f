/** Notifications of a server that are about the server, not about one request. */
import type { UpstreamEvent } from '../connector.ts';
import type { Incoming } from './message.ts';

/** Understood, and of no use behind the gateway. */
const CONSUMED: ReadonlySet<string> = new Set([
  'notifications/cancelled',
  'notifications/elicitation/complete',
  'notifications/subscriptions/acknowledged',
]);

const CHANGES: ReadonlyMap<string, 'tools_changed' | 'prompts_changed' | 'resources_changed'> =
  new Map([
    ['notifications/tools/list_changed', 'tools_changed'],
    ['notifications/prompts/list_changed', 'prompts_changed'],
    ['notifications/resources/list_changed', 'resources_changed'],
  ]);

/**
 * @returns the event, `consumed` where there is nothing to tell anybody, or undefined where the
 *   notification belongs to a request
 */
export function readPeerEvent(
  upstream: string,
  { method, view, value }: Incoming,
): UpstreamEvent | 'consumed' | undefined {
  const kind = CHANGES.get(method);
  if (kind !== undefined) return { upstream, kind };
  if (method === 'notifications/resources/updated') {
    const uri = view.string(view.member(value, 'uri'));
    return uri === undefined ? 'consumed' : { upstream, kind: 'resource_updated', uri };
  }
  return CONSUMED.has(method) ? 'consumed' : undefined;
}
