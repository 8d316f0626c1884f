import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { depthOf } from './depth.ts';

function naiveDepth(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(naiveDepth));
}

const depthOfText = (text: string): number => {
  const bytes = Buffer.from(text);
  return depthOf(bytes, 0, bytes.length);
};

describe('depth', () => {
  test.each([
    ['1', 0],
    ['"[[["', 0],
    ['[]', 1],
    ['{"a":[{}]}', 3],
    ['[[],[[]],[]]', 3],
    ['"\\""', 0],
    ['["\\\\",["\\"["]]', 2],
    [`["${'x'.repeat(100)}\\"[[",[]]`, 2],
    [`["${'\\\\'.repeat(100)}",[]]`, 2],
    [`["${'\\\\'.repeat(100)}\\"",[]]`, 2],
  ])('of %s is %i', (text, expected) => {
    expect(depthOfText(text)).toBe(expected);
  });

  test('is that of the parsed value, with strings of every length at the boundary', () => {
    const text = fc.string({ unit: fc.constantFrom('"', '\\', '[', '{', 'é', 'x'), maxLength: 40 });
    const values = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 6 },
        text,
        fc.integer(),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(text, tie('value'), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(values.value, (value) => {
        expect(depthOfText(JSON.stringify(value))).toBe(naiveDepth(value));
      }),
      { numRuns: 1000 },
    );
  });

  test('looks at nothing outside its range', () => {
    const bytes = Buffer.from('[[["a",{"b":[]}]]]');
    expect(depthOf(bytes, 3, 6)).toBe(0);
    expect(depthOf(bytes, 7, 15)).toBe(2);
  });

  test('of very deep text costs no stack', () => {
    expect(depthOfText('['.repeat(200_000) + ']'.repeat(200_000))).toBe(200_000);
  });
});
