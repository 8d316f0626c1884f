import { expect, test } from 'vitest';
import { quantile, spread } from './statistics.ts';

test.each([
  [[5], 0.25, 5],
  [[4, 1, 3, 2], 0, 1],
  [[4, 1, 3, 2], 1, 4],
  [[4, 1, 3, 2], 0.5, 2.5],
  [[1, 2, 3, 4, 5], 0.25, 2],
  [[10, 20], 0.25, 12.5],
])('quantile of %j at %d is %d', (values, share, expected) => {
  expect(quantile(values, share)).toBe(expected);
});

test('a spread leaves its input alone and needs a value', () => {
  const values = [3, 1, 2];
  expect(spread(values)).toEqual({ min: 1, lowerQuartile: 1.5, median: 2 });
  expect(values).toEqual([3, 1, 2]);
  expect(() => spread([])).toThrow('no values');
});
