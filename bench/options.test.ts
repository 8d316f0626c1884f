import { expect, test } from 'vitest';
import { readOptions } from './options.ts';

test('the defaults are those of the measured promise', () => {
  expect(readOptions(['governed'])).toEqual({
    command: 'governed',
    slices: 40,
    sliceMs: 400,
    runs: 3,
    warmup: 20_000,
    connections: 32,
    budget: 3.8,
    access: false,
    latency: false,
    json: false,
    entry: undefined,
  });
  expect(readOptions(['hop']).budget).toBeUndefined();
  expect(readOptions(['governed', '--access'])).toMatchObject({ access: true, budget: undefined });
  expect(readOptions(['governed', '--access', '--budget', '5'])).toMatchObject({ budget: 5 });
});

test.each([
  [[], 'name one command'],
  [['fast'], 'name one command'],
  [['hop', 'governed'], 'name one command'],
  [['hop', '--budget', '3'], '--budget is for "governed"'],
  [['hop', '--access'], '--access is for "governed"'],
  [['governed', '--budget', 'low'], '--budget takes a positive number'],
  [['governed', '--runs', '0'], '--runs takes a whole number from 1 to 20'],
  [['governed', '--slices', '4.5'], '--slices takes a whole number'],
  [['governed', '--unknown'], '--unknown'],
])('%j is refused', (args, sentence) => {
  expect(() => readOptions(args)).toThrow(sentence);
});
