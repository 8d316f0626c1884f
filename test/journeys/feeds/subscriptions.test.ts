/** Subscriptions of a GraphQL API as resources, for clients of both eras. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { startEvents, type EventsServer } from '../../kit/graphql-events.ts';
import { LeapingClock } from '../../kit/leaping-clock.ts';
import { ERAS, feedReader } from './world.ts';

const FEED = 'drawbridge-feed://shop/orderAdded';
const WAYS = ['websocket', 'sse'] as const;
const ORDER = { id: '1', number: 9007199254740993n, status: 'OPEN', note: 'ünder 👋' };

function order(at: number): object {
  return { ...ORDER, id: String(at), number: at };
}

function shop(url: string, subscriptions: unknown): Record<string, unknown> {
  return { shop: { graphql: { url, subscriptions } } };
}

async function world(subscriptions: unknown, clock?: LeapingClock) {
  const events = await startEvents();
  const gateway = await startGateway(
    { upstreams: shop(events.url, subscriptions) },
    clock === undefined ? {} : { clock },
  );
  onTestFinished(async () => {
    await gateway.close();
    await events[Symbol.asyncDispose]();
  });
  return { events, gateway };
}

describe.each(WAYS)('over %s', (transport) => {
  let events: EventsServer;
  let gateway: TestGateway;
  beforeAll(async () => {
    events = await startEvents();
    gateway = await startGateway({ upstreams: shop(events.url, { transport, idleSeconds: 1 }) });
  });
  afterAll(async () => {
    await gateway.close();
    await events[Symbol.asyncDispose]();
  });

  test.each(ERAS)(
    'a %s client finds it, subscribes, hears of an event and reads it',
    async (era) => {
      await using reader = await feedReader(era, gateway);
      const { resources } = await reader.client.listResources();
      expect(resources.map(({ uri }) => uri)).toContain(FEED);
      expect(resources.find(({ uri }) => uri === FEED)?.description).toContain('as they come in');
      const stop = await reader.subscribe(FEED);
      await expect.poll(() => events.running()).toBe(1);
      await reader.until(FEED, ({ state }) => state === 'open');
      events.add(order(7));
      await expect.poll(() => reader.updated).toEqual([FEED]);
      const content = await reader.read(FEED);
      expect(content.events.at(-1)).toMatchObject({
        data: { orderAdded: { id: '7', status: 'OPEN', note: 'ünder 👋' } },
      });
      await stop();
      await expect.poll(() => events.running()).toBe(0);
    },
  );

  test('who only reads hears of what comes from then on', async () => {
    await using reader = await feedReader('modern', gateway);
    const uri = 'drawbridge-feed://shop/filtered';
    const content = await reader.until(uri, ({ events: all }) => all.length === 1);
    expect(content.events[0]?.data).toEqual({ filtered: '{"limit":3}' });
  });

  test('arguments stand in the address', async () => {
    await using reader = await feedReader('legacy', gateway);
    const { resourceTemplates } = await reader.client.listResourceTemplates();
    const templates = resourceTemplates.map(({ uriTemplate }) => uriTemplate);
    expect(templates).toContain('drawbridge-feed://shop/orderChanged{?id,status}');
    expect(templates).toContain('drawbridge-feed://shop/filtered{?filter,ids,limit}');
    const uri = 'drawbridge-feed://shop/orderChanged?id=a%2Fb&status=PAID';
    const stop = await reader.subscribe(uri);
    await expect
      .poll(() => {
        events.change('other', order(1));
        events.change('a/b', order(2));
        return reader.updated.at(-1);
      })
      .toBe(uri);
    const { events: all } = await reader.read(uri);
    expect(new Set(all.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    expect(all[0]).toMatchObject({ data: { orderChanged: { id: '2' } } });
    await stop();
    const filter = encodeURIComponent('{"minTotal":5,"statuses":["PAID"]}');
    const filtered = `drawbridge-feed://shop/filtered?filter=${filter}&ids=1&ids=2&limit=9`;
    const echo = await reader.until(filtered, (content) => content.events.length === 1);
    expect(echo.events[0]?.data).toEqual({
      filtered: '{"filter":{"minTotal":5,"statuses":["PAID"]},"ids":["1","2"],"limit":9}',
    });
  });

  test('what cannot be opened is said, and nothing is', async () => {
    await using reader = await feedReader('legacy', gateway);
    const read = (rest: string) => reader.read(`drawbridge-feed://shop/${rest}`);
    await expect(read('orderChanged?id=1&status=LOST')).rejects.toThrow(/"LOST".*"Status"/s);
    await expect(read('orderChanged?status=PAID')).rejects.toThrow(/Argument "id"/);
    await expect(read('orderAdded?id=1')).rejects.toThrow(/no argument "id"/);
    await expect(read('nothing')).rejects.toThrow(/no resource/);
    const wrong = 'drawbridge-feed://shop/orderChanged?id=1&status=LOST';
    await expect(reader.client.subscribeResource({ uri: wrong })).rejects.toThrow(/"LOST"/);
  });

  test('one that ends, and one that is refused, say so', async () => {
    await using reader = await feedReader('modern', gateway);
    const counted = 'drawbridge-feed://shop/counted?to=3';
    const done = await reader.until(counted, ({ state }) => state === 'ended');
    expect(done.events.map(({ data }) => data)).toEqual([1, 2, 3].map((n) => ({ counted: n })));
    expect(done.notes).toEqual([expect.stringContaining('has ended it.')]);
    const refused = 'drawbridge-feed://shop/forbidden';
    const told = await reader.until(refused, ({ state }) => state === 'ended');
    expect(JSON.stringify(told)).toContain('only its own people may hear it');
  });
});

test('without a word of the operator there are none', async () => {
  const { gateway, events } = await world(undefined);
  await using reader = await feedReader('modern', gateway);
  expect((await reader.client.listResources()).resources).toEqual([]);
  await expect(reader.read(FEED)).rejects.toThrow(/no resource/);
  expect(events.opened).toEqual([]);
});

test('only those that are named', async () => {
  const { gateway } = await world(['order*']);
  await using reader = await feedReader('modern', gateway);
  const { resources } = await reader.client.listResources();
  expect(resources.map(({ uri }) => uri)).toEqual([FEED]);
});

test('a server without a WebSocket is asked for an event stream', async () => {
  const events = await startEvents({ hasWebSocket: false });
  const gateway = await startGateway({ upstreams: shop(events.url, true) });
  onTestFinished(async () => {
    await gateway.close();
    await events[Symbol.asyncDispose]();
  });
  await using reader = await feedReader('modern', gateway);
  await reader.until(FEED, ({ state }) => state === 'open');
  expect(events.opened).toEqual(['sse ']);
});

test.each(WAYS)('what is lost over %s is opened again, and said', async (transport) => {
  const clock = new LeapingClock();
  const { gateway, events } = await world({ transport }, clock);
  await using reader = await feedReader('modern', gateway);
  await reader.subscribe(FEED);
  await expect.poll(() => events.running()).toBe(1);
  events.add(order(1));
  await expect.poll(() => reader.updated.length).toBe(1);
  events.cut();
  await expect.poll(() => events.running()).toBe(0);
  await reader.until(FEED, ({ state }) => state === 'waiting');
  clock.leap(2000);
  await expect.poll(() => events.running()).toBe(1);
  await reader.until(FEED, ({ state }) => state === 'open');
  events.add(order(2));
  const content = await reader.until(FEED, ({ events: all }) => all.length === 2);
  expect(content.notes).toEqual([expect.stringContaining('events may be missing')]);
  expect(events.opened).toHaveLength(2);
});

test('many listeners share one subscription, which ends some time after the last', async () => {
  const clock = new LeapingClock();
  const { gateway, events } = await world(true, clock);
  await using first = await feedReader('modern', gateway);
  await using second = await feedReader('legacy', gateway);
  const stops = [await first.subscribe(FEED), await second.subscribe(FEED)];
  await expect.poll(() => events.running()).toBe(1);
  events.add(order(1));
  await expect.poll(() => first.updated.length + second.updated.length).toBe(2);
  for (const stop of stops) await stop();
  await expect
    .poll(() => {
      clock.leap(60_000);
      return events.running();
    })
    .toBe(0);
  expect(events.opened).toHaveLength(1);
});

test('subscriptions live on through a change of the configuration', async () => {
  const { gateway, events } = await world(true);
  await using reader = await feedReader('legacy', gateway);
  await reader.subscribe(FEED);
  await expect.poll(() => events.running()).toBe(1);
  await gateway.reload({ upstreams: shop(events.url, { maxEvents: 5 }) });
  await reader.client.listResources();
  await expect.poll(() => events.opened.length).toBe(2);
  await expect.poll(() => events.running()).toBe(1);
  events.add(order(3));
  await expect.poll(() => reader.updated).toContain(FEED);
});
