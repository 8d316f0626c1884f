import { expect, test } from 'vitest';
import { evenOrder } from './even-order.ts';

test.each([0, 1, 2, 3, 8, 13, 400, 1000])('%i places come once each', (count) => {
  const places = [...evenOrder(count)];
  expect(places.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, at) => at));
});

test('every beginning is spread over all', () => {
  const first = [...evenOrder(1000)].slice(0, 100).toSorted((a, b) => a - b);
  const gaps = first.slice(1).map((place, at) => place - (first[at] ?? 0));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(20);
  expect(first.at(-1)).toBeGreaterThan(950);
});
