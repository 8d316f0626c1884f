/** Opens streams and changes subscriptions. */
import { Refusal, type Delivery, type Terminal } from '../kernel/index.ts';
import type { EndpointPort, SubscriptionCall, SubscriptionCarrier } from './ports.ts';
import { MAX_RESOURCES, type Registry } from './registry.ts';
import { closingResult, notification, type ListKind, type Stream } from './stream.ts';
import { watchTasks } from './task-streams.ts';

const EMPTY: Terminal = { kind: 'local', result: '{}' };

const FILTERS: readonly (readonly [string, ListKind])[] = [
  ['toolsListChanged', 'tools'],
  ['promptsListChanged', 'prompts'],
  ['resourcesListChanged', 'resources'],
];

export function createCarrier(registry: Registry, endpoints: EndpointPort): SubscriptionCarrier {
  return {
    carry: (x, delivery) => {
      if (x.call.kind === 'stream') return openLegacyStream(x, delivery, registry);
      if (x.call.method === 'subscriptions/listen') return listen(x, delivery, registry, endpoints);
      return changeSubscription(x, delivery, registry);
    },
  };
}

function openLegacyStream(x: SubscriptionCall, delivery: Delivery, registry: Registry): void {
  const stream: Stream = {
    endpoint: x.endpoint,
    principal: x.principal,
    delivery,
    rawSubscriptionId: '',
    sessionKey: x.session?.key ?? '',
    lists: new Set(['tools', 'prompts', 'resources']),
    resources: new Map(),
  };
  delivery.openStream();
  add(x, stream, registry);
}

/** 2026-07-28, subscriptions: the first message says which part of the filter is honoured. */
function listen(
  x: SubscriptionCall,
  delivery: Delivery,
  registry: Registry,
  endpoints: EndpointPort,
): void {
  const { view, params, rawId } = x.call;
  const filter = view.value(view.member(params, 'notifications'));
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) {
    delivery.finish(
      new Refusal('params_invalid', { text: 'The member "notifications" must be an object.' }),
    );
    return;
  }
  const wanted = FILTERS.filter(([key]) => Reflect.get(filter, key) === true);
  const uris: unknown = Reflect.get(filter, 'resourceSubscriptions');
  const resources = (Array.isArray(uris) ? uris : [])
    .slice(0, MAX_RESOURCES)
    .filter((uri) => typeof uri === 'string')
    .map((uri) => endpoints.findResource(x.endpoint, x.principal, uri))
    .filter((item) => item !== undefined);
  const tasks = watchTasks(x, Reflect.get(filter, 'taskIds'), registry.tasks, (upstream, tool) =>
    registry.isToolShown(x.endpoint, x.principal, upstream, tool),
  );
  const stream: Stream = {
    endpoint: x.endpoint,
    principal: x.principal,
    delivery,
    rawSubscriptionId: rawId,
    sessionKey: '',
    lists: new Set(wanted.map(([, kind]) => kind)),
    resources: new Map(resources.map((item) => [item.publicName, item])),
  };
  const honoured: Record<string, unknown> = Object.fromEntries(wanted.map(([key]) => [key, true]));
  if (resources.length > 0) honoured['resourceSubscriptions'] = [...stream.resources.keys()];
  if (tasks.honoured.length > 0) honoured['taskIds'] = tasks.honoured;
  const members = `"notifications":${JSON.stringify(honoured)}`;
  const text = notification(stream, 'notifications/subscriptions/acknowledged', members);
  delivery.openStream();
  delivery.event({ kind: 'notice', text });
  add(x, stream, registry);
  if (tasks.honoured.length > 0) registry.watchFor(stream, (it) => tasks.begin(it));
}

function add(x: SubscriptionCall, stream: Stream, registry: Registry): void {
  registry.add(stream);
  // A caller that is only too slow is told that this is the end; it reads that when it reads again.
  x.cancellation.onCancel((why) =>
    registry.end(stream, why === 'expired' ? closingResult(stream) : ''),
  );
}

async function changeSubscription(
  x: SubscriptionCall,
  delivery: Delivery,
  registry: Registry,
): Promise<void> {
  const { session, target, call } = x;
  if (session !== undefined && call.method === 'resources/unsubscribe') {
    await registry.unsubscribe(session, call.name);
    delivery.finish(EMPTY);
    return;
  }
  const item = target.kind === 'subscription' ? target.item : undefined;
  if (session === undefined || item === undefined) {
    delivery.finish(new Refusal('resource_unknown', { data: { uri: call.name } }));
    return;
  }
  const isTaken = await registry.subscribe(session, call.name, item, x.principal);
  if (isTaken instanceof Refusal) {
    delivery.finish(isTaken);
    return;
  }
  delivery.finish(
    isTaken
      ? EMPTY
      : new Refusal('too_many_calls', { text: `A session may subscribe to ${MAX_RESOURCES}.` }),
  );
}
