import { describe, expect, test } from 'vitest';
import { LOCAL } from '../../../../test/kit/exchange.ts';
import { itemBindings, type BoundArgument, type JsonObject } from '../../kernel/index.ts';
import { boundSchema, declares } from './bind-schema.ts';

interface Said {
  readonly fix?: unknown;
  readonly default?: unknown;
  readonly hide?: boolean;
}

const bound = (name: string, said: Said): BoundArgument => {
  const value = JSON.stringify(said.fix ?? said.default);
  return {
    name,
    path: name.startsWith('/') ? name.slice(1).split('/') : [name],
    kind: said.fix !== undefined ? 'fix' : said.default !== undefined ? 'default' : 'hide',
    isHidden: said.hide === true,
    isNamed: false,
    shown: said.hide === true ? undefined : value,
    valueFor: () => value,
  };
};

function shown(schema: JsonObject, said: Readonly<Record<string, Said>>): JsonObject | string {
  const all = Object.entries(said).map(([name, each]) => bound(name, each));
  expect(all.map(({ valueFor }) => valueFor(LOCAL))).toHaveLength(all.length);
  return boundSchema(schema, itemBindings(all).root);
}

const A = { type: 'string', description: 'An a.' };
const FLAT = { type: 'object', properties: { a: A, b: {} }, required: ['a', 'b'], x: 1 };
const FILTER = { type: 'object', properties: { a: A, n: {} }, required: ['a'] };

describe('a schema as callers are shown it', () => {
  test.each<[string, JsonObject, Record<string, Said>, JsonObject]>([
    [
      'a fixed argument is its only value, and need not be sent',
      FLAT,
      { a: { fix: 'v' } },
      {
        type: 'object',
        x: 1,
        properties: { a: { ...A, const: 'v', default: 'v' }, b: {} },
        required: ['b'],
      },
    ],
    [
      'a default is said, and need not be sent',
      FLAT,
      { a: { default: 'v' } },
      { type: 'object', x: 1, properties: { a: { ...A, default: 'v' }, b: {} }, required: ['b'] },
    ],
    [
      'a hidden one is not there, nor in examples',
      { ...FLAT, examples: [{ a: 1 }], default: { a: 1 } },
      { a: { hide: true }, b: { default: 1 } },
      { type: 'object', x: 1, properties: { b: { default: 1 } } },
    ],
    [
      'one inside another, which then need not be sent',
      { type: 'object', properties: { f: FILTER }, required: ['f'] },
      { '/f/a': { fix: 'v', hide: true } },
      { type: 'object', properties: { f: { type: 'object', properties: { n: {} } } } },
    ],
    [
      'references on the way are followed, and what nobody refers to any more goes',
      {
        type: 'object',
        properties: { f: { $ref: '#/$defs/F', description: 'Which.' } },
        $defs: { F: FILTER, G: {} },
      },
      { '/f/a': { hide: true } },
      {
        type: 'object',
        properties: { f: { type: 'object', description: 'Which.', properties: { n: {} } } },
        $defs: { G: {} },
      },
    ],
    [
      'others may go on to refer to the same',
      {
        type: 'object',
        properties: { f: { $ref: '#/$defs/F' }, g: { $ref: '#/$defs/F' } },
        $defs: { F: FILTER },
      },
      { '/f/a': { hide: true } },
      {
        type: 'object',
        properties: { f: { type: 'object', properties: { n: {} } }, g: { $ref: '#/$defs/F' } },
        $defs: { F: FILTER },
      },
    ],
    [
      'an object or null is an object, where something is put in',
      { properties: { f: { anyOf: [FILTER, { type: 'null' }], default: null } } },
      { '/f/a': { fix: 'v' } },
      {
        properties: {
          f: { type: 'object', properties: { a: { ...A, const: 'v', default: 'v' }, n: {} } },
        },
      },
    ],
    [
      'a single allOf is what it holds',
      { properties: { f: { allOf: [FILTER], title: 'F' } } },
      { '/f/a': { hide: true } },
      { properties: { f: { type: 'object', title: 'F', properties: { n: {} } } } },
    ],
    [
      'beside other keywords a fixed value is one more condition',
      { ...FLAT, anyOf: [{ required: ['a'] }, { required: ['b'] }] },
      { a: { fix: 'v' } },
      {
        type: 'object',
        x: 1,
        anyOf: [{ required: ['a'] }, { required: ['b'] }],
        properties: { a: { ...A, const: 'v', default: 'v' }, b: {} },
        required: ['b'],
      },
    ],
    [
      'what no schema speaks of is added',
      { type: 'object' },
      { a: { fix: 1 } },
      { type: 'object', properties: { a: { const: 1, default: 1 } } },
    ],
    [
      'members called like what every object inherits are members',
      { type: 'object', properties: JSON.parse('{"__proto__":{"type":"string"},"a":{}}') },
      { a: { hide: true } },
      { type: 'object', properties: JSON.parse('{"__proto__":{"type":"string"}}') },
    ],
  ])('%s', (_case, schema, said, expected) => {
    expect(JSON.stringify(shown(schema, said), sorted)).toBe(JSON.stringify(expected, sorted));
  });

  test.each<[string, JsonObject, Record<string, Said>]>([
    ['allOf speaks of it', { ...FLAT, allOf: [{ required: ['a'] }, {}] }, { a: { hide: true } }],
    [
      'a condition speaks of it',
      { ...FLAT, if: { properties: { a: { const: 1 } } } },
      { a: { hide: true } },
    ],
    ['others depend on it', { ...FLAT, dependentRequired: { b: ['a'] } }, { a: { hide: true } }],
    [
      'something refers elsewhere',
      { ...FLAT, allOf: [{ $ref: '#/$defs/X' }, {}] },
      { a: { hide: true } },
    ],
    [
      'a reference leads out',
      { properties: { f: { $ref: 'https://x/y' } } },
      { '/f/a': { fix: 1 } },
    ],
    [
      'a reference leads nowhere',
      { properties: { f: { $ref: '#/$defs/F' } } },
      { '/f/a': { fix: 1 } },
    ],
    [
      'a schema refers to itself',
      { properties: { f: { $ref: '#/properties/f' } } },
      { '/f/a': { fix: 1 } },
    ],
    ['it is forbidden', { properties: { a: false } }, { a: { fix: 1 } }],
    [
      'what it lies in takes only whole values',
      { properties: { f: { enum: [{ a: 1 }] } } },
      { '/f/a': { hide: true } },
    ],
  ])('is not made up where %s', (_case, schema, said) => {
    expect(shown(schema, said)).toBeTypeOf('string');
  });
});

test.each<[string, JsonObject, string[], boolean]>([
  ['has it', FLAT, ['a'], true],
  ['has it not', FLAT, ['z'], false],
  ['has it inside', { properties: { f: FILTER } }, ['f', 'a'], true],
  ['has it not inside', { properties: { f: FILTER } }, ['f', 'z'], false],
  ['speaks of it elsewhere', { allOf: [{ properties: { a: {} } }, {}] }, ['a'], true],
  ['refers to who knows what', { allOf: [{ $ref: '#/x' }, {}] }, ['a'], true],
  ['is open and says nothing', { type: 'object' }, ['a'], false],
  ['has only what every object inherits', { properties: {} }, ['toString'], false],
])('a schema that %s', (_case, schema, path, expected) => {
  expect(declares(schema, path)).toBe(expected);
});

function sorted(_key: string, value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;
}
