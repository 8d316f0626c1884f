/** Schemas and values that were made to be judged for ever. */
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../kernel/index.ts';
import { ArgumentChecker } from './checker.ts';

/** What takes seconds here took hours without bounds. */
const TIMEOUT = { timeout: 20_000 };

const ref = (name: string): JsonObject => ({ $ref: `#/$defs/${name}` });
const range = (length: number): number[] => [...Array.from({ length }).keys()];
const each = (count: number, entry: (at: number) => readonly [string, Json]): JsonObject =>
  Object.fromEntries(range(count).map(entry));

/** Two definitions a level, each a choice of both of the next. */
const ladder = (keyword: string, levels: number): JsonObject => ({
  ...each(levels, (at) => [`A${at}`, { [keyword]: [ref(`A${at + 1}`), ref(`B${at + 1}`)] }]),
  ...each(levels, (at) => [`B${at}`, { [keyword]: [ref(`B${at + 1}`), ref(`A${at + 1}`)] }]),
  [`A${levels}`]: { type: 'object', required: ['x'] },
  [`B${levels}`]: { type: 'object', required: ['y'] },
});

function check(defs: JsonObject, values: JsonObject, more: JsonObject = {}): string {
  const properties = { a: ref('A0'), ...more };
  const input = { type: 'object', properties, required: ['a'], $defs: defs };
  const checked = new ArgumentChecker(input).check(values);
  return checked.kind === 'wrong' ? checked.text : 'fine';
}

const nested = (levels: number): Json =>
  JSON.parse(`${'{"n":'.repeat(levels)}1${'}'.repeat(levels)}`) as Json;

describe('a check ends', () => {
  test.each<[string, JsonObject, Json]>([
    ['with choices of choices', ladder('oneOf', 40), { x: 1 }],
    ['with any of any', ladder('anyOf', 40), { z: 1 }],
    ['with all of all', ladder('allOf', 40), { x: 1, y: 1 }],
    ['with a list of itself', { A0: { type: 'array', items: ref('A0') } }, [[[]], []]],
    ['with a definition that is itself', { A0: { allOf: [ref('A0')] } }, 1],
    ['with a choice of itself', { A0: { anyOf: [ref('A0'), ref('A0'), ref('A0')] } }, 1],
    [
      'with two ways down at every level',
      {
        A0: {
          oneOf: range(4).map((at) => ({
            title: `${at}`,
            type: 'object',
            properties: { n: ref('A0') },
          })),
        },
      },
      nested(30),
    ],
    [
      'with members that need members that need members',
      {
        ...each(6, (at) => [
          `A${at}`,
          {
            type: 'object',
            required: range(100).map((name) => `p${name}`),
            properties: each(100, (name) => [`p${name}`, ref(`A${at + 1}`)]),
          },
        ]),
        A6: { type: 'string' },
      },
      'wrong',
    ],
    [
      'with a thousand choices of a thousand',
      {
        A0: { oneOf: range(1000).map(() => ref('M')) },
        M: { oneOf: range(1000).map((at) => ({ const: at })) },
      },
      'x',
    ],
    [
      'with many items of many choices',
      {
        A0: {
          type: 'array',
          items: { oneOf: range(300).map((at) => ({ type: 'object', required: [`r${at}`] })) },
        },
      },
      range(50_000).map(() => ({})),
    ],
  ])('%s', TIMEOUT, (_what, defs, a) => {
    expect(check(defs, { a }).length).toBeLessThan(20_000);
  });

  test.each([
    '^(a+)+$',
    '(a|aa)+$',
    '[a-z]{1,1000}[0-9]',
    '(?:[ab]?){1000}[0-9]',
    `${'.*'.repeat(400)}[0-9]`,
    '(?:(?:a|b){0,500}){0,2}[0-9]',
    '((a{0,99}){0,99}){0,99}$',
    '('.repeat(1000),
  ])('with the pattern %s', TIMEOUT, (pattern) => {
    const defs = {
      A0: { type: 'string', pattern },
      O: { type: 'object', properties: { s: ref('A0') } },
    };
    const long = `${'a'.repeat(900_000)}!`;
    expect(check(defs, { a: long }).length).toBeLessThan(20_000);
    const many = range(10_000).map(() => ({ s: 'a'.repeat(90) }));
    expect(
      check(defs, { a: 'a', b: many }, { b: { type: 'array', items: ref('O') } }).length,
    ).toBeLessThan(20_000);
  });

  test('with a thousand patterns', TIMEOUT, () => {
    const defs = {
      A0: {
        type: 'object',
        properties: each(1000, (at) => [
          `p${at}`,
          { type: 'string', pattern: `(?:[ab]?){900}${at}` },
        ]),
      },
    };
    expect(check(defs, { a: each(1000, (at) => [`p${at}`, 'ab']) }).length).toBeLessThan(20_000);
  });
});

test('what costs little is judged as ever, also after what cost too much', () => {
  const input = {
    type: 'object',
    properties: {
      a: { type: 'string', pattern: '^[a-z]{1,63}$' },
      b: { type: 'string', pattern: '[a-z]{1,1000}[0-9]' },
    },
  };
  const checker = new ArgumentChecker(input);
  expect(checker.check({ a: 'A' }).kind).toBe('wrong');
  expect(checker.check({ b: 'a'.repeat(900_000) }).kind).toBe('fine');
  expect(checker.check({ a: 'A' }).kind).toBe('wrong');
  expect(checker.check({ a: 'abc', b: 'a1' }).kind).toBe('fine');
});
