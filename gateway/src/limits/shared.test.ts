import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { principalOf, Refusal, systemClock, type Clock, type Target } from '../kernel/index.ts';
import { openWorld, type Member } from '../../../test/kit/coordination-world.ts';
import { makeCall, makeExchange } from '../../../test/kit/exchange.ts';
import { ManualClock, settled } from '../../../test/kit/manual-clock.ts';
import { redisMissing } from '../../../test/kit/redis-server.ts';
import { createLimits, limitsSchema } from './index.ts';

const ALICE = principalOf({ id: 'alice', kind: 'user', verifiedBy: 'test' });
const MINUTE_MS = 60_000;
const target: Target = {
  kind: 'item',
  item: {
    id: { upstream: 'crm', kind: 'tool', name: 'get' },
    publicName: 'crm__get',
    definition: Buffer.alloc(0),
    era: 'modern',
    headerBindings: [],
  },
  originalName: 'get',
};

/** One process: its calls are answered at once. */
function processOf(
  { coordination }: Pick<Member, 'coordination'>,
  clock: ManualClock,
  rule: object,
) {
  const room = createLimits({ clock, shared: coordination });
  const stage = room.stage(limitsSchema.parse({ rules: [{ name: 'r', ...rule }] }));
  return async (bytes = 0): Promise<boolean> => {
    const x = Object.assign(makeExchange(), { principal: ALICE, target, call: makeCall() });
    const step = await stage(x);
    room.settle(x, bytes);
    x.lease?.release();
    return !(step instanceof Refusal);
  };
}

/** One process whose calls go on until they are ended; undefined for one that was refused. */
function openCalls({ coordination }: Pick<Member, 'coordination'>, clock: Clock, rule: object) {
  const room = createLimits({ clock, shared: coordination });
  const stage = room.stage(limitsSchema.parse({ rules: [{ name: 'r', ...rule }] }));
  return async (): Promise<(() => void) | undefined> => {
    const x = Object.assign(makeExchange(), { principal: ALICE, target, call: makeCall() });
    const step = await stage(x);
    return step instanceof Refusal ? undefined : () => x.lease?.release();
  };
}

const count = (answers: readonly boolean[]): number => answers.filter(Boolean).length;

describe.each(['memory', 'valkey'] as const)('processes that count together over %s', (kind) => {
  describe.skipIf(kind === 'valkey' && redisMissing !== '')('where there is a server', () => {
    test('have a small limit once, and not a call more', async () => {
      await using world = await openWorld(kind);
      const clock = new ManualClock();
      const calls = [];
      for (let n = 0; n < 2; n++) {
        calls.push(processOf(await world.join(), clock, { calls: '10/minute' }));
      }
      const answers: boolean[] = [];
      for (let n = 0; n < 20; n++) {
        const call = calls[n % 2];
        if (call !== undefined) answers.push(await call());
      }
      expect(count(answers)).toBe(10);
      await clock.advance(2 * MINUTE_MS);
      expect(await calls[1]?.()).toBe(true);
    });

    test('exceed a large limit by a slice each at most, however many calls come at once', async () => {
      await using world = await openWorld(kind);
      const clock = new ManualClock();
      const members = [await world.join(), await world.join()];
      const calls = members.map((member) => processOf(member, clock, { calls: '100/minute' }));
      const answers: boolean[] = [];
      for (let round = 0; round < 30; round++) {
        const some = calls.flatMap((call) => [call(), call(), call()]);
        answers.push(...(await Promise.all(some)));
      }
      expect(count(answers)).toBeGreaterThanOrEqual(90);
      expect(count(answers)).toBeLessThanOrEqual(110);
    });

    test('hear what answers cost each other', async () => {
      await using world = await openWorld(kind);
      const clock = new ManualClock();
      const rule = { resultBytes: '10KB/minute' };
      const one = processOf(await world.join(), clock, rule);
      const other = processOf(await world.join(), clock, rule);
      expect(await one(50_000)).toBe(true);
      expect(await one()).toBe(false);
      // The first may be let through on credit; then it is known that nothing is left.
      await other(500);
      expect(await other()).toBe(false);
    });

    test('have so many calls under way together, and each place again when a call ends', async () => {
      await using world = await openWorld(kind);
      const clock = new ManualClock();
      const members = [await world.join(), await world.join()];
      const begin = members.map((member) => openCalls(member, clock, { concurrency: 3 }));
      const ends: (() => void)[] = [];
      const tryOne = async (n: number): Promise<boolean> => {
        // A moment is left after a refusal, in which it is not asked again.
        await clock.advance(50);
        const end = await begin[n]?.();
        if (end !== undefined) ends.push(end);
        return end !== undefined;
      };
      for (const n of [0, 1, 0]) expect(await tryOne(n)).toBe(true);
      for (const n of [0, 1]) expect(await tryOne(n)).toBe(false);
      ends.shift()?.();
      await expect.poll(() => tryOne(1)).toBe(true);
      expect(await tryOne(0)).toBe(false);
      for (const end of ends.splice(0)) end();
      for (const n of [1, 1, 1]) await expect.poll(() => tryOne(n)).toBe(true);
      expect(await tryOne(0)).toBe(false);
    });

    test('let all calls in that come in one go, as many as there is room for', async () => {
      await using world = await openWorld(kind);
      const clock = new ManualClock();
      const members = [await world.join(), await world.join()];
      const begin = members.map((member) => openCalls(member, clock, { concurrency: 40 }));
      const calls = Array.from({ length: 30 }, () => begin.map((call) => call())).flat();
      const begun = (await Promise.all(calls)).filter((end) => end !== undefined);
      expect(begun.length).toBeLessThanOrEqual(40);
      expect(begun.length).toBeGreaterThanOrEqual(36);
    });

    test('get the places of a process that was killed', async () => {
      await using world = await openWorld(kind);
      const [killed, other] = [await world.join(), await world.join()];
      const begin = openCalls(killed, systemClock, { concurrency: 2 });
      for (let n = 0; n < 2; n++) expect(await begin()).toBeDefined();
      const next = openCalls(other, systemClock, { concurrency: 2 });
      expect(await next()).toBeUndefined();
      killed.crash();
      await expect.poll(next).toBeDefined();
    });

    test('keep to what they held while the server is away, or to a twentieth', async () => {
      await using world = await openWorld(kind);
      const clock = new ManualClock();
      const member = await world.join();
      const begin = openCalls(member, clock, { concurrency: 100 });
      for (let n = 0; n < 8; n++) expect(await begin()).toBeDefined();
      await world.goAway();
      await expect.poll(() => member.coordination.isConnected).toBe(false);
      const more = [];
      for (let n = 0; n < 30; n++) more.push(await begin());
      const had = more.filter((end) => end !== undefined).length;
      expect(had).toBeLessThanOrEqual(10);
      await world.comeBack();
      await expect.poll(() => member.coordination.isConnected).toBe(true);
      await clock.advance(2000);
      await expect.poll(begin).toBeDefined();
    });

    test('keep to their last share while the server is away', async () => {
      await using world = await openWorld(kind);
      const clock = new ManualClock();
      const member = await world.join();
      const call = processOf(member, clock, { calls: '100/minute' });
      for (let n = 0; n < 40; n++) expect(await call()).toBe(true);
      await clock.advance(2 * MINUTE_MS);
      for (let n = 0; n < 8; n++) expect(await call()).toBe(true);
      await world.goAway();
      await expect.poll(() => member.coordination.isConnected).toBe(false);
      await clock.advance(2 * MINUTE_MS);
      const answers: boolean[] = [];
      for (let n = 0; n < 100; n++) answers.push(await call());
      expect(count(answers)).toBeGreaterThanOrEqual(8);
      expect(count(answers)).toBeLessThanOrEqual(20);
      await world.comeBack();
      await expect.poll(() => member.coordination.isConnected).toBe(true);
      await clock.advance(2 * MINUTE_MS);
      for (let n = 0; n < 50; n++) expect(await call()).toBe(true);
    });
  });
});

test('three processes never exceed a limit by more than a slice each', async () => {
  const step = fc.record({ who: fc.nat(2), waitMs: fc.oneof(fc.constant(0), fc.nat(20_000)) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 120 }),
      fc.integer({ min: 1, max: 60 }),
      async (steps, max) => {
        await using world = await openWorld('memory');
        const clock = new ManualClock();
        const rule = { calls: `${max}/minute` };
        const calls = [];
        for (let n = 0; n < 3; n++) calls.push(processOf(await world.join(), clock, rule));
        const passed = new Map<number, number>();
        for (const { who, waitMs } of steps) {
          await clock.advance(waitMs);
          if ((await calls[who]?.()) !== true) continue;
          await settled();
          const window = Math.floor(clock.nowMs() / MINUTE_MS);
          passed.set(window, (passed.get(window) ?? 0) + 1);
        }
        for (const number of passed.values()) {
          expect(number).toBeLessThanOrEqual(max + 3 * Math.floor(max / 20));
        }
      },
    ),
    { numRuns: 25 },
  );
});
