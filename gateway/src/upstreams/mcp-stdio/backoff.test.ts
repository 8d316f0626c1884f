import { describe, expect, test } from 'vitest';
import { createBackoff } from './backoff.ts';

function timeline() {
  let nowMs = 1_000_000;
  return {
    clock: { nowMs: () => nowMs, after: () => ({ cancel: () => {} }) },
    move: (ms: number) => {
      nowMs += ms;
    },
  };
}

const VALUES = { baseMs: 100, maxMs: 1000, maxRestarts: 6, windowMs: 60_000 };

describe('createBackoff', () => {
  test('doubles up to the maximum', () => {
    const backoff = createBackoff(VALUES, timeline().clock, () => 0.999_999);
    const delays = Array.from({ length: 6 }, () => backoff.nextDelayMs());
    expect(delays).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  test('waits at least half of each step', () => {
    const backoff = createBackoff(VALUES, timeline().clock, () => 0);
    expect([backoff.nextDelayMs(), backoff.nextDelayMs()]).toEqual([50, 100]);
  });

  test('stops at the cap and goes on when the window has moved', () => {
    const time = timeline();
    const backoff = createBackoff(VALUES, time.clock);
    for (let count = 0; count < 6; count += 1) expect(backoff.nextDelayMs()).toBeDefined();
    expect(backoff.nextDelayMs()).toBeUndefined();
    time.move(60_001);
    expect(backoff.nextDelayMs()).toBeDefined();
  });

  test('a success shortens the delay but does not lift the cap', () => {
    const backoff = createBackoff(VALUES, timeline().clock, () => 0.999_999);
    const delays = [];
    for (let count = 0; count < 7; count += 1) {
      delays.push(backoff.nextDelayMs());
      backoff.succeeded();
    }
    expect(delays).toEqual([100, 100, 100, 100, 100, 100, undefined]);
  });

  test('a wall clock that is set back lifts the cap instead of freezing it', () => {
    const time = timeline();
    const backoff = createBackoff(VALUES, time.clock);
    for (let count = 0; count < 6; count += 1) backoff.nextDelayMs();
    time.move(-500_000);
    expect(backoff.nextDelayMs()).toBeDefined();
  });
});
