import { describe, expect, test } from 'vitest';
import { isArray, isBatch, splitBatch } from './batch.ts';

test.each([
  ['[{}]', true],
  [' \n\t[', true],
  ['{"a":[]}', false],
  ['', false],
  ['   ', false],
])('%j begins as an array does: %s', (text, expected) => {
  expect(isArray(Buffer.from(text))).toBe(expected);
});

test.each([
  ['2025-11-25', false],
  ['2025-06-18', false],
  ['2025-03-26', true],
  ['2024-11-05', false],
  [undefined, false],
])('an array is a batch in %s: %s', (revision, expected) => {
  expect(isBatch(Buffer.from('[]'), revision)).toBe(expected);
});

describe('taken apart', () => {
  test.each<[string, string[]]>([
    ['[{"a":1.0} , {"b":[1,2]},5]', ['{"a":1.0}', '{"b":[1,2]}', '5']],
    ['[]', []],
    ['[{"a":1}', ['[{"a":1}']],
    [`${'['.repeat(200)}${']'.repeat(200)}`, [`${'['.repeat(200)}${']'.repeat(200)}`]],
  ])('%s', (text, expected) => {
    expect(splitBatch(Buffer.from(text)).map(String)).toEqual(expected);
  });
});
