import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ITEM_KINDS, type ItemId } from '../../kernel/index.ts';
import { MAX_NAME_LENGTH, MIN_NAME_LENGTH, publicName } from './names.ts';

const tool = (upstream: string, name: string): ItemId => ({ upstream, kind: 'tool', name });
const HASHED = /_(?=[a-z]*[2-7])[a-z2-7]{10}$/;

describe('public names', () => {
  test.each([
    ['crm', 'get_contact', 'crm__get_contact'],
    ['crm', 'getContact', 'crm__getContact'],
    ['a-b', '-x_y-', 'a-b__-x_y-'],
    ['a', '__x', 'a____x'],
    ['git', 'create_repository', 'git__create_repository'],
    ['a', 'x'.repeat(61), `a__${'x'.repeat(61)}`],
  ])('%s and %s make %s', (upstream, name, expected) => {
    expect(publicName(tool(upstream, name), MAX_NAME_LENGTH)).toBe(expected);
  });

  test.each([
    ['one character too long', 'x'.repeat(62), `a__${'x'.repeat(50)}`],
    ['a dot', 'x.y', 'a__x_y'],
    ['a slash', 'x/y', 'a__x_y'],
    ['an emoji, one code point', 'x🙂y', 'a__x_y'],
    ['half a surrogate pair', 'x\ud83dy', 'a__x_y'],
    ['something that looks like a hash', 'x_abcdefgh2j', 'a__x_abcdefgh2j'],
    ['only what looks like a hash', 'abcdefgh2j', 'a__abcdefgh2j'],
  ])('%s ends in a hash', (_case, name, head) => {
    const found = publicName(tool('a', name), MAX_NAME_LENGTH);
    expect(found).toMatch(HASHED);
    expect(found.slice(0, -11)).toBe(head);
  });

  test('never change between releases', () => {
    expect(publicName(tool('a', 'x.y'), 64)).toBe('a__x_y_p3se4nappm');
    expect(publicName({ upstream: 'a', kind: 'prompt', name: 'x.y' }, 64)).not.toBe(
      'a__x_y_p3se4nappm',
    );
  });

  const upstreamIds = fc.constantFrom('a', 'a-b', 'crm', 'crm-2', `x${'-long'.repeat(6)}`);
  const shared = 'shared_prefix_of_one_hundred_twenty_characters_'.repeat(3).slice(0, 120);
  const names = fc.oneof(
    { weight: 3, arbitrary: fc.string({ maxLength: 8 }).map((end) => shared + end) },
    { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom('_', 'a', 'A', '-', '.', '/') }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 140 }) },
    { weight: 1, arbitrary: fc.stringMatching(/^[A-Za-z]{1,5}__[a-z2-7_]{8,14}$/) },
    { weight: 1, arbitrary: fc.constantFrom('Get', 'get', 'GET', 'gEt', 'get_', 'get__') },
  );
  const ids = fc.record({
    upstream: upstreamIds,
    kind: fc.constantFrom(...ITEM_KINDS),
    name: names,
  });
  const key = (id: ItemId): string => JSON.stringify([id.upstream, id.kind, id.name]);

  test('are injective within their kind, in the alphabet and not too long', () => {
    const maxLengths = fc.integer({ min: MIN_NAME_LENGTH, max: MAX_NAME_LENGTH });
    fc.assert(
      fc.property(
        fc.uniqueArray(ids, { selector: key, minLength: 20, maxLength: 60 }),
        maxLengths,
        (set, maxLength) => {
          const taken = new Map<string, string>();
          for (const id of set) {
            const name = publicName(id, maxLength);
            expect(name).toMatch(/^[a-zA-Z0-9_-]+$/);
            expect(name.length).toBeLessThanOrEqual(maxLength);
            const owner = taken.get(`${id.kind} ${name}`);
            expect(owner === undefined || owner === key(id), `${owner} and ${key(id)}`).toBe(true);
            taken.set(`${id.kind} ${name}`, key(id));
          }
        },
      ),
    );
  });

  test('a set of long names, a fifth of them cut and more: no two alike', () => {
    const set: ItemId[] = [];
    for (const upstream of ['crm', 'files', 'a-rather-long-upstream-id-here']) {
      for (let n = 0; n < 1000; n++) {
        const end = n.toString(36).padStart(8, '0');
        set.push(tool(upstream, shared + end), tool(upstream, shared + end.toUpperCase()));
        set.push(tool(upstream, `plain_${n}`), tool(upstream, `Plain_${n}`));
        set.push(tool(upstream, `dot.${n}/x`), tool(upstream, `dot/${n}.x`));
      }
    }
    const unique = new Map(set.map((id) => [key(id), id]));
    const items = [...unique.values()];
    const all = items.map((id) => publicName(id, MAX_NAME_LENGTH));
    expect(new Set(all).size).toBe(items.length);
    const cut = all.filter((name) => HASHED.test(name)).length;
    expect(cut / all.length).toBeGreaterThan(0.2);
  });

  test('a name made to look like the public name of another is given a hash of its own', () => {
    const victim = publicName(tool('a', 'x.y'), MAX_NAME_LENGTH);
    const attack = tool('a', victim.slice('a__'.length));
    expect(publicName(attack, MAX_NAME_LENGTH)).not.toBe(victim);
  });
});
