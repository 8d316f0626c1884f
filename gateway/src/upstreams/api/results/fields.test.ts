import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExact, type Json, type JsonObject } from '../../../kernel/index.ts';
import { dropEmpty } from './drop-empty.ts';
import { selectFields } from './fields.ts';
import { findAt, mainList, pathText, replaceAt } from './paths.ts';

const ANSWER: Json = {
  items: [
    { id: 1, name: 'a', owner: { login: 'x', id: 7 } },
    { id: 2, name: 'b', owner: null },
  ],
  'a.b': { c: 1, d: 2 },
  next: null,
};

describe('_fields', () => {
  test.each<[string[], Json]>([
    [['items.name'], { items: [{ name: 'a' }, { name: 'b' }] }],
    [['items[].name'], { items: [{ name: 'a' }, { name: 'b' }] }],
    [['$.items[*].name'], { items: [{ name: 'a' }, { name: 'b' }] }],
    [['items.id', 'next'], { items: [{ id: 1 }, { id: 2 }], next: null }],
    [['items.owner.login'], { items: [{ owner: { login: 'x' } }, { owner: null }] }],
    [
      ['items.owner', 'items.owner.id'],
      { items: [{ owner: { login: 'x', id: 7 } }, { owner: null }] },
    ],
    [['a.b.c'], { 'a.b': { c: 1 } }],
  ])('%j', (fields, wanted) => {
    expect(selectFields(ANSWER, fields, null)).toMatchObject({ value: wanted, unknown: [] });
  });

  test('names the nearest where a path is unknown, and keeps everything where all are', () => {
    const some = selectFields(ANSWER, ['items.nmae', 'items.id'], null);
    expect(some.value).toEqual({ items: [{ id: 1 }, { id: 2 }] });
    expect(some.unknown).toEqual([{ path: 'items.nmae', nearest: expect.any(Array) }]);
    expect(some.unknown[0]?.nearest[0]).toBe('items.name');
    const none = selectFields(ANSWER, ['login', 'items.name.first'], null);
    expect(none.value).toBe(ANSWER);
    expect(none.unknown[0]?.nearest[0]).toBe('items.owner.login');
  });

  test('does not call unknown what the schema has or an empty list may have', () => {
    const schema: JsonObject = {
      type: 'object',
      properties: { items: { type: 'array', items: { $ref: '#/$defs/item' } } },
      $defs: { item: { type: 'object', properties: { note: { type: 'string' } } } },
    };
    expect(selectFields(ANSWER, ['items.note'], schema).unknown).toEqual([]);
    expect(selectFields({ items: [] }, ['items.anything'], null)).toEqual({
      value: { items: [] },
      unknown: [],
    });
  });

  test('never throws and never invents', () => {
    const anyJson = fc.jsonValue({ maxDepth: 4 }).map((value) => parseExact(JSON.stringify(value)));
    fc.assert(
      fc.property(
        anyJson,
        fc.array(fc.string({ maxLength: 12 }), { maxLength: 5 }),
        (value, fields) => {
          const { value: smaller } = selectFields(value, fields, null);
          expect(JSON.stringify(smaller).length).toBeLessThanOrEqual(JSON.stringify(value).length);
        },
      ),
    );
  });
});

describe('places', () => {
  test.each<[string, Json | undefined]>([
    ['', ANSWER],
    ['items.0.name', 'a'],
    ['items[1].name', 'b'],
    ['/items/0/owner/login', 'x'],
    ['a.b.c', 1],
    ['/a.b/c', 1],
    ['items.name', undefined],
    ['items.7', undefined],
    ['constructor', undefined],
  ])('%s', (path, wanted) => {
    expect(findAt(ANSWER, path)?.value).toEqual(wanted);
  });

  test('can be replaced, said in words and found again', () => {
    const found = findAt(ANSWER, 'a.b.c');
    expect(found?.segments).toEqual(['a.b', 'c']);
    expect(pathText(found?.segments ?? [])).toBe('/a.b/c');
    const changed = replaceAt(ANSWER, found?.segments ?? [], 5);
    expect(findAt(changed, '/a.b/c')?.value).toBe(5);
  });

  test('the list an answer is about is the longest that only objects lead to', () => {
    expect(mainList({ a: [1], data: { rows: [1, 2, 3] } })?.segments).toEqual(['data', 'rows']);
    expect(mainList([[1, 2, 3]])?.segments).toEqual([]);
    expect(mainList({ a: 1 })).toBeUndefined();
  });
});

test('empty members are dropped from the inside out, items of lists stay', () => {
  expect(dropEmpty({ a: null, b: '', c: { d: [] }, e: [null, {}], f: 0, g: false })).toEqual({
    e: [null, {}],
    f: 0,
    g: false,
  });
});
