/** What this room needs of its neighbours. */
import type {
  Call,
  Clock,
  Delivery,
  Exchange,
  Item,
  JsonView,
  Principal,
  Refusal,
  Target,
} from '../kernel/index.ts';
import type { ListKind } from './stream.ts';

export interface SubscriptionDeps {
  readonly clock: Clock;
  /** Comment lines are sent this often, so that idle streams are not cut on the way. */
  readonly keepAliveMs: number;
  /**
   * Asks an upstream for the updates of one of its resources on behalf of a principal, who asks once
   * however many of their streams want it. A refusal says why there will be none.
   */
  subscribeResource(
    upstream: string,
    uri: string,
    principal: Principal,
  ): Promise<Refusal | undefined>;
  unsubscribeResource(upstream: string, uri: string, principal: Principal): Promise<void>;
  /** Nothing is told of tasks without it. */
  readonly tasks?: TaskPort;
}

/** Tasks of upstreams. */
export interface TaskPort {
  /** What a caller's id stands for; undefined where it was not given out to this caller. */
  open(
    x: Pick<Exchange, 'principal' | 'endpoint'>,
    sealed: string,
  ): { readonly upstream: string; readonly tool: string; readonly taskId: string } | undefined;
  /** Whether an upstream tells of changes at all. */
  tells(upstream: string): boolean;
  /** Tells of notifications: their view and the entry of `params`. */
  watch(
    upstream: string,
    principal: Principal,
    taskIds: readonly string[],
    onTask: (view: JsonView, params: number) => void,
  ): (() => void) | undefined;
}

/** What the current configuration snapshot says about an endpoint. */
export interface EndpointPort {
  /** Whether items of this upstream are part of the endpoint. */
  includes(endpoint: string, upstream: string): boolean;
  /**
   * Another text whenever this principal would be shown another list; without it every change is
   * told to everybody at the endpoint.
   */
  listVersion?(endpoint: string, principal: Principal, list: ListKind): string;
  /** A resource as this principal sees it under its original URI; undefined where it is hidden. */
  visibleResource(
    endpoint: string,
    principal: Principal,
    upstream: string,
    uri: string,
  ): Item | undefined;
  /** What an endpoint calls a tool; undefined where it is hidden from this principal. */
  toolName?(
    endpoint: string,
    principal: Principal,
    upstream: string,
    original: string,
  ): string | undefined;
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
