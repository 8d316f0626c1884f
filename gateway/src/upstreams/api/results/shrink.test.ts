import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExact, stringifyExact, type Json } from '../../../kernel/index.ts';
import { createSizes } from './json-shape.ts';
import { shrink } from './shrink.ts';

const anyJson: fc.Arbitrary<Json> = fc
  .oneof(
    fc.jsonValue({ maxDepth: 5 }),
    fc.array(fc.record({ id: fc.integer(), text: fc.string({ maxLength: 300 }) }), {
      maxLength: 60,
    }),
    fc.dictionary(fc.string(), fc.string({ unit: 'binary', maxLength: 100 }), { maxKeys: 60 }),
  )
  .map((value) => parseExact(JSON.stringify(value)));

describe('shrink', () => {
  test('measures what stringify writes', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(createSizes().of(value)).toBe(stringifyExact(value).length);
      }),
    );
    const exact = parseExact('{"a":1e400,"b":[-0,1.0],"é\\n":"\\ud800"}');
    expect(createSizes().of(exact)).toBe(stringifyExact(exact).length);
  });

  test('gives valid JSON within the length, and the value itself where it fits', () => {
    fc.assert(
      fc.property(anyJson, fc.integer({ min: 2, max: 2000 }), (value, maxChars) => {
        const { value: smaller, cuts } = shrink(value, maxChars);
        const text = stringifyExact(smaller);
        expect(text.length).toBeLessThanOrEqual(maxChars);
        JSON.parse(text);
        const fits = stringifyExact(value).length <= maxChars;
        expect([smaller === value, cuts.length === 0]).toEqual([fits, fits]);
      }),
      { numRuns: 1000 },
    );
  });

  test('keeps the first items whole and says how many', () => {
    const items = Array.from({ length: 100 }, (_, id) => ({ id, name: `name ${id}` }));
    const { value, cuts } = shrink({ total: 100, items }, 500);
    expect(value).toMatchObject({ total: 100, items: items.slice(0, 18) });
    expect(cuts).toEqual([{ segments: ['items'], unit: 'items', kept: 18, of: 100 }]);
  });

  test('shortens texts in items rather than showing one item only', () => {
    const items = Array.from({ length: 10 }, (_, id) => ({ id, text: 'x'.repeat(1000) }));
    const { value, cuts } = shrink(items, 1000);
    expect(value).toHaveLength(5);
    expect(cuts[0]).toEqual({ segments: [], unit: 'items', kept: 5, of: 10 });
  });

  test('never ends within a character', () => {
    for (let maxChars = 3; maxChars < 20; maxChars++) {
      expect(JSON.stringify(shrink('😀'.repeat(20), maxChars).value)).not.toContain('\\ud');
    }
  });

  test('tells first of what is nearest to the root', () => {
    const deep = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [`k${at}`, { a: { b: 'x'.repeat(500) } }]),
    );
    const { cuts } = shrink({ deep, list: Array.from({ length: 3000 }, (_, at) => at) }, 3000);
    expect(cuts[0]?.segments).toEqual(['list']);
  });
});
