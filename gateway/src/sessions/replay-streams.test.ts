import { describe, expect, test } from 'vitest';
import { Deadlines } from '../kernel/index.ts';
import { RecordingOutlet, SESSION } from '../../../test/kit/exchange.ts';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import type { ReplayStream } from './replay-stream.ts';
import { ReplayStreams, type ReplayLimits } from './replay-streams.ts';

const GRACE_MS = 60_000;

function house(limits: Partial<ReplayLimits> = {}) {
  const clock = new ManualClock();
  let slow = 0;
  const streams = new ReplayStreams(
    new Deadlines(clock),
    { maxStreamBytes: 1e6, maxSessionBytes: 1e6, maxBytes: 1e6, graceMs: GRACE_MS, ...limits },
    () => slow++,
  );
  const begin = (key = 'session-1', revision = '2025-11-25') => {
    const outlet = new RecordingOutlet();
    const losses: string[] = [];
    const session = { ...SESSION, key, revision };
    const stream = streams.open(session, outlet, () => losses.push(key));
    stream.open(200, []);
    return { outlet, stream, losses, lost: () => losses.length > 0 };
  };
  return { clock, streams, begin, slow: () => slow };
}

const idsOf = (text: string): string[] =>
  [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id ?? '');
const datasOf = (text: string): string[] =>
  [...text.matchAll(/^data: (.+)$/gm)].map(([, data]) => data ?? '');

/** Takes a stream up after the event of an id; undefined where there is none. */
function resume(streams: ReplayStreams, eventId: string, key = 'session-1') {
  const found = streams.find(key, eventId);
  if (found === undefined) return undefined;
  const outlet = new RecordingOutlet();
  found.stream.resume(outlet, found.after);
  return outlet;
}

const say = (stream: ReplayStream, ...datas: string[]): void => {
  for (const data of datas) stream.write(`data: ${data}\n\n`);
};

describe('a stream', () => {
  test('gives every event an id of its own, and primes clients that know such events', () => {
    const { begin } = house();
    const [one, two] = [begin(), begin()];
    say(one.stream, 'a', 'b');
    two.stream.write(Buffer.from('data: ü\n\n'));
    const ids = [...idsOf(one.outlet.text), ...idsOf(two.outlet.text)];
    expect(new Set(ids).size).toBe(5);
    expect(datasOf(two.outlet.text)).toEqual(['ü']);
    expect(one.outlet.text).toMatch(/^id: \S+\nretry: \d+\ndata: \n\nid: /);
    expect(begin('s', '2025-06-18').outlet.text).toBe('');
  });

  test.each([
    [0, 'a b c'],
    [1, 'b c'],
    [2, 'c'],
    [3, ''],
    [4, ''],
  ])('is repeated from after event %i', (number, expected) => {
    const { begin, streams } = house();
    const { stream, outlet } = begin();
    say(stream, 'a', 'b', 'c');
    const [first = ''] = idsOf(outlet.text);
    const resumed = resume(streams, first.replace(/0$/, String(number)));
    expect(datasOf(resumed?.text ?? '').join(' ')).toBe(expected);
  });

  test('keeps no comments', () => {
    const { begin, streams } = house();
    const { stream, outlet } = begin();
    const [first = ''] = idsOf(outlet.text);
    stream.write(':\n\n');
    stream.write(Buffer.from(':\n\n'));
    expect(outlet.text).toContain(':\n\n:\n\n');
    expect(resume(streams, first)?.text).toBe('');
    expect(streams.counts().bytes).toBe(0);
  });

  test('goes on at one place only', () => {
    const { begin, streams } = house();
    const { stream, outlet } = begin();
    const [first = ''] = idsOf(outlet.text);
    const second = resume(streams, first);
    stream.detach(outlet);
    say(stream, 'a');
    const third = resume(streams, first);
    stream.end('data: b\n\n');
    expect([outlet, second, third].map((each) => datasOf(each?.text ?? ''))).toEqual([
      [],
      ['a'],
      ['a', 'b'],
    ]);
    expect([outlet.ends, second?.ends, third?.ends]).toEqual([1, 1, 1]);
  });

  test('a slow reader is let go and may come back for the rest', () => {
    const { begin, streams, slow } = house();
    const { stream, outlet, lost } = begin();
    const [first = ''] = idsOf(outlet.text);
    outlet.isRead = false;
    say(stream, 'a', 'b');
    expect([datasOf(outlet.text), outlet.ends, slow(), lost()]).toEqual([['a'], 1, 1, false]);
    expect(datasOf(resume(streams, first)?.text ?? '')).toEqual(['a', 'b']);
  });
});

describe('time', () => {
  test('a stream whose caller stays away is lost', async () => {
    const { begin, streams, clock } = house();
    const { stream, outlet, losses } = begin();
    const [first = ''] = idsOf(outlet.text);
    say(stream, 'a');
    stream.detach(outlet);
    await clock.advance(GRACE_MS - 1);
    expect(losses).toEqual([]);
    await clock.advance(1);
    expect(losses).toHaveLength(1);
    say(stream, 'b');
    stream.end('data: c\n\n');
    expect(resume(streams, first)).toBeUndefined();
    expect(stream.isReachable).toBe(false);
    expect(streams.counts()).toEqual({ streams: 0, bytes: 0 });
    await clock.advance(GRACE_MS);
    expect(losses).toHaveLength(1);
  });

  test('one that was taken up is not', async () => {
    const { begin, streams, clock } = house();
    const { stream, outlet, lost } = begin();
    stream.detach(outlet);
    await clock.advance(GRACE_MS - 1);
    resume(streams, idsOf(outlet.text)[0] ?? '');
    await clock.advance(GRACE_MS * 10);
    expect(lost()).toBe(false);
  });

  test('one that has ended is kept for the same time, and then nothing is left', async () => {
    const { begin, streams, clock } = house();
    const { stream, outlet, lost } = begin();
    const [first = ''] = idsOf(outlet.text);
    stream.end('data: a\n\n');
    await clock.advance(GRACE_MS - 1);
    expect(datasOf(resume(streams, first)?.text ?? '')).toEqual(['a']);
    await clock.advance(1);
    expect(resume(streams, first)).toBeUndefined();
    expect([lost(), streams.counts()]).toEqual([false, { streams: 0, bytes: 0 }]);
  });

  test('one that ended without a word leaves nothing', () => {
    const { begin, streams } = house();
    begin().stream.end();
    expect(streams.counts()).toEqual({ streams: 0, bytes: 0 });
  });
});

describe('bounds', () => {
  const big = 'x'.repeat(1000);

  test('a stream forgets its oldest events, never its last one', () => {
    const { begin, streams } = house({ maxStreamBytes: 3400 });
    const { stream, outlet } = begin();
    const [first = ''] = idsOf(outlet.text);
    say(stream, `1${big}`, `2${big}`, `3${big}`);
    expect(datasOf(resume(streams, first)?.text ?? '').map((data) => data[0])).toEqual(['2', '3']);
    stream.end(`data: ${'y'.repeat(9000)}\n\n`);
    expect(datasOf(resume(streams, first)?.text ?? '').map((data) => data[0])).toEqual(['y']);
    expect(stream.isReachable).toBe(true);
  });

  test('a session forgets those of its oldest stream, and no other session does', () => {
    const { begin } = house({ maxSessionBytes: 3400 });
    const [one, two, other] = [begin(), begin(), begin('session-2')];
    say(one.stream, big);
    say(other.stream, big);
    say(two.stream, big, big);
    expect([one, two, other].map(({ stream }) => stream.isEmpty)).toEqual([true, false, false]);
  });

  test('all together forget what is oldest; what has ended and is forgotten is gone', () => {
    const { begin, streams } = house({ maxBytes: 3400 });
    const [one, two, three] = [begin('1'), begin('2'), begin('3')];
    two.stream.end(`data: ${big}\n\n`);
    say(one.stream, big);
    say(three.stream, big);
    expect(streams.counts()).toMatchObject({ streams: 2 });
    expect([one, two, three].map(({ stream }) => stream.isEmpty)).toEqual([false, true, false]);
  });

  test('an answer too large for its session is lost where nobody hears it', () => {
    const { begin, streams } = house({ maxSessionBytes: 3400, maxStreamBytes: 3400 });
    const [heard, unheard] = [begin('1'), begin('2')];
    unheard.stream.detach(unheard.outlet);
    for (const { stream } of [heard, unheard]) stream.end(`data: ${'y'.repeat(9000)}\n\n`);
    expect([heard.stream.isReachable, unheard.stream.isReachable]).toEqual([true, false]);
    expect(streams.counts()).toEqual({ streams: 0, bytes: 0 });
  });

  test('a session that has ended has nothing left', () => {
    const { begin, streams } = house();
    const [mine, other] = [begin(), begin('session-2')];
    say(mine.stream, 'a');
    say(other.stream, 'b');
    streams.endSession('session-1');
    expect(resume(streams, idsOf(mine.outlet.text)[0] ?? '')).toBeUndefined();
    say(mine.stream, 'last words');
    expect(mine.outlet.text).toContain('last words');
    expect(streams.counts()).toMatchObject({ streams: 1 });
  });

  test('at the end of everything all are lost', () => {
    const { begin, streams } = house();
    const [one, two] = [begin(), begin('session-2')];
    streams.close();
    expect([one.lost(), two.lost(), streams.counts().streams]).toEqual([true, true, 0]);
  });
});

describe('ids', () => {
  test.each(['', '-', 'x', '-0', 'x-0', '0', '-1-', 'é-0', '__proto__-0'])('%j is none', (id) => {
    const { begin, streams } = house();
    begin();
    expect(streams.find('session-1', id)).toBeUndefined();
  });

  test('belong to one session and one process', () => {
    const [here, there] = [house(), house()];
    const [id = ''] = idsOf(here.begin().outlet.text);
    there.begin();
    expect(here.streams.find('session-1', id)).toBeDefined();
    expect(here.streams.find('session-2', id)).toBeUndefined();
    expect(there.streams.find('session-1', id)).toBeUndefined();
  });
});
