import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allocateArgumentNames } from './allocate-names.ts';

const wanted = (...names: [string, string][]) => names.map(([name, suffix]) => ({ name, suffix }));

describe('names of arguments', () => {
  test.each([
    ['petId', 'petId'],
    ['X-Request-Id', 'X-Request-Id'],
    ['a.b', 'a.b'],
    ['filter[name]', 'filter_name'],
    ['ids[]', 'ids'],
    ['$top', 'top'],
    ['@type', 'type'],
    ['naïve name', 'naive_name'],
    ['__proto__', 'proto'],
    ['_page', '_page_query'],
    ['_fields', '_fields_query'],
  ])('%s is called %s', (name, expected) => {
    expect(allocateArgumentNames(wanted([name, 'query']))).toEqual([expected]);
  });

  test('who comes later gets a suffix', () => {
    const names = wanted(['id', 'path'], ['id', 'query'], ['id', 'body'], ['$id', 'body']);
    expect(allocateArgumentNames(names)).toEqual(['id', 'id_query', 'id_body', 'id_body2']);
  });

  test('a name without any usable character is one of its own', () => {
    const [first, second] = allocateArgumentNames(wanted(['名前', 'query'], ['住所', 'query']));
    expect(first).toMatch(/^argument_[0-9a-f]{6}$/);
    expect(second).not.toBe(first);
  });

  test('all are usable and different, whatever the API calls them', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('a', 'a_body', '$a', 'a_query'),
    );
    const suffix = fc.constantFrom('path', 'query', 'body');
    fc.assert(
      fc.property(fc.array(fc.record({ name, suffix }), { maxLength: 12 }), (list) => {
        const names = allocateArgumentNames(list);
        expect(new Set(names).size).toBe(list.length);
        for (const one of names) expect(one).toMatch(/^[a-zA-Z0-9_.-]{1,64}$/);
      }),
    );
  });
});
