/**
 * Streams of changes: `subscriptions/listen` (2026-07-28), the GET stream and resource subscriptions
 * of legacy sessions. Every event is filtered by what its receiver may see at that moment.
 */

import type { Principal } from '../kernel/index.ts';
import { createCarrier } from './carrier.ts';
import type { EndpointPort, SubscriptionCarrier, SubscriptionDeps } from './ports.ts';
import { Registry } from './registry.ts';
import type { ListKind } from './stream.ts';

export type { EndpointPort, SubscriptionCarrier, SubscriptionDeps } from './ports.ts';

export interface Subscriptions {
  carrier(endpoints: EndpointPort): SubscriptionCarrier;
  /** From now on visibility is judged by this snapshot. */
  useEndpoints(endpoints: EndpointPort): void;
  /** Tells those for whom a list is another one now: nobody hears of what is hidden from them. */
  listsChanged(upstream: string, kinds: readonly ListKind[]): void;
  /** What every caller sees may have changed: configuration or policy did. All are told. */
  everythingChanged(): void;
  /** @param principal whose alone the resource is; nobody else hears of it */
  resourceUpdated(upstream: string, uri: string, principal?: Principal): void;
  sessionEnded(sessionKey: string): void;
  /** Ends every stream properly; callers come back when they want more. */
  drain(): void;
  count(): number;
}

/** Nobody hears anything before `useEndpoints` has said who may see what. */
const NOTHING: EndpointPort = {
  includes: () => false,
  visibleResource: () => undefined,
  findResource: () => undefined,
};

export function createSubscriptions(deps: SubscriptionDeps): Subscriptions {
  const registry = new Registry(deps, NOTHING);
  return {
    carrier: (endpoints) => createCarrier(registry, endpoints),
    useEndpoints: (endpoints) => registry.useEndpoints(endpoints),
    listsChanged: (upstream, kinds) => registry.listsChanged(upstream, kinds),
    everythingChanged: () => registry.everythingChanged(),
    resourceUpdated: (upstream, uri, principal) =>
      registry.resourceUpdated(upstream, uri, principal),
    sessionEnded: (sessionKey) => registry.sessionEnded(sessionKey),
    drain: () => registry.drain(),
    count: () => registry.count(),
  };
}
