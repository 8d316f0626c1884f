import { beforeEach, describe, expect, test } from 'vitest';
import { Refusal, type Target } from '../kernel/index.ts';
import {
  LOCAL,
  RecordingDelivery,
  SESSION,
  makeCall,
  makeExchange,
} from '../../../test/kit/exchange.ts';
import { settled } from '../../../test/kit/manual-clock.ts';
import {
  EVE,
  OTHER_SESSION,
  carry,
  change,
  endpoints,
  hidden,
  item,
  listen,
  newWorld,
  openStream,
  subscriptions,
  upstream,
} from '../../../test/kit/subscriptions-world.ts';
import type { EndpointPort } from './index.ts';

beforeEach(newWorld);

describe('legacy sessions', () => {
  test('a stream is not stamped and hears of what its session subscribed to', async () => {
    const { delivery } = openStream();
    await change('subscribe', 'pub:1').done;
    subscriptions.resourceUpdated('up', 'up:1');
    subscriptions.resourceUpdated('up', 'up:2');
    subscriptions.listsChanged('up', ['tools']);
    expect(delivery.order).toEqual([
      'open',
      '{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"pub:1"}}',
      '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}',
    ]);
  });

  test('subscribing twice is subscribing once, and so is the other way', async () => {
    for (const method of ['subscribe', 'subscribe', 'unsubscribe', 'unsubscribe'] as const) {
      const { delivery, done } = change(method, 'pub:1');
      await done;
      expect(delivery.terminals).toEqual([{ kind: 'local', result: '{}' }]);
    }
    expect(upstream.asked).toEqual(['+up up:1', '-up up:1']);
  });

  test('what is unknown cannot be subscribed to', async () => {
    const { delivery, done } = change('subscribe', 'pub:none');
    await done;
    expect(delivery.terminals[0]).toMatchObject({
      reason: 'resource_unknown',
      detail: { data: { uri: 'pub:none' } },
    });
    expect(upstream.asked).toEqual([]);
  });

  test('what is hidden by now can still be unsubscribed from', async () => {
    await change('subscribe', 'pub:1').done;
    hidden.add('pub:1');
    await change('unsubscribe', 'pub:1').done;
    expect(upstream.watched.size).toBe(0);
  });

  test('a session may subscribe to a thousand resources', async () => {
    const all: EndpointPort = { ...endpoints, findResource: (_e, _p, uri) => item(uri) };
    const carrier = subscriptions.carrier(all);
    const outcomes: unknown[] = [];
    for (let at = 0; at <= 1000; at++) {
      const uri = `pub:${at}`;
      const delivery = new RecordingDelivery();
      const x = Object.assign(makeExchange(), {
        principal: LOCAL,
        session: SESSION,
        call: makeCall({ method: 'resources/subscribe', name: uri }),
        target: { kind: 'subscription' as const, item: item(uri), originalName: uri },
      });
      await carrier.carry(x, delivery);
      outcomes.push(delivery.terminals[0]?.kind);
    }
    expect(outcomes.filter((kind) => kind === 'local')).toHaveLength(1000);
    expect(outcomes.at(-1)).toBe('refusal');
    subscriptions.sessionEnded(SESSION.key);
    await settled();
    expect(upstream.watched.size).toBe(0);
  });

  test('each message goes to one stream of a session, the youngest', () => {
    const [old, young, other] = [openStream(), openStream(), openStream(OTHER_SESSION)];
    subscriptions.listsChanged('up', ['tools']);
    expect([old, young, other].map(({ delivery }) => delivery.notices.length)).toEqual([0, 1, 1]);
    young.x.cancellation.cancel('disconnected');
    subscriptions.listsChanged('up', ['tools']);
    expect([old, young, other].map(({ delivery }) => delivery.notices.length)).toEqual([1, 1, 2]);
  });

  test('the end of a session ends its streams and subscriptions, and no others', async () => {
    const [mine, other, modern] = [openStream(), openStream(OTHER_SESSION), listen({})];
    await change('subscribe', 'pub:1').done;
    await change('subscribe', 'pub:2').done;
    await change('subscribe', 'pub:2', OTHER_SESSION).done;
    subscriptions.sessionEnded(SESSION.key);
    await settled();
    expect(mine.delivery.terminals).toEqual([{ kind: 'ended', result: '' }]);
    expect([other, modern].map(({ delivery }) => delivery.terminals)).toEqual([[], []]);
    expect([...upstream.watched]).toEqual(['up:2']);
    expect(subscriptions.count()).toBe(2);
    subscriptions.sessionEnded(SESSION.key);
    subscriptions.sessionEnded('unknown');
    expect(subscriptions.count()).toBe(2);
  });

  test('without a session nothing is subscribed to', async () => {
    const call = { method: 'resources/subscribe', name: 'pub:1' };
    const target: Target = { kind: 'subscription', item: item('pub:1'), originalName: 'up:1' };
    const { delivery, done } = carry({ id: 1 }, call, {}, target);
    await done;
    expect(delivery.terminals[0]).toMatchObject({ reason: 'resource_unknown' });
  });
});

describe('what is one principal’s alone', () => {
  test('is told to nobody else', async () => {
    const mine = openStream();
    await change('subscribe', 'pub:1').done;
    const { delivery } = listen({ resourceSubscriptions: ['pub:1'] }, { principal: EVE });
    const told = () => delivery.notices.filter(({ method }) => method.endsWith('/updated')).length;
    subscriptions.resourceUpdated('up', 'up:1', LOCAL);
    expect(told()).toBe(0);
    expect(mine.delivery.notices).toHaveLength(1);
    subscriptions.resourceUpdated('up', 'up:1', EVE);
    expect(told()).toBe(1);
    expect(mine.delivery.notices).toHaveLength(1);
    subscriptions.resourceUpdated('up', 'up:1');
    expect(told()).toBe(2);
    expect(mine.delivery.notices).toHaveLength(2);
  });

  test('is asked for on behalf of each', async () => {
    const first = listen({ resourceSubscriptions: ['pub:1'] }, { principal: EVE });
    await change('subscribe', 'pub:1').done;
    expect(upstream.asked).toEqual(['+up up:1', '+up up:1']);
    first.x.cancellation.cancel('cancelled');
    expect(upstream.asked).toEqual(['+up up:1', '+up up:1', '-up up:1']);
  });
});

test('what an upstream never tells of cannot be subscribed to', async () => {
  upstream.refusal = new Refusal('params_invalid', { text: 'id is missing.' });
  const { delivery, done } = change('subscribe', 'pub:1');
  await done;
  expect(delivery.terminals[0]).toMatchObject({ reason: 'params_invalid' });
  expect(upstream.asked).toEqual(['+up up:1', '-up up:1']);
});
