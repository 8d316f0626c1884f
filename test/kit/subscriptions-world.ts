/** The subscriptions room with an upstream that remembers and callers that take notes. */
import {
  principalOf,
  type Item,
  type Principal,
  type Refusal,
  type SessionRef,
  type Target,
} from '../../gateway/src/kernel/index.ts';
import {
  createSubscriptions,
  type EndpointPort,
  type Subscriptions,
} from '../../gateway/src/subscriptions/index.ts';
import { LOCAL, RecordingDelivery, SESSION, makeCall, makeExchange } from './exchange.ts';
import { ManualClock } from './manual-clock.ts';

export const KEEP_ALIVE_MS = 25_000;
export const EVE = principalOf({ id: 'eve', kind: 'user', verifiedBy: 'token' });
export const OTHER_SESSION: SessionRef = { ...SESSION, token: 'sealed-2', key: 'session-2' };

/** Resources `up:1` to `up:9` of the upstream `up`, shown as `pub:1` to `pub:9`. */
export function item(publicUri: string, upstream = 'up'): Item {
  return {
    id: { upstream, kind: 'resource', name: publicUri.replace('pub:', `${upstream}:`) },
    publicName: publicUri,
    definition: Buffer.from('{}'),
    era: 'modern',
    headerBindings: [],
  };
}

/** The upstream's side: what it was asked for, and what it is asked for now. */
export class Upstream {
  readonly asked: string[] = [];
  readonly watched = new Set<string>();
  fault: Error | undefined;
  refusal: Refusal | undefined;

  subscribeResource = (upstream: string, uri: string): Promise<Refusal | undefined> => {
    this.asked.push(`+${upstream} ${uri}`);
    if (this.fault !== undefined) return Promise.reject(this.fault);
    this.watched.add(uri);
    return Promise.resolve(this.refusal);
  };

  unsubscribeResource = (upstream: string, uri: string): Promise<void> => {
    this.asked.push(`-${upstream} ${uri}`);
    if (this.fault !== undefined) return Promise.reject(this.fault);
    this.watched.delete(uri);
    return Promise.resolve();
  };
}

export let upstream: Upstream;
export let clock: ManualClock;
/** Public URIs that nobody may see at the moment; `eve` never sees `pub:9`. */
export let hidden: Set<string>;
export let subscriptions: Subscriptions;

let fresh = 0;
export const endpoints: EndpointPort = {
  listVersion: (_endpoint, { id }, list) => shown.get(`${id} ${list}`) ?? String(fresh++),
  includes: (endpoint, id) => endpoint === 'default' || id === 'crm',
  visibleResource: (endpoint, principal, id, uri) =>
    endpoints.findResource(endpoint, principal, uri.replace(`${id}:`, 'pub:')),
  findResource: (_endpoint, principal, uri) =>
    !/^pub:[1-9]$/.test(uri) || hidden.has(uri) || (principal.id === 'eve' && uri === 'pub:9')
      ? undefined
      : item(uri),
};

/** What callers are shown, where a test says it: by principal and list; everything is new otherwise. */
export let shown: Map<string, string>;

/** Begins anew; for `beforeEach`. */
export function newWorld(): void {
  upstream = new Upstream();
  clock = new ManualClock();
  hidden = new Set();
  shown = new Map();
  subscriptions = createSubscriptions({
    clock,
    keepAliveMs: KEEP_ALIVE_MS,
    subscribeResource: upstream.subscribeResource,
    unsubscribeResource: upstream.unsubscribeResource,
  });
  subscriptions.useEndpoints(endpoints);
}

export interface Caller {
  readonly principal?: Principal;
  readonly endpoint?: string;
  readonly session?: SessionRef;
}

export function carry(message: object, call: object, caller: Caller, target?: Target) {
  const x = makeExchange();
  x.endpoint = caller.endpoint ?? 'default';
  x.session = caller.session;
  const delivery = new RecordingDelivery();
  const ready = Object.assign(x, {
    principal: caller.principal ?? LOCAL,
    call: makeCall({ message: JSON.stringify(message), ...call }),
    target: target ?? { kind: 'subscription' as const, item: undefined, originalName: '' },
  });
  const done = subscriptions.carrier(endpoints).carry(ready, delivery);
  return { x, delivery, done };
}

export function listen(notifications: unknown, caller: Caller = {}, id: unknown = 1) {
  const message = { id, params: { notifications } };
  return carry(message, { method: 'subscriptions/listen' }, caller);
}

export const openStream = (session = SESSION) =>
  carry({}, { kind: 'stream', method: '' }, { session });

export function change(
  method: 'subscribe' | 'unsubscribe',
  uri: string,
  session: SessionRef | undefined = SESSION,
) {
  const found = endpoints.findResource('default', LOCAL, uri);
  const target: Target = { kind: 'subscription', item: found, originalName: found?.id.name ?? '' };
  const call = { method: `resources/${method}`, name: uri };
  return carry({ id: 1 }, call, session === undefined ? {} : { session }, target);
}

/** The methods of what was told, in order. */
export const methods = (delivery: RecordingDelivery): string[] =>
  delivery.notices.map(({ method }) => method.replace('notifications/', ''));
