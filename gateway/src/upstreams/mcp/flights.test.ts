import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { Flights, type Timed } from './flights.ts';

class Entry implements Timed<Entry> {
  deadlineMs = 0;
  next: Entry | undefined;
  previous: Entry | undefined;
  expiredAtMs = -1;
  private readonly list: Flights<Entry>;
  private readonly clock: ManualClock;

  constructor(list: Flights<Entry>, clock: ManualClock) {
    this.list = list;
    this.clock = clock;
    list.add(this);
  }

  expire(): void {
    this.expiredAtMs = this.clock.nowMs();
    this.list.remove(this);
  }
}

test('whatever comes and goes, each expires when its own time is over, with one timer for all', async () => {
  const step = fc.oneof(
    fc.constant('add' as const),
    fc.record({ remove: fc.nat(30) }),
    fc.record({ wait: fc.integer({ min: 1, max: 900 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const clock = new ManualClock(0);
      const list = new Flights<Entry>(clock, 1000);
      const open: { entry: Entry; addedMs: number }[] = [];
      for (const each of steps) {
        if (each === 'add') open.push({ entry: new Entry(list, clock), addedMs: clock.nowMs() });
        else if ('wait' in each) await clock.advance(each.wait);
        else {
          const [gone] = open.splice(each.remove % Math.max(1, open.length), 1);
          if (gone !== undefined && gone.entry.expiredAtMs < 0) list.remove(gone.entry);
        }
        const waiting = open.filter(({ entry }) => entry.expiredAtMs < 0);
        expect(list.all()).toEqual(waiting.map(({ entry }) => entry));
        expect(list.size).toBe(waiting.length);
        expect(clock.pending).toBeLessThanOrEqual(1);
        for (const { entry, addedMs } of open) {
          const isDue = clock.nowMs() - addedMs >= 1000;
          expect(entry.expiredAtMs).toBe(isDue ? addedMs + 1000 : -1);
        }
      }
    }),
  );
});

test('says when it is empty', async () => {
  const clock = new ManualClock(0);
  const list = new Flights<Entry>(clock, 1000);
  await list.empty();
  const entry = new Entry(list, clock);
  const empty = list.empty().then(() => list.size);
  list.remove(entry);
  expect(await empty).toBe(0);
});
