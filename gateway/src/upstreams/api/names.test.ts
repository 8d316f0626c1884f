import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_NAME, nameOf, wordsOf } from './name-words.ts';
import { allocateNames, type NameWish } from './names.ts';

const wish = (key: string, text: string): NameWish => ({ key, words: wordsOf(text) });
const namesOf = (wishes: readonly NameWish[], known?: ReadonlyMap<string, string>) =>
  new Map([...allocateNames(wishes, known)].map(([key, { name }]) => [key, name]));

describe('words of a name', () => {
  test.each([
    ['listPets', 'list_pets'],
    ['getHTTPResponse', 'get_http_response'],
    ['Pets_list-all.v2', 'pets_list_all_v2'],
    ['PetsAPIClient2', 'pets_api_client2'],
    ['Größe ändern', 'gro_e_andern'],
    ['__proto__', 'proto'],
    ['取得', ''],
  ])('%s is %s', (text, name) => {
    expect(wordsOf(text).join('_')).toBe(name);
  });

  test('what is too long loses noise first, then its middle, and is marked', () => {
    const noisy = wordsOf('api v1 service list all the pets of one owner in one country');
    expect(nameOf(noisy, 'k')).toBe('list_all_the_pets_of_one_owner_in_country');
    const long = wordsOf(Array.from({ length: 30 }, (_, i) => `word${i}`).join(' '));
    expect(nameOf(long, 'k')).toMatch(/^word0_word1_.*word29_[0-9a-f]{6}$/);
    expect(nameOf(long, 'k')).not.toBe(nameOf(long, 'other'));
    expect(nameOf(['x'.repeat(200)], 'k')).toHaveLength(MAX_NAME);
    expect(nameOf([], 'k')).toMatch(/^operation_[0-9a-f]{6}$/);
  });
});

describe('allocation', () => {
  test('who wants a name alone has it; rivals are all marked', () => {
    const names = namesOf([wish('a', 'getPet'), wish('b', 'get_pet'), wish('c', 'list')]);
    expect(names.get('c')).toBe('list');
    expect(names.get('a')).toMatch(/^get_pet_[0-9a-f]{6}$/);
    expect(names.get('b')).not.toBe(names.get('a'));
  });

  test('a known name stays, and the new one calls it, too', () => {
    const known = new Map([['a', 'old-Name']]);
    expect(allocateNames([wish('a', 'fresh')], known).get('a')).toEqual({
      name: 'old-Name',
      aliases: ['fresh'],
    });
    const both = allocateNames([wish('a', 'fresh'), wish('b', 'fresh')], known);
    expect(both.get('a')).toEqual({ name: 'old-Name', aliases: [] });
  });

  test('a known name that another wants goes to whom it belongs', () => {
    const names = namesOf([wish('a', 'one'), wish('b', 'two')], new Map([['b', 'one']]));
    expect(names.get('b')).toBe('one');
    expect(names.get('a')).toMatch(/^one_[0-9a-f]{6}$/);
  });

  test.each([['not a name'], ['x'.repeat(49)], ['']])('the known name "%s" is void', (name) => {
    expect(namesOf([wish('a', 'one')], new Map([['a', name]])).get('a')).toBe('one');
  });

  const text = fc.oneof(
    fc.constantFrom('list', 'get pet', 'getPet', 'get_pet', 'a'.repeat(90), '', '取得'),
    fc.string({ maxLength: 80 }),
  );
  const wishes = fc
    .uniqueArray(fc.record({ key: fc.string({ minLength: 1 }), text }), {
      selector: ({ key }) => key,
      maxLength: 30,
    })
    .map((list) => list.map((one) => wish(one.key, one.text)));

  test('names are unique, valid and the same whatever the order', () => {
    fc.assert(
      fc.property(wishes, fc.infiniteStream(fc.nat()), (list, random) => {
        const names = namesOf(list);
        expect(new Set(names.values()).size).toBe(list.length);
        for (const name of names.values()) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,48}$/);
        const shuffled = list
          .map((one) => ({ one, at: random.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ one }) => one);
        expect(Object.fromEntries(namesOf(shuffled))).toEqual(Object.fromEntries(names));
      }),
    );
  });

  test('names stay when operations come and go', () => {
    fc.assert(
      fc.property(wishes, wishes, (before, added) => {
        const names = namesOf(before);
        const keys = new Set(before.map(({ key }) => key));
        const after = namesOf([...added.filter(({ key }) => !keys.has(key)), ...before], names);
        for (const [key, name] of names) expect(after.get(key)).toBe(name);
        expect(new Set(after.values()).size).toBe(after.size);
      }),
    );
  });

  test('no alias is the name or the alias of another', () => {
    fc.assert(
      fc.property(wishes, (list) => {
        const known = new Map(list.slice(0, 5).map(({ key }, index) => [key, `known_${index}`]));
        const all = [...allocateNames(list, known).values()];
        const called = all.flatMap(({ name, aliases }) => [name, ...aliases]);
        expect(new Set(called).size).toBe(called.length);
      }),
    );
  });
});
