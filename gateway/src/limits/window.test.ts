import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WindowCount } from './window.ts';

const MINUTE_MS = 60_000;

/** Keeps every event, and adds up anew each time. */
class NaiveCount {
  private readonly events: { readonly atMs: number; readonly cost: number }[] = [];

  used(nowMs: number, windowMs: number): number {
    const start = Math.floor(nowMs / windowMs) * windowMs;
    const reach = 1 - (nowMs - start) / windowMs;
    let used = 0;
    for (const { atMs, cost } of this.events) {
      if (atMs >= start) used += cost;
      else if (atMs >= start - windowMs) used += cost * reach;
    }
    return used;
  }

  within(fromMs: number, toMs: number): number {
    const inside = this.events.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
    return inside.reduce((sum, { cost }) => sum + cost, 0);
  }

  add(atMs: number, cost: number): void {
    this.events.push({ atMs, cost });
  }
}

const step = fc.record({
  waitMs: fc.oneof(fc.nat(2000), fc.nat(200_000)),
  cost: fc.oneof(fc.constant(1), fc.nat(30)),
});
const steps = fc.array(step, { maxLength: 80 });

describe('a count over a sliding window', () => {
  test('says what a naive count of all events says', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 20 }), (all, max) => {
        const count = new WindowCount(MINUTE_MS);
        const naive = new NaiveCount();
        let nowMs = 1_000_000;
        for (const { waitMs, cost } of all) {
          nowMs += waitMs;
          const room = max - 1 - naive.used(nowMs, MINUTE_MS);
          const isOpen = count.closedForMs(nowMs, max) === 0;
          const isTie = Math.abs(room) < 1e-6;
          // Where the two are equal but for rounding, either answer is right.
          expect(isOpen || isTie).toBe(room > 0 || isTie);
          if (!isOpen) continue;
          count.take(nowMs, cost);
          naive.add(nowMs, cost);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('lets at most as many through within an aligned window, and twice as many within any', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 20 }), (all, max) => {
        const count = new WindowCount(MINUTE_MS);
        const naive = new NaiveCount();
        let nowMs = 0;
        for (const { waitMs } of all) {
          nowMs += waitMs % 5000;
          if (count.closedForMs(nowMs, max) > 0) continue;
          count.take(nowMs, 1);
          naive.add(nowMs, 1);
          const start = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
          expect(naive.within(start, start + MINUTE_MS)).toBeLessThanOrEqual(max);
          expect(naive.within(nowMs - MINUTE_MS, nowMs + 1)).toBeLessThanOrEqual(2 * max);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('is open when it says it will be, and not a millisecond before', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 20 }), (all, max) => {
        const count = new WindowCount(MINUTE_MS);
        let nowMs = 0;
        for (const { waitMs, cost } of all) {
          nowMs += waitMs;
          count.take(nowMs, cost);
          const closedMs = count.closedForMs(nowMs, max);
          expect(closedMs).toBeLessThanOrEqual(2 * MINUTE_MS);
          if (closedMs === 0) continue;
          const justBefore = count.closedForMs(nowMs + closedMs - 1, max);
          expect(justBefore).toBeGreaterThan(0);
          nowMs += closedMs;
          expect(count.closedForMs(nowMs, max)).toBe(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('goes on counting where the clock is set back', () => {
    const count = new WindowCount(MINUTE_MS);
    count.take(10 * MINUTE_MS, 5);
    expect(count.closedForMs(5 * MINUTE_MS, 5)).toBeGreaterThan(0);
    expect(count.closedForMs(7 * MINUTE_MS, 5)).toBe(0);
  });

  test('is idle when nothing of it is left', () => {
    const count = new WindowCount(MINUTE_MS);
    expect(count.isIdle(0)).toBe(true);
    count.take(0, 1);
    expect(count.isIdle(2 * MINUTE_MS - 1)).toBe(false);
    expect(count.isIdle(2 * MINUTE_MS)).toBe(true);
  });
});
