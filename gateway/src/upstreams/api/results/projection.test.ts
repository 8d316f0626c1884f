import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExact, stringifyExact, type Json } from '../../../kernel/index.ts';
import { checkProjection, compileProjection } from './projection.ts';

function run(expression: string, value: Json): Json | undefined {
  const compiled = compileProjection(expression);
  if (typeof compiled === 'string') throw new Error(compiled);
  return compiled(value);
}

const PEOPLE: Json = {
  people: [
    { name: 'Ada', age: 36, tags: ['a', 'b'], home: { city: 'London' } },
    { name: 'Bob', age: 20, tags: [], home: { city: 'Paris' } },
    { name: 'Cy', age: null, tags: ['c'], home: null },
  ],
  count: 3,
  'odd key': true,
};

describe('projection', () => {
  test.each<[string, Json]>([
    ['count', 3],
    ['"odd key"', true],
    ['missing', null],
    ['missing.deeper', null],
    ['people[0].name', 'Ada'],
    ['people[-1].name', 'Cy'],
    ['people[9]', null],
    ['people[*].name', ['Ada', 'Bob', 'Cy']],
    ['people[*].home.city', ['London', 'Paris']],
    ['people[].tags', [['a', 'b'], [], ['c']]],
    ['people[].tags[]', ['a', 'b', 'c']],
    ['people[*].tags[0]', ['a', 'c']],
    ['people[*].tags | [0]', ['a', 'b']],
    ['people[:2].name', ['Ada', 'Bob']],
    ['people[::-1].name', ['Cy', 'Bob', 'Ada']],
    ['people[1:].name', ['Bob', 'Cy']],
    ['people[?age > `20`].name', ['Ada']],
    ["people[?age >= `20` && name != 'Bob'].name", ['Ada']],
    ["people[?home.city == 'Paris' || name == 'Cy'].name", ['Bob', 'Cy']],
    ['people[?!home].name', ['Cy']],
    ["people[?contains(tags, 'c')].name", ['Cy']],
    ["people[?starts_with(name, 'A')] | [0].age", 36],
    ['people[*].{n: name, c: home.city} | [0]', { n: 'Ada', c: 'London' }],
    ['people[*].[name, age] | [1]', ['Bob', 20]],
    ['{total: count, names: people[*].name}', { total: 3, names: ['Ada', 'Bob', 'Cy'] }],
    ['[count, `"x"`]', [3, 'x']],
    ['people[0].*', ['Ada', 36, ['a', 'b'], { city: 'London' }]],
    ['people[0].home.*', ['London']],
    ['length(people)', 3],
    ['keys(people[0].home)', ['city']],
    ['not_null(missing, count)', 3],
    ["join(', ', people[*].name)", 'Ada, Bob, Cy'],
    ['reverse(sort(people[*].name))', ['Cy', 'Bob', 'Ada']],
    ['type(people)', 'array'],
    ['to_string(people[0].home)', '{"city":"London"}'],
    ['missing || count', 3],
    ['(people | [0]).name', 'Ada'],
    ['@.count', 3],
    ['people[*].name.missing', []],
    ['people.name', null],
  ])('%s', (expression, wanted) => {
    expect(run(expression, PEOPLE)).toEqual(wanted);
  });

  test('keeps numbers as they are written and never reads what objects inherit', () => {
    const value = parseExact('{"a":{"id":9007199254740993},"b":1.0}');
    expect(stringifyExact(run('{x: a.id, y: b}', value) ?? null)).toBe(
      '{"x":9007199254740993,"y":1.0}',
    );
    expect(run('constructor', {})).toBeNull();
    expect(run('"__proto__"', {})).toBeNull();
  });

  test.each([
    ['', 'the end'],
    ['a.', 'after the point'],
    ['a[', 'character 3'],
    ['a[?b', '] is expected'],
    ['a b', 'At character 3'],
    ['{a}', ': is expected'],
    ['nothing(a)', 'There is no function nothing'],
    ['length(a, b)', 'takes 1 argument'],
    ['a[::0]', 'cannot be 0'],
    ['`{`', 'not JSON'],
    ['#', 'Character 1'],
    [`${'('.repeat(200)}a`, 'nested too deep'],
    ['a'.repeat(5000), 'longer than'],
    ['sort_by(a, &b)', 'Character 12'],
  ])('says of %s that %s', (expression, words) => {
    expect(checkProjection(expression)).toContain(words);
  });

  test('an expression that would cost too much ends without a value', () => {
    const long = Array.from({ length: 3000 }, (_, at) => at);
    expect(run('a[?contains(@.b, `1`)]', { a: [] })).toEqual([]);
    const value: Json = Array.from({ length: 3000 }, () => ({ list: long }));
    expect(run('[?contains(list, `-1`)]', value)).toBeUndefined();
  });

  const anyJson: fc.Arbitrary<Json> = fc
    .jsonValue({ maxDepth: 4 })
    .map((v) => parseExact(JSON.stringify(v)));
  const word = fc.constantFrom('a', 'b', '.', '*', '[', ']', '[]', '[?', '{', '}', ':', ',', '|');
  const more = fc.constantFrom(
    '||',
    '&&',
    '!',
    '@',
    '==',
    '<',
    '(',
    ')',
    '1',
    '-1',
    '`1`',
    "'x'",
    'length(',
  );

  test('never throws, whatever the expression and the value', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(word, more), { maxLength: 12 }), anyJson, (words, value) => {
        const compiled = compileProjection(words.join(''));
        const text =
          typeof compiled === 'string' ? compiled : stringifyExact(compiled(value) ?? null);
        expect(text).not.toBe('');
      }),
      { numRuns: 2000 },
    );
  });
});
