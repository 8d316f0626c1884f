import {
  SubscriptionsAcknowledgedNotificationSchema,
  SubscriptionsListenResultSchema,
} from '@modelcontextprotocol/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { ENVELOPE } from '../kernel/index.ts';
import { LOCAL, RecordingDelivery, makeCall, makeExchange } from '../../../test/kit/exchange.ts';
import { settled } from '../../../test/kit/manual-clock.ts';
import {
  EVE,
  KEEP_ALIVE_MS,
  carry,
  change,
  clock,
  endpoints,
  hidden,
  listen,
  methods,
  newWorld,
  openStream,
  shown,
  subscriptions,
  upstream,
} from '../../../test/kit/subscriptions-world.ts';

beforeEach(newWorld);

describe('subscriptions/listen', () => {
  test('is acknowledged before anything else, with what is honoured of it', () => {
    const { delivery } = listen({
      toolsListChanged: true,
      promptsListChanged: false,
      resourcesListChanged: 'yes',
      resourceSubscriptions: ['pub:1', 'pub:unknown', 7, 'pub:2', 'pub:1'],
      taskIds: ['t'],
      vendor: {},
    });
    const [open, ack, ...rest] = delivery.order;
    expect([open, rest]).toEqual(['open', []]);
    const message = JSON.parse(ack ?? '');
    expect(SubscriptionsAcknowledgedNotificationSchema.safeParse(message).error).toBeUndefined();
    expect(message).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/subscriptions/acknowledged',
      params: {
        _meta: { [ENVELOPE.subscriptionId]: 1 },
        notifications: { toolsListChanged: true, resourceSubscriptions: ['pub:1', 'pub:2'] },
      },
    });
  });

  test('may ask for nothing', () => {
    const { delivery } = listen({});
    expect(delivery.notices[0]?.params).toMatchObject({ notifications: {} });
    subscriptions.everythingChanged();
    expect(delivery.notices).toHaveLength(1);
  });

  test('tells nobody of a change of what is hidden from them, nor twice of the same', () => {
    shown.set('local tools', 'a').set('eve tools', 'a');
    const mine = listen({ toolsListChanged: true }).delivery;
    const hers = listen({ toolsListChanged: true }, { principal: EVE }).delivery;
    shown.set('local tools', 'b');
    for (let times = 0; times < 2; times++) subscriptions.listsChanged('up', ['tools']);
    const ack = 'subscriptions/acknowledged';
    expect([methods(mine), methods(hers)]).toEqual([[ack, 'tools/list_changed'], [ack]]);
    subscriptions.everythingChanged();
    expect(methods(hers)).toEqual([ack, 'tools/list_changed']);
  });

  test.each([[undefined], [null], [[]], ['all'], [true], [1]])('cannot ask for %j', (filter) => {
    const { delivery } = listen(filter);
    expect(delivery.order).toEqual(['end']);
    expect(delivery.terminals[0]).toMatchObject({ reason: 'params_invalid' });
    expect(subscriptions.count()).toBe(0);
  });

  test.each([1, 'a', '1', -5, ''])('stamps every message with its id %j, type and all', (id) => {
    const all = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };
    const { delivery } = listen({ ...all, resourceSubscriptions: ['pub:1'] }, {}, id);
    subscriptions.everythingChanged();
    subscriptions.resourceUpdated('up', 'up:1');
    subscriptions.drain();
    expect(delivery.notices).toHaveLength(5);
    for (const { params } of delivery.notices) {
      expect(params?.['_meta']).toEqual({ [ENVELOPE.subscriptionId]: id });
    }
    const [terminal] = delivery.terminals;
    const result = terminal?.kind === 'ended' ? JSON.parse(terminal.result) : undefined;
    expect(SubscriptionsListenResultSchema.safeParse(result).error).toBeUndefined();
    expect(result).toEqual({
      resultType: 'complete',
      _meta: { [ENVELOPE.subscriptionId]: id },
    });
  });

  test('an id beyond the safe numbers is stamped as it was written', () => {
    const message = '{"id":9007199254740993,"params":{"notifications":{}}}';
    const { delivery } = carry(
      {},
      { ...makeCall({ message }), method: 'subscriptions/listen' },
      {},
    );
    expect(delivery.order[1]).toContain('subscriptionId":9007199254740993}');
  });

  test('a caller that does not read is told that this is the end; others hear on', () => {
    const [slow, other] = [listen({ toolsListChanged: true }), listen({ toolsListChanged: true })];
    slow.x.cancellation.cancel('expired');
    subscriptions.everythingChanged();
    expect(slow.delivery.terminals).toMatchObject([
      { kind: 'ended', result: expect.stringContaining('"resultType":"complete"') },
    ]);
    expect(methods(slow.delivery)).toEqual(['subscriptions/acknowledged']);
    expect(methods(other.delivery)).toEqual(['subscriptions/acknowledged', 'tools/list_changed']);
  });

  test('the same resource twice is one', async () => {
    const { x } = listen({ resourceSubscriptions: ['pub:1', 'pub:1'] });
    x.cancellation.cancel('disconnected');
    await settled();
    expect(upstream.asked).toEqual(['+up up:1', '-up up:1']);
  });

  test('no more than a thousand resources are looked at', () => {
    const uris = Array.from({ length: 1001 }, (_, at) => (at === 1000 ? 'pub:1' : 'pub:none'));
    const { delivery } = listen({ resourceSubscriptions: uris });
    expect(delivery.notices[0]?.params).toMatchObject({ notifications: {} });
  });

  test('a caller that is gone already gets no place', async () => {
    const x = makeExchange();
    x.cancellation.cancel('disconnected');
    const call = makeCall({
      message: '{"id":1,"params":{"notifications":{"resourceSubscriptions":["pub:1"]}}}',
      method: 'subscriptions/listen',
    });
    const target = { kind: 'subscription', item: undefined, originalName: '' } as const;
    const delivery = new RecordingDelivery();
    void subscriptions
      .carrier(endpoints)
      .carry(Object.assign(x, { principal: LOCAL, call, target, endpoint: 'default' }), delivery);
    await settled();
    expect(subscriptions.count()).toBe(0);
    expect(upstream.watched.size).toBe(0);
  });
});

describe('only what was asked for is told', () => {
  test('lists', () => {
    const tools = listen({ toolsListChanged: true }).delivery;
    const both = listen({ promptsListChanged: true, resourcesListChanged: true }).delivery;
    const stream = openStream().delivery;
    subscriptions.listsChanged('up', ['tools']);
    subscriptions.listsChanged('up', ['prompts', 'resources']);
    subscriptions.listsChanged('up', []);
    const ack = 'subscriptions/acknowledged';
    expect(methods(tools)).toEqual([ack, 'tools/list_changed']);
    expect(methods(both)).toEqual([ack, 'prompts/list_changed', 'resources/list_changed']);
    expect(methods(stream)).toEqual([
      'tools/list_changed',
      'prompts/list_changed',
      'resources/list_changed',
    ]);
  });

  test('upstreams of the endpoint', () => {
    const crm = listen({ toolsListChanged: true }, { endpoint: 'crm' }).delivery;
    subscriptions.listsChanged('up', ['tools']);
    expect(methods(crm)).toHaveLength(1);
    subscriptions.listsChanged('crm', ['tools']);
    subscriptions.everythingChanged();
    expect(methods(crm)).toHaveLength(3);
  });

  test('resources, under their public URI', () => {
    const one = listen({ resourceSubscriptions: ['pub:1'] }).delivery;
    const two = listen({ resourceSubscriptions: ['pub:2'], toolsListChanged: true }).delivery;
    subscriptions.resourceUpdated('up', 'up:1');
    subscriptions.resourceUpdated('up', 'up:3');
    subscriptions.resourceUpdated('other', 'other:unknown');
    expect(one.notices.slice(1)).toEqual([
      {
        jsonrpc: '2.0',
        method: 'notifications/resources/updated',
        params: { _meta: { [ENVELOPE.subscriptionId]: 1 }, uri: 'pub:1' },
      },
    ]);
    expect(two.notices).toHaveLength(1);
  });

  test('what its receiver may see at that moment', () => {
    const { delivery } = listen({ resourceSubscriptions: ['pub:1'] });
    hidden.add('pub:1');
    subscriptions.resourceUpdated('up', 'up:1');
    expect(delivery.notices).toHaveLength(1);
    hidden.clear();
    subscriptions.resourceUpdated('up', 'up:1');
    expect(delivery.notices).toHaveLength(2);
  });

  test('what this principal may see', async () => {
    const eve = listen({ resourceSubscriptions: ['pub:9', 'pub:8'] }, { principal: EVE });
    expect(eve.delivery.notices[0]?.params).toMatchObject({
      notifications: { resourceSubscriptions: ['pub:8'] },
    });
    await settled();
    expect([...upstream.watched]).toEqual(['up:8']);
    subscriptions.resourceUpdated('up', 'up:9');
    expect(eve.delivery.notices).toHaveLength(1);
  });

  test('by the configuration in force', () => {
    const { delivery } = listen({ resourceSubscriptions: ['pub:1'], toolsListChanged: true });
    subscriptions.useEndpoints({
      ...endpoints,
      includes: () => false,
      visibleResource: () => undefined,
    });
    subscriptions.resourceUpdated('up', 'up:1');
    subscriptions.listsChanged('up', ['tools']);
    expect(delivery.notices).toHaveLength(1);
  });
});

describe('what upstreams are asked for', () => {
  test('is asked for once and given up with the last receiver', async () => {
    const streams = [1, 2, 3].map((id) => listen({ resourceSubscriptions: ['pub:1'] }, {}, id));
    await change('subscribe', 'pub:1').done;
    expect(upstream.asked).toEqual(['+up up:1']);
    for (const { x } of streams) x.cancellation.cancel('disconnected');
    await settled();
    expect(upstream.asked).toEqual(['+up up:1']);
    await change('unsubscribe', 'pub:1').done;
    expect(upstream.asked).toEqual(['+up up:1', '-up up:1']);
    expect(upstream.watched.size).toBe(0);
  });

  test.each(['leave', 'drain', 'both'])('is nothing after all streams ended: %s', async (how) => {
    const streams = ['pub:1', 'pub:2', 'pub:1'].map((uri) =>
      listen({ resourceSubscriptions: [uri, 'pub:3'] }),
    );
    await settled();
    expect(upstream.watched.size).toBe(3);
    if (how !== 'leave') subscriptions.drain();
    if (how !== 'drain') for (const { x } of streams) x.cancellation.cancel('disconnected');
    await settled();
    expect(upstream.watched.size).toBe(0);
    expect(subscriptions.count()).toBe(0);
    expect(streams.map(({ delivery }) => delivery.terminals.length)).toEqual([1, 1, 1]);
  });

  test('an upstream that takes no wish breaks no stream', async () => {
    upstream.fault = new Error('down');
    const { x, delivery } = listen({ resourceSubscriptions: ['pub:1'], toolsListChanged: true });
    await settled();
    subscriptions.listsChanged('up', ['tools']);
    expect(methods(delivery)).toContain('tools/list_changed');
    x.cancellation.cancel('disconnected');
    await settled();
    expect(subscriptions.count()).toBe(0);
  });

  test('a session is not held to have subscribed to what could not be asked for', async () => {
    upstream.fault = new Error('down');
    await expect(change('subscribe', 'pub:1').done).rejects.toThrow('down');
    upstream.fault = undefined;
    await change('subscribe', 'pub:1').done;
    expect([...upstream.watched]).toEqual(['up:1']);
  });
});

describe('keeping streams open', () => {
  test('comments are sent as long as anybody listens', async () => {
    const { x, delivery } = listen({});
    await clock.advance(KEEP_ALIVE_MS - 1);
    expect(delivery.events).toHaveLength(1);
    await clock.advance(1);
    await clock.advance(KEEP_ALIVE_MS * 2);
    expect(delivery.order.slice(2)).toEqual(['', '', '']);
    const later = openStream();
    await clock.advance(KEEP_ALIVE_MS);
    expect(later.delivery.order).toEqual(['open', '']);
    for (const one of [x, later.x]) one.cancellation.cancel('disconnected');
    await clock.advance(KEEP_ALIVE_MS);
    expect(clock.pending).toBe(0);
    expect(later.delivery.order).toEqual(['open', '', 'end']);
    const again = listen({});
    await clock.advance(KEEP_ALIVE_MS);
    expect(again.delivery.order.at(-1)).toBe('');
  });

  test('draining ends every stream as its revision wants, and leaves no timer', () => {
    const [modern, legacy] = [listen({ toolsListChanged: true }, {}, 'a'), openStream()];
    subscriptions.drain();
    subscriptions.drain();
    subscriptions.everythingChanged();
    expect(modern.delivery.terminals).toEqual([
      {
        kind: 'ended',
        result: `{"resultType":"complete","_meta":{"${ENVELOPE.subscriptionId}":"a"}}`,
      },
    ]);
    expect(legacy.delivery.terminals).toEqual([{ kind: 'ended', result: '' }]);
    expect(modern.delivery.order.at(-1)).toBe('end');
    expect(clock.pending).toBe(0);
  });
});
