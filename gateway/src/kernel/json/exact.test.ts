import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ExactNumber, parseExact, stringifyExact } from './exact.ts';

const digits = fc.stringMatching(/^(?:0|[1-9][0-9]{0,24})$/);
const fraction = fc.stringMatching(/^(?:\.[0-9]{1,20})?$/);
const exponent = fc.stringMatching(/^(?:[eE][+-]?[0-9]{1,3})?$/);
const numbers = fc
  .tuple(fc.constantFrom('', '-'), digits, fraction, exponent)
  .map((parts) => parts.join(''));
const texts = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    numbers,
    fc.constantFrom('true', 'false', 'null'),
    fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
    fc.array(tie('value'), { maxLength: 4 }).map((all) => `[${all.join(',')}]`),
    fc
      .uniqueArray(
        fc.tuple(
          fc.oneof(fc.constant('__proto__'), fc.stringMatching(/^[a-z_]{1,8}$/)),
          tie('value'),
        ),
        {
          maxLength: 4,
          selector: ([key]) => key,
        },
      )
      .map((all) => `{${all.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`),
  ),
})).value;

describe('exact JSON', () => {
  test('a number is written as it was read', () => {
    fc.assert(
      fc.property(numbers, (text) => {
        expect(stringifyExact(parseExact(text))).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  test('a compact text is written as it was read', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(stringifyExact(parseExact(text))).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['9007199254740993', true],
    ['1.0', true],
    ['1.50', true],
    ['1e400', true],
    ['1E2', true],
    ['-0', true],
    ['-0.0', true],
    ['0.0000001', true],
    ['0.1234567890123456789', true],
    ['9007199254740991', false],
    ['0.000001', false],
    ['-0.5', false],
    ['12.05', false],
    ['10', false],
  ])('%s is wrapped: %s', (text, isWrapped) => {
    const value = parseExact(text);
    expect(value instanceof ExactNumber).toBe(isWrapped);
    expect(stringifyExact([value])).toBe(`[${text}]`);
  });

  test.each(['{"__proto__":{"a":1}}', '{"__proto__":{"a":1.0}}'])(
    '%s changes no prototype',
    (text) => {
      const value = parseExact(text);
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      expect(Object.keys(value ?? {})).toEqual(['__proto__']);
      expect(stringifyExact(value)).toBe(text);
    },
  );

  test('what is no number cannot be written as one', () => {
    expect(() => stringifyExact(new ExactNumber('1,2'))).toThrow(SyntaxError);
  });

  test.each([
    '{"a":01}',
    '{1.0:2}',
    '{1.0 :2}',
    '1.0.0',
    '1.0 2.0',
    '[1.0',
    '"1.0',
    '-',
    '[1.50 "a"]',
    '',
  ])('what is no JSON stays none: %s', (text) => {
    expect(() => parseExact(text)).toThrow(SyntaxError);
  });

  test('whatever JSON.parse takes is taken, and nothing else', () => {
    const mutated = fc
      .tuple(texts, fc.nat(), fc.constantFrom('', '0', '"', '\\', ':', '1.0', '-', ','))
      .map(
        ([text, at, put]) =>
          `${text.slice(0, at % (text.length + 1))}${put}${text.slice((at % (text.length + 1)) + 1)}`,
      );
    const outcome = (read: () => unknown): string => {
      try {
        return JSON.stringify(read(), (_key, value: unknown) =>
          value instanceof ExactNumber ? Number(value.text) : value,
        );
      } catch {
        return 'refused';
      }
    };
    fc.assert(
      fc.property(mutated, (text) => {
        const exact = outcome(() => JSON.parse(stringifyExact(parseExact(text))));
        expect(exact).toBe(outcome(() => JSON.parse(text)));
      }),
      { numRuns: 2000 },
    );
  });
});
