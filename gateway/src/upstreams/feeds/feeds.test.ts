import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { isJsonArray, principalOf, Refusal, type Principal } from '../../kernel/index.ts';
import { Arrivals } from './arrivals.ts';
import { DEFAULT_FEED_LIMITS, type FeedEars, type FeedLimits } from './contract.ts';
import { EventRing } from './event-ring.ts';
import { createFeedSet } from './feed-set.ts';
import { feedItem } from './resource.ts';
import { feedTemplate, feedUri, readFeedUri } from './uris.ts';

const ADA = principalOf({ id: 'ada', kind: 'user', verifiedBy: 'token' });
const EVE = principalOf({ id: 'eve', kind: 'user', verifiedBy: 'token' });
const URI = feedUri('shop', 'orders');

interface Line {
  readonly uri: string;
  readonly principal: Principal | undefined;
  readonly ears: FeedEars;
  isOpen: boolean;
}

function world(limits: Partial<FeedLimits> = {}, isPerPrincipal = false) {
  const clock = new ManualClock();
  const lines: Line[] = [];
  const told: [string, string | undefined][] = [];
  const feeds = createFeedSet({
    upstream: 'shop',
    clock,
    limits: { ...DEFAULT_FEED_LIMITS, ...limits },
    isPerPrincipal,
    onUpdate: (uri, principal) => told.push([uri, principal?.id]),
    source: {
      heads: () => [],
      open: (uri, principal, ears) => {
        if (uri.includes('wrong')) return new Refusal('params_invalid', { text: 'wrong' });
        const line: Line = { uri, principal, ears, isOpen: true };
        lines.push(line);
        return () => {
          line.isOpen = false;
        };
      },
    },
  });
  const read = (uri = URI, principal = ADA) => {
    const result = feeds.read(uri, principal);
    if (result instanceof Refusal) return result;
    const contents = result['contents'];
    if (contents === undefined || !isJsonArray(contents)) throw new Error('no contents');
    const [{ text }] = contents as unknown as [{ text: string }];
    return JSON.parse(text) as {
      state: string;
      dropped: number;
      notes?: string[];
      events: { id: string; receivedAt: string; data: unknown }[];
    };
  };
  const line = (at = 0): Line => {
    const found = lines[at];
    if (found === undefined) throw new Error(`no line ${at}`);
    return found;
  };
  return { clock, feeds, lines, line, told, read };
}

describe('a feed', () => {
  test('holds the last events, and says what it does not hold any more', () => {
    const { feeds, line, read } = world({ maxEvents: 2 });
    expect(feeds.watch(URI, ADA)).toBeUndefined();
    expect(read()).toEqual({ feed: 'orders', state: 'opening', dropped: 0, events: [] });
    line().ears.become('open', '');
    for (const at of [1, 2, 3]) line().ears.event(`"data":${at}`);
    expect(read()).toMatchObject({
      state: 'open',
      dropped: 1,
      notes: ['1 event is not kept any more: only the last ones are.'],
      events: [
        { id: '2', data: 2 },
        { id: '3', data: 3 },
      ],
    });
  });

  test('says that something may be missing, and why nothing comes', () => {
    const { clock, feeds, line, read } = world();
    feeds.watch(URI, ADA);
    line().ears.become('waiting', 'shop: the connection was closed.');
    line().ears.missed();
    const at = new Date(clock.nowMs()).toISOString();
    expect(read()).toMatchObject({
      state: 'waiting',
      notes: [
        'shop: the connection was closed.',
        `The connection was lost at ${at}; events may be missing.`,
      ],
    });
  });

  test('tells a flood as few updates, the last of which is never left out', async () => {
    const { clock, feeds, line, told, read } = world({ maxPerSecond: 50 });
    feeds.watch(URI, ADA);
    for (let at = 0; at < 1000; at++) line().ears.event(`"data":${at}`);
    expect(told).toEqual([[URI, undefined]]);
    await clock.advance(100);
    expect(told).toHaveLength(2);
    expect(read()).toMatchObject({ dropped: 950 });
    await clock.advance(1000);
    line().ears.event('"data":"later"');
    expect(told).toHaveLength(3);
  });
});

describe('a feed is open', () => {
  test('from the first who listens until some time after the last', async () => {
    const { clock, feeds, lines, line } = world();
    feeds.watch(URI, ADA);
    feeds.watch(URI, EVE);
    expect(lines).toHaveLength(1);
    feeds.unwatch(URI, ADA);
    await clock.advance(DEFAULT_FEED_LIMITS.idleMs);
    expect(line().isOpen).toBe(true);
    feeds.unwatch(URI, EVE);
    await clock.advance(DEFAULT_FEED_LIMITS.idleMs - 1);
    expect(line().isOpen).toBe(true);
    await clock.advance(1);
    expect(line().isOpen).toBe(false);
    expect(feeds.size).toBe(0);
  });

  test('for a while after it was read', async () => {
    const { clock, line, read } = world();
    read();
    await clock.advance(DEFAULT_FEED_LIMITS.idleMs - 1);
    read();
    await clock.advance(DEFAULT_FEED_LIMITS.idleMs - 1);
    expect(line().isOpen).toBe(true);
    await clock.advance(1);
    expect(line().isOpen).toBe(false);
  });

  test('again after it had ended, but not at once', async () => {
    const { clock, feeds, lines, line, read } = world();
    feeds.watch(URI, ADA);
    line().ears.event('"data":1');
    line().ears.become('ended', 'It is over.');
    expect(read()).toMatchObject({ state: 'ended' });
    await clock.advance(10_000);
    expect(read()).toMatchObject({ state: 'opening', events: [{ data: 1 }] });
    expect(lines).toHaveLength(2);
    expect(line().isOpen).toBe(false);
  });

  test('no more, once all are closed', () => {
    const { feeds, line } = world();
    feeds.watch(URI, ADA);
    feeds.close();
    expect(line().isOpen).toBe(false);
  });
});

describe('who hears what', () => {
  test('one feed serves all where all see the same', () => {
    const { feeds, line, lines, told } = world();
    feeds.watch(URI, ADA);
    feeds.watch(URI, EVE);
    expect(lines).toHaveLength(1);
    expect(line().principal).toBeUndefined();
    line().ears.event('"data":1');
    expect(told).toEqual([[URI, undefined]]);
  });

  test('what one principal opened never serves another', () => {
    const { feeds, line, lines, told, read } = world({}, true);
    feeds.watch(URI, ADA);
    line().ears.event('"data":"for ada"');
    expect(read(URI, EVE)).toMatchObject({ events: [] });
    expect(lines.map(({ principal }) => principal?.id)).toEqual(['ada', 'eve']);
    line(1).ears.event('"data":"for eve"');
    expect(told).toEqual([
      [URI, 'ada'],
      [URI, 'eve'],
    ]);
    expect(read(URI, ADA)).toMatchObject({ events: [{ data: 'for ada' }] });
    expect(read(URI, EVE)).toMatchObject({ events: [{ data: 'for eve' }] });
    // The same person with another token is another principal.
    const again = principalOf({ id: 'ada', kind: 'user', verifiedBy: 'token' });
    expect(read(URI, again)).toMatchObject({ events: [] });
  });
});

describe('bounds', () => {
  test('one principal cannot open all, and what nobody hears makes room', () => {
    const { feeds, line, read } = world({ maxOpen: 3, maxOpenOfOne: 2 });
    feeds.watch(`${URI}?at=1`, ADA);
    feeds.watch(`${URI}?at=2`, ADA);
    expect(feeds.watch(`${URI}?at=3`, ADA)).toMatchObject({ reason: 'upstream_busy' });
    read(`${URI}?at=4`, EVE);
    expect(feeds.watch(`${URI}?at=5`, EVE)).toBeUndefined();
    expect(line(2).isOpen).toBe(false);
    expect(feeds.size).toBe(3);
    expect(feeds.watch(`${URI}?at=6`, EVE)).toMatchObject({ reason: 'upstream_busy' });
  });

  test('what cannot be opened is refused and forgotten', () => {
    const { feeds } = world();
    expect(feeds.watch(`${URI}?wrong=1`, ADA)).toMatchObject({ reason: 'params_invalid' });
    expect(feeds.watch(`${URI}/%`, ADA)).toMatchObject({ reason: 'resource_unknown' });
    expect(feeds.size).toBe(0);
    expect(feeds.watched()).toEqual([]);
  });

  test('bytes are bounded, and an event beyond them alone is not kept', () => {
    const ring = new EventRing(10, 10);
    expect(ring.add('"12345678"')).toBe(true);
    expect(ring.add('"ä23456789"')).toBe(false);
    expect(ring.text).toBe('["12345678"]');
    expect(ring.add('"1"')).toBe(true);
    expect(ring.text).toBe('["1"]');
    expect(ring.dropped).toBe(2);
  });

  test('a second has so many arrivals, whatever the clock does', async () => {
    const clock = new ManualClock();
    const arrivals = new Arrivals(clock, 2);
    expect([1, 2, 3].map(() => arrivals.take())).toEqual([true, true, false]);
    await clock.advance(1000);
    expect(arrivals.take()).toBe(true);
  });
});

describe('addresses', () => {
  test.each([
    [feedUri('shop', 'a.b-c_d'), { name: 'a.b-c_d', pairs: [] }],
    ['drawbridge-feed://shop/a?', { name: 'a', pairs: [] }],
    [
      'drawbridge-feed://shop/a?x=1&y=%C3%A4+b&x',
      {
        name: 'a',
        pairs: [
          ['x', '1'],
          ['y', 'ä+b'],
          ['x', ''],
        ],
      },
    ],
    ['drawbridge-feed://shop/a?x=%', undefined],
    ['drawbridge-feed://shop/a/b', undefined],
    ['drawbridge-feed://shop/a?x=1#y', undefined],
    ['drawbridge-feed://shop/', undefined],
    ['drawbridge-feed://shopping/a', undefined],
    ['https://shop/a', undefined],
  ])('%s', (uri, address) => {
    expect(readFeedUri('shop', uri)).toEqual(address);
  });

  test('a feed with arguments is a template', () => {
    const uri = feedTemplate('shop', 'order', ['id', 'status']);
    expect(uri).toBe('drawbridge-feed://shop/order{?id,status}');
    const item = feedItem({
      name: 'order',
      title: 'Order',
      description: '',
      uri,
      isTemplate: true,
    });
    expect(JSON.parse(item.definition.toString())).toMatchObject({
      uriTemplate: uri,
      name: 'order',
      mimeType: 'application/json',
    });
  });
});
