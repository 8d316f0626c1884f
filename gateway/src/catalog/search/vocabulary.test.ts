import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Vocabulary } from './vocabulary.ts';

const STEMS = ['branch', 'branches', 'brunch', 'calendar', 'cat', 'convert', 'kubernet', 'tensor'];
const vocabulary = new Vocabulary(STEMS);
const named = (found: ReturnType<Vocabulary['similar']>) => found.map(({ stem }) => STEMS[stem]);

describe('a vocabulary', () => {
  test('finds every stem and no other', () => {
    for (const [at, stem] of STEMS.entries()) expect(vocabulary.find(stem)).toBe(at);
    for (const stem of ['', 'branc', 'zebra', 'a']) expect(vocabulary.find(stem)).toBe(-1);
  });

  test.each([
    ['bran', ['branch', 'branches']],
    ['c', ['calendar', 'cat', 'convert']],
    ['z', []],
  ])('what begins with %s: %j', (start, expected) => {
    const { start: from, end } = vocabulary.beginning(start);
    expect(STEMS.slice(from, end)).toEqual(expected);
  });

  test.each([
    ['brnach', ['branch']],
    ['brnch', ['branch', 'brunch']],
    ['calender', ['calendar']],
    ['kubrenets', ['kubernet']],
    ['cta', []],
    ['completely', []],
  ])('what %s may have been: %j', (typed, expected) => {
    expect(named(vocabulary.similar(typed))).toEqual(expected);
  });

  test.each([
    ['convertir', 'convert'],
    ['cats', undefined],
    ['convert', undefined],
  ])('%s begins with %s', (word, expected) => {
    expect(STEMS[vocabulary.beginningOf(word)]).toBe(expected);
  });

  test('one swapped, lost or doubled letter of a long word is found', () => {
    const words = fc.string({
      unit: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
      minLength: 8,
      maxLength: 12,
    });
    fc.assert(
      fc.property(words, fc.nat(6), fc.constantFrom('swap', 'lose', 'double'), (word, at, how) => {
        const [head, a, b, tail] = [word.slice(0, at), word[at], word[at + 1], word.slice(at + 2)];
        const typed =
          how === 'swap'
            ? `${head}${b}${a}${tail}`
            : how === 'lose'
              ? `${head}${b}${tail}`
              : `${head}${a}${a}${b}${tail}`;
        expect(new Vocabulary([word]).similar(typed)).toHaveLength(1);
      }),
    );
  });
});
