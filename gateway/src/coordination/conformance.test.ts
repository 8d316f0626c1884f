import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  openWorld,
  type CoordinationWorld,
  type Member,
} from '../../../test/kit/coordination-world.ts';
import { redisMissing } from '../../../test/kit/redis-server.ts';
import { MAX_TEXT_BYTES } from './coordinate.ts';
import type { AskOptions, TakenAsk } from './index.ts';

const options = (more: Partial<AskOptions> = {}): AskOptions => ({
  signal: new AbortController().signal,
  timeoutMs: 30_000,
  ...more,
});

const WORLDS = [
  { kind: 'memory', why: '' },
  { kind: 'valkey', why: redisMissing },
] as const;

for (const { kind, why } of WORLDS) {
  describe.skipIf(why !== '')(`coordination over ${kind}${why === '' ? '' : ` (${why})`}`, () => {
    let world: CoordinationWorld;
    let one: Member;
    let two: Member;
    beforeAll(async () => {
      world = await openWorld(kind);
      [one, two] = await Promise.all([world.join(), world.join()]);
    });
    afterAll(async () => {
      await world[Symbol.asyncDispose]();
    });

    describe('channels', () => {
      test('reach everybody who listens, in order, and nobody who stopped', async () => {
        const heard: string[] = [];
        const mine = one.coordination.subscribe('news', (text) => heard.push(`1 ${text}`));
        const theirs = two.coordination.subscribe('news', (text) => heard.push(`2 ${text}`));
        await Promise.all([mine.ready, theirs.ready]);
        await one.coordination.publish('news', 'a');
        await one.coordination.publish('news', 'ä\n\u{1f600}\0');
        await expect.poll(() => heard.length).toBe(4);
        expect(heard.filter((line) => line.startsWith('2'))).toEqual(['2 a', '2 ä\n\u{1f600}\0']);
        theirs.cancel();
        await two.coordination.publish('news', 'b');
        await expect.poll(() => heard.slice(4)).toEqual(['1 b']);
        mine.cancel();
      });

      test('do not mix with those of another installation', async () => {
        const stranger = await world.join('other');
        const heard: string[] = [];
        const theirs = stranger.coordination.subscribe('both', (text) => heard.push(text));
        const mine = two.coordination.subscribe('both', (text) => heard.push(text));
        await Promise.all([theirs.ready, mine.ready]);
        await one.coordination.publish('both', 'ours');
        await stranger.coordination.publish('both', 'theirs');
        await expect.poll(() => heard.toSorted()).toEqual(['ours', 'theirs']);
        await one.coordination.values.set('both', 'ours', 60_000);
        expect(await stranger.coordination.values.get('both')).toBeUndefined();
        expect(await stranger.coordination.isAlive(one.coordination.ownerId)).toBe(false);
        mine.cancel();
        await stranger.coordination.close();
      });

      test('two who listen in one process are two', async () => {
        const heard: string[] = [];
        const hear = (text: string): number => heard.push(text);
        const listening = [0, 1].map(() => one.coordination.subscribe('twice', hear));
        await Promise.all(listening.map(({ ready }) => ready));
        await two.coordination.publish('twice', 'x');
        await expect.poll(() => heard).toEqual(['x', 'x']);
        for (const each of listening) each.cancel();
      });
    });

    describe('values', () => {
      test('are set, read, taken and deleted once', async () => {
        const { values } = one.coordination;
        expect(await values.get('v')).toBeUndefined();
        await values.set('v', 'ü', 60_000);
        expect(await two.coordination.values.get('v')).toBe('ü');
        expect(await values.setIfAbsent('v', 'x', 60_000)).toBe(false);
        expect(await values.delete('v')).toBe(true);
        expect(await values.delete('v')).toBe(false);
        expect(await values.setIfAbsent('v', 'x', 60_000)).toBe(true);
        const taken = await Promise.all(
          [one, two, one, two].map(({ coordination }) => coordination.values.take('v')),
        );
        expect(taken.filter((text) => text === 'x')).toHaveLength(1);
        expect(taken.filter((text) => text === undefined)).toHaveLength(3);
      });

      test('go when their time is over', async () => {
        const { values } = one.coordination;
        await values.set('short', 'x', 30);
        await expect.poll(() => values.get('short')).toBeUndefined();
      });

      test('are replaced by one of those who expect the same', async () => {
        const { values } = one.coordination;
        expect(await values.compareAndSet('round', '1', '2', 60_000)).toBe(false);
        await values.set('round', '1', 60_000);
        const done = await Promise.all(
          [one, two, one, two].map(({ coordination }) =>
            coordination.values.compareAndSet('round', '1', '2', 60_000),
          ),
        );
        expect(done.filter(Boolean)).toHaveLength(1);
        expect(await values.get('round')).toBe('2');
      });

      test('counters never exceed what they may reach, nor fall below nothing', async () => {
        const added = await Promise.all(
          Array.from({ length: 20 }, (_, at) =>
            (at % 2 === 0 ? one : two).coordination.values.tryAdd('count', 1, 7, 60_000),
          ),
        );
        expect(added.filter(Boolean)).toHaveLength(7);
        const { values } = two.coordination;
        expect(await values.tryAdd('count', -3, 7, 60_000)).toBe(true);
        expect(await values.tryAdd('count', 4, 7, 60_000)).toBe(false);
        expect(await values.tryAdd('count', 3, 7, 60_000)).toBe(true);
        expect(await values.tryAdd('count', -100, 7, 60_000)).toBe(true);
        expect(await values.tryAdd('count', 8, 7, 60_000)).toBe(false);
        expect(await values.tryAdd('count', 7, 7, 60_000)).toBe(true);
      });

      test('places are held together, up to as many as there are', async () => {
        const hold = (member: Member, holder: string, used: number, wanted: number) =>
          member.coordination.values.hold('p', holder, { used, wanted, max: 10, ttlMs: 60_000 });
        expect(await hold(one, 'a', 0, 4)).toBe(4);
        expect(await hold(two, 'b', 0, 20)).toBe(6);
        expect(await hold(two, 'c', 0, 1)).toBe(0);
        // Said again, it stands in place of what was said before.
        expect(await hold(one, 'a', 1, 2)).toBe(2);
        expect(await hold(two, 'c', 0, 5)).toBe(2);
        // What is used is used, whatever is left.
        expect(await hold(one, 'd', 3, 3)).toBe(3);
        expect(await hold(one, 'a', 0, 0)).toBe(0);
        expect(await hold(two, 'b', 0, 0)).toBe(0);
        expect(await hold(two, 'c', 0, 9)).toBe(7);
      });

      test('places of a holder that says nothing more come free', async () => {
        const hold = (holder: string, ttlMs: number) =>
          one.coordination.values.hold('q', holder, { used: 0, wanted: 3, max: 3, ttlMs });
        expect(await hold('a', 200)).toBe(3);
        expect(await hold('b', 60_000)).toBe(0);
        await expect.poll(() => hold('b', 60_000)).toBe(3);
      });
    });

    describe('bounds', () => {
      const tooLong = 'x'.repeat(MAX_TEXT_BYTES + 1);
      const tooLongInBytes = 'ü'.repeat(MAX_TEXT_BYTES / 2 + 1);

      test.each([tooLong, tooLongInBytes])('nothing longer is said or kept', async (text) => {
        const { values } = one.coordination;
        const refused = expect.objectContaining({ failure: 'too_large' });
        await expect(one.coordination.publish('c', text)).rejects.toEqual(refused);
        await expect(values.set('k', text, 1000)).rejects.toEqual(refused);
        await expect(values.setIfAbsent('k', text, 1000)).rejects.toEqual(refused);
        await expect(values.compareAndSet('k', '', text, 1000)).rejects.toEqual(refused);
        const { ownerId } = two.coordination;
        await expect(one.coordination.ask(ownerId, 'k', text, options())).rejects.toEqual(refused);
      });

      test.each(['', 'a b', 'ü', 'x'.repeat(201), 'a\n'])('%j is no name', async (name) => {
        await expect(one.coordination.values.get(name)).rejects.toThrow(RangeError);
        await expect(one.coordination.publish(name, '')).rejects.toThrow(RangeError);
        expect(() => one.coordination.subscribe(name, () => undefined)).toThrow(RangeError);
      });

      test.each([0, -1, 1.5, Number.NaN])('%d is no time to live', async (ttlMs) => {
        await expect(one.coordination.values.set('k', '', ttlMs)).rejects.toThrow(RangeError);
      });
    });

    describe('asks', () => {
      /** Takes the asks of this kind at the second process. */
      const take = (kindOfAsk: string, handler: (ask: TakenAsk) => void): (() => void) =>
        two.coordination.onAsk(kindOfAsk, handler);
      const askTwo = (kindOfAsk: string, text: string, more: Partial<AskOptions> = {}) =>
        one.coordination.ask(two.coordination.ownerId, kindOfAsk, text, options(more));

      test('are answered by the one that is asked', async () => {
        take('echo', (ask) => ask.end(`${ask.text} for ${ask.from}`));
        expect(await askTwo('echo', 'x\ny')).toEqual({
          kind: 'answer',
          text: `x\ny for ${one.coordination.ownerId}`,
        });
        const own = await two.coordination.ask(two.coordination.ownerId, 'echo', '', options());
        expect(own.kind).toBe('answer');
      });

      test('hear every event in order, then the end', async () => {
        const events: string[] = [];
        take('count', (ask) => {
          for (let at = 0; at < 500; at++) ask.event(String(at));
          ask.end('done');
          ask.event('late');
          ask.end('twice');
        });
        const end = await askTwo('count', '', { onEvent: (text) => events.push(text) });
        expect(end).toEqual({ kind: 'answer', text: 'done' });
        expect(events).toEqual(Array.from({ length: 500 }, (_, at) => String(at)));
      });

      test('take long texts both ways', async () => {
        take('long', (ask) => ask.end(ask.text));
        const text = '€"\\'.repeat(1_000_000);
        expect(await askTwo('long', text)).toEqual({ kind: 'answer', text });
      });

      test('of an unknown kind, and those whose handler throws, are refused', async () => {
        expect(await askTwo('unheard-of', '')).toEqual({ kind: 'refused', why: 'unknown_kind' });
        take('broken', () => {
          throw new Error('on purpose');
        });
        expect(await askTwo('broken', '')).toEqual({ kind: 'refused', why: 'failed' });
        expect(two.bugs.splice(0)).toEqual([new Error('on purpose')]);
      });

      test('whose answer is too long end as that', async () => {
        take('huge', (ask) => {
          ask.event('fine');
          ask.end('x'.repeat(MAX_TEXT_BYTES + 1));
        });
        expect(await askTwo('huge', '')).toEqual({ kind: 'refused', why: 'too_large' });
      });

      test('that are cancelled or out of time stop over there', async () => {
        const stopped: unknown[] = [];
        const begun = Promise.withResolvers<void>();
        take('forever', ({ signal }) => {
          signal.addEventListener('abort', () => stopped.push(signal.reason));
          begun.resolve();
        });
        const controller = new AbortController();
        const cancelled = askTwo('forever', '', { signal: controller.signal });
        await begun.promise;
        controller.abort();
        expect(await cancelled).toEqual({ kind: 'cancelled' });
        await expect.poll(() => stopped).toEqual([new Error('cancelled')]);
        expect(await askTwo('forever', '', { timeoutMs: 50 })).toEqual({ kind: 'timeout' });
        await expect.poll(() => stopped.length).toBe(2);
        const never = await askTwo('forever', '', { signal: AbortSignal.abort() });
        expect(never).toEqual({ kind: 'cancelled' });
      });

      test('of a process that is not there are over', async () => {
        const end = await one.coordination.ask('nobody', 'echo', '', options());
        expect(end).toEqual({ kind: 'gone' });
        expect(await one.coordination.isAlive('nobody')).toBe(false);
        expect(await one.coordination.isAlive(two.coordination.ownerId)).toBe(true);
      });

      test('end when the one that was asked crashes', async () => {
        const third = await world.join();
        const begun = Promise.withResolvers<void>();
        third.coordination.onAsk('wait', () => begun.resolve());
        const end = one.coordination.ask(third.coordination.ownerId, 'wait', '', options());
        await begun.promise;
        third.crash();
        expect(await end).toEqual({ kind: 'gone' });
        expect(await one.coordination.isAlive(third.coordination.ownerId)).toBe(false);
      });

      test('end at once when the one that was asked is closed', async () => {
        const third = await world.join();
        const begun = Promise.withResolvers<AbortSignal>();
        third.coordination.onAsk('wait', ({ signal }) => begun.resolve(signal));
        const end = one.coordination.ask(third.coordination.ownerId, 'wait', '', options());
        const signal = await begun.promise;
        await third.coordination.close();
        expect(signal.aborted).toBe(true);
        expect(await end).toEqual({ kind: 'gone' });
        expect(await one.coordination.isAlive(third.coordination.ownerId)).toBe(false);
        const refused = expect.objectContaining({ failure: 'closed' });
        await expect(third.coordination.values.get('x')).rejects.toEqual(refused);
      });

      test('are stopped over there when the asker crashes', async () => {
        const third = await world.join();
        const begun = Promise.withResolvers<AbortSignal>();
        take('orphaned', ({ signal }) => begun.resolve(signal));
        void third.coordination.ask(two.coordination.ownerId, 'orphaned', '', options());
        const signal = await begun.promise;
        third.crash();
        await expect.poll(() => signal.aborted).toBe(true);
        expect(signal.reason).toEqual(new Error('gone'));
      });
    });

    describe('a server that goes away and comes back knowing nothing', () => {
      test('loses no word of an ask, and brings subscriptions back', async () => {
        const events: string[] = [];
        const taken: TakenAsk[] = [];
        two.coordination.onAsk('slow', (ask) => {
          taken.push(ask);
          ask.event('before');
        });
        const heard: string[] = [];
        const listening = two.coordination.subscribe('after', (text) => heard.push(text));
        await listening.ready;
        const changes: boolean[] = [];
        const stop = one.coordination.onConnection((isBack) => changes.push(isBack));
        const end = one.coordination.ask(
          two.coordination.ownerId,
          'slow',
          '',
          options({ onEvent: (text) => events.push(text) }),
        );
        await expect.poll(() => events).toEqual(['before']);
        await world.goAway();
        await expect.poll(() => one.coordination.isConnected).toBe(false);
        const unavailable = expect.objectContaining({ failure: 'unavailable' });
        await expect(one.coordination.values.get('x')).rejects.toEqual(unavailable);
        await expect(one.coordination.publish('after', 'x')).rejects.toEqual(unavailable);
        const { ownerId } = two.coordination;
        const refused = await one.coordination.ask(ownerId, 'slow', '', options());
        expect(refused).toEqual({ kind: 'unavailable' });
        taken[0]?.event('during');
        await world.comeBack();
        await expect.poll(() => changes).toEqual([false, true]);
        await expect.poll(() => two.coordination.isConnected).toBe(true);
        taken[0]?.event('after');
        taken[0]?.end('done');
        expect(await end).toEqual({ kind: 'answer', text: 'done' });
        expect(events).toEqual(['before', 'during', 'after']);
        expect(taken).toHaveLength(1);
        expect(await one.coordination.isAlive(ownerId)).toBe(true);
        await one.coordination.publish('after', 'back');
        await expect.poll(() => heard).toEqual(['back']);
        listening.cancel();
        stop();
      });

      test('for longer than a lease ends asks on both sides', async () => {
        const begun = Promise.withResolvers<AbortSignal>();
        two.coordination.onAsk('lost', ({ signal }) => begun.resolve(signal));
        const end = one.coordination.ask(two.coordination.ownerId, 'lost', '', options());
        const signal = await begun.promise;
        await world.goAway();
        expect(await end).toEqual({ kind: 'unavailable' });
        await expect.poll(() => signal.aborted).toBe(true);
        expect(signal.reason).toEqual(new Error('away'));
        await world.comeBack();
        await expect.poll(() => one.coordination.isConnected).toBe(true);
        await expect.poll(() => two.coordination.isConnected).toBe(true);
        expect(await one.coordination.isAlive(two.coordination.ownerId)).toBe(true);
      });
    });

    test('no handler failed', () => expect([...one.bugs, ...two.bugs]).toEqual([]));
  });
}
