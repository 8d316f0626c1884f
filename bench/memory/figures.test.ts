import { expect, test } from 'vitest';
import { failuresOf, shareOf } from './figures.ts';
import type { Reading } from './reading.ts';

const NONE: Reading = { pssBytes: 1000, heapBytes: 500, externalBytes: 100, timers: 5 };
const reading = (pssBytes: number, timers = 5): Reading => ({ ...NONE, pssBytes, timers });

test('a share is what came in between, divided', () => {
  expect(shareOf('call', 10, NONE, { ...NONE, pssBytes: 3000, heapBytes: 600 })).toMatchObject({
    pssBytes: 200,
    heapBytes: 10,
    externalBytes: 0,
    moreTimers: 0,
  });
});

test.each([
  ['a share at its floor', reading(1000 + 20_480), []],
  ['one above it', reading(1000 + 20_736), ['10 x call: 2.02 KB each, 2 allowed']],
  ['a timer for all', reading(1000, 6), []],
  ['a timer for each', reading(1000, 15), ['10 x call: 10 more timers are set']],
])('%s', (_what, after, failures) => {
  expect(failuresOf(shareOf('call', 10, NONE, after, 2048))).toEqual(failures);
});

test('without a floor nothing fails', () => {
  expect(failuresOf(shareOf('call', 10, NONE, reading(1_000_000, 500)))).toEqual([]);
});
