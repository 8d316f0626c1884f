/** What this room needs of its neighbours. */
import type { Call, Clock, Delivery, Exchange, Item, Principal, Target } from '../kernel/index.ts';

export interface SubscriptionDeps {
  readonly clock: Clock;
  /** Comment lines are sent this often, so that idle streams are not cut on the way. */
  readonly keepAliveMs: number;
  /** Asks an upstream for the updates of one of its resources. */
  subscribeResource(upstream: string, uri: string): Promise<void>;
  unsubscribeResource(upstream: string, uri: string): Promise<void>;
}

/** What the current configuration snapshot says about an endpoint. */
export interface EndpointPort {
  /** Whether items of this upstream are part of the endpoint. */
  includes(endpoint: string, upstream: string): boolean;
  /** A resource as this principal sees it under its original URI; undefined where it is hidden. */
  visibleResource(
    endpoint: string,
    principal: Principal,
    upstream: string,
    uri: string,
  ): Item | undefined;
  /** A resource under its public URI. */
  findResource(endpoint: string, principal: Principal, publicUri: string): Item | undefined;
}

export type SubscriptionCall = Exchange & {
  readonly principal: Principal;
  readonly call: Call;
  readonly target: Target;
};

export interface SubscriptionCarrier {
  carry(x: SubscriptionCall, delivery: Delivery): void | Promise<void>;
}
