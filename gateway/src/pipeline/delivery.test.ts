import { describe, expect, test } from 'vitest';
import { Refusal } from '../kernel/index.ts';
import { settled } from '../../../test/kit/manual-clock.ts';
import {
  BUG,
  DONE,
  NOTICE,
  World,
  broken,
  ended,
  eventOf,
  gate,
  type Straw,
} from '../../../test/kit/path-world.ts';

describe('dispatch', () => {
  test.each<[string, Straw['carry']]>([
    ['broken at once', broken],
    ['broken later', () => Promise.reject(BUG)],
    [
      'broken after an event',
      (_x, delivery) => {
        delivery.event(NOTICE);
        throw BUG;
      },
    ],
  ])('%s ends as internal, and the work is called off', async (_when, carry) => {
    const { outcome, text, bugs, cancelled } = await ended({ carry });
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'internal' });
    expect(text).toMatch(/internal[\]>]$/);
    expect(bugs).toEqual(['Error: a bug']);
    expect(cancelled).toEqual(['expired']);
  });

  test('broken after the end only tells the log', async () => {
    const { outcome, text, bugs } = await ended({
      carry: (_x, delivery) => {
        delivery.finish(DONE);
        throw BUG;
      },
    });
    expect(outcome).toMatchObject({ kind: 'answered' });
    expect(text).toBe('[{"é":1}]');
    expect(bugs).toEqual(['Error: a bug']);
  });

  test('may end long after the carrier has returned', async () => {
    const { outcome } = await ended({ carry: () => undefined }, (world) => {
      expect(world.outcomes).toEqual([]);
      world.delivery?.finish(DONE);
    });
    expect(outcome).toMatchObject({ kind: 'answered' });
  });

  test('streams once there is something to say, and ends the stream with the answer', async () => {
    const { text, outlet, outcome } = await ended({
      carry: (_x, delivery) => {
        delivery.event(NOTICE);
        delivery.event(eventOf());
        delivery.finish(DONE);
        delivery.event(NOTICE);
        delivery.finish(DONE);
      },
    });
    expect(outlet.isStream).toBe(true);
    expect(text).toBe('<{"n":1}><{"e":1}><last {"é":1}>');
    expect(outcome).toMatchObject({
      kind: 'answered',
      resultBytes: Buffer.byteLength('<last {"é":1}>'),
    });
  });

  test('may open its stream before it says anything, once', async () => {
    const { outlet, text } = await ended({
      carry: (_x, delivery) => {
        delivery.openStream();
        delivery.openStream();
        delivery.finish({ kind: 'ended', result: '' });
      },
    });
    expect([outlet.isStream, outlet.ends, text]).toEqual([true, 1, '']);
  });

  test('an event that is screened away is not said and opens nothing', async () => {
    const { outlet, text } = await ended({
      rooms: { screenEvent: () => undefined },
      carry: (_x, delivery) => {
        delivery.event(eventOf());
        delivery.finish(DONE);
      },
    });
    expect([outlet.isStream, text]).toEqual([false, '[{"é":1}]']);
  });
});

describe('the way back', () => {
  test.each<[string, Straw]>([
    ['screening an event', { rooms: { screenEvent: broken } }],
    [
      'writing an event',
      {
        carry: (x, delivery) => {
          Object.assign(x.outlet, { write: broken });
          delivery.event(eventOf());
        },
      },
    ],
    [
      'opening the stream',
      {
        carry: (x, delivery) => {
          Object.assign(x.outlet, { open: broken });
          delivery.event(eventOf());
        },
      },
    ],
  ])('a bug in %s ends the exchange and hurts nobody else', async (_where, straw) => {
    let told = 0;
    const { outcome, bugs, cancelled } = await ended(
      {
        carry: (x, delivery) => {
          delivery.event(eventOf());
          told++;
        },
        ...straw,
      },
      () => told++,
    );
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'internal' });
    expect(bugs).toEqual(['Error: a bug']);
    expect(cancelled).toEqual(['expired']);
    expect(told).toBeGreaterThan(0);
  });

  test('a bug in screening the answer replaces it', async () => {
    const { outcome, text, bugs } = await ended({ rooms: { screenTerminal: broken } });
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'internal' });
    expect(text).toBe('[internal]');
    expect(bugs).toEqual(['Error: a bug']);
  });

  test('what is screened out is what is recorded', async () => {
    const refusal = new Refusal('result_too_large');
    const { outcome, text } = await ended({ rooms: { screenTerminal: () => refusal } });
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'result_too_large' });
    expect(text).toBe('[result_too_large]');
  });

  test('when nothing can be said at all the end is still recorded', async () => {
    const { outcome, bugs, outlet } = await ended({
      carry: (x, delivery) => {
        Object.assign(x.outlet, { send: broken });
        delivery.finish(DONE);
      },
    });
    expect(outcome).toEqual({ kind: 'refused', reason: 'internal', isError: true, resultBytes: 0 });
    expect(bugs).toEqual(['Error: a bug', 'Error: a bug']);
    expect(outlet.ends).toBe(0);
  });

  test.each<[string, Straw['rooms']]>([
    ['the record', { finish: broken }],
    ['the lease', {}],
  ])('a bug in settling %s keeps nothing else', async (what, rooms) => {
    const world = new World({
      ...(rooms === undefined ? {} : { rooms }),
      carry: (x, delivery) => {
        if (what === 'the lease') x.lease = { release: broken };
        delivery.finish(DONE);
      },
    });
    world.walk();
    await settled();
    expect(world.slots).toBe(0);
    expect(world.bugs).toEqual(['Error: a bug']);
    expect(world.x.outlet.ends).toBe(1);
  });

  test('a bug in those who listen for a cancellation does not reach the connection', () => {
    const world = new World({ carry: () => undefined });
    world.x.cancellation.onCancel(broken);
    const journey = world.walk();
    journey.disconnected();
    expect(world.bugs).toEqual(['Error: a bug']);
  });
});

describe('how it ended', () => {
  test.each<[string, Straw, object]>([
    ['a question', { rooms: { isQuestion: () => true } }, { kind: 'asked', isError: false }],
    ["a tool's error", { rooms: { isToolError: () => true } }, { kind: 'answered', isError: true }],
    [
      'a cancelled call',
      { carry: (_x, delivery) => delivery.finish(new Refusal('cancelled')) },
      { kind: 'cancelled', reason: 'cancelled' },
    ],
    [
      'nothing to say',
      { carry: (_x, delivery) => delivery.finish({ kind: 'accepted' }) },
      { kind: 'answered', isError: false },
    ],
    [
      'an answer the dialect has no words for',
      { rooms: { isQuestion: () => true }, refusal: new Refusal('interaction_unsupported') },
      { kind: 'refused', reason: 'interaction_unsupported' },
    ],
  ])('%s', async (_what, straw, expected) => {
    expect((await ended(straw)).outcome).toMatchObject(expected);
  });
});

describe('a caller that goes away', () => {
  const ITEM = { kind: 'passthrough', upstream: 'up' } as const;
  const STREAM = { kind: 'subscription', item: undefined, originalName: '' } as const;

  test('has cancelled, in the modern dialect', async () => {
    const { cancelled, outcome, text } = await ended(
      {
        target: ITEM,
        carry: (x, delivery) =>
          x.cancellation.onCancel(() => delivery.finish(new Refusal('cancelled'))),
      },
      (_world, journey) => journey.disconnected(),
    );
    expect(cancelled).toEqual(['disconnected']);
    expect(outcome).toMatchObject({ kind: 'cancelled', resultBytes: 0 });
    expect(text).toBe('');
  });

  test('has not, in the legacy dialect: the call is carried on and its answer dropped', async () => {
    const { cancelled, outcome, text } = await ended(
      { target: ITEM, carry: () => undefined },
      (world, journey) => {
        world.x.dialect = 'legacy';
        journey.disconnected();
        world.delivery?.event(NOTICE);
        world.delivery?.finish(DONE);
      },
    );
    expect(cancelled).toEqual([]);
    expect(outcome).toEqual({ kind: 'abandoned', reason: '', isError: false, resultBytes: 0 });
    expect(text).toBe('');
  });

  test('has left its stream, in either dialect', async () => {
    const { cancelled } = await ended(
      {
        target: STREAM,
        carry: (x, delivery) => {
          delivery.openStream();
          x.cancellation.onCancel(() => delivery.finish({ kind: 'ended', result: '' }));
        },
      },
      (world, journey) => {
        world.x.dialect = 'legacy';
        journey.disconnected();
      },
    );
    expect(cancelled).toEqual(['disconnected']);
  });

  test('before its stream was opened leaves no stream behind', async () => {
    const { opened, open } = gate();
    const { cancelled, text } = await ended(
      {
        target: STREAM,
        rows: {
          resolve: async (x) => {
            x.dialect = 'legacy';
            await opened;
            x.target = STREAM;
            return x;
          },
        },
        carry: (x, delivery) => {
          delivery.openStream();
          x.cancellation.onCancel(() => delivery.finish({ kind: 'ended', result: '' }));
        },
      },
      (world, journey) => {
        world.x.target = undefined;
        journey.disconnected();
        open();
      },
    );
    expect(cancelled).toEqual(['disconnected']);
    expect(text).toBe('');
  });

  test('has not, however long nobody comes back: then it counts as gone', async () => {
    const waiting: (() => void)[] = [];
    const { cancelled, outcome } = await ended(
      {
        target: ITEM,
        rooms: { afterGrace: (_x, lost) => void waiting.push(lost) },
        carry: (x, delivery) =>
          x.cancellation.onCancel(() => delivery.finish(new Refusal('cancelled'))),
      },
      (world, journey) => {
        world.x.dialect = 'legacy';
        journey.disconnected();
        expect(world.cancelled).toEqual([]);
        for (const lost of waiting) lost();
      },
    );
    expect(cancelled).toEqual(['disconnected']);
    expect(outcome).toEqual({ kind: 'abandoned', reason: '', isError: false, resultBytes: 0 });
  });

  test('after the end changes nothing', async () => {
    const { cancelled } = await ended({}, (_world, journey) => journey.disconnected());
    expect(cancelled).toEqual([]);
  });
});
