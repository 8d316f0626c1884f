import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ADMIN_KIND, ITEM_KINDS, type ItemId } from './ids.ts';
import { compilePattern } from './patterns.ts';

const id = (text: string): ItemId => {
  const [, kind = '', upstream = '', name = ''] = /^(\w+):([^/]*)\/(.*)$/s.exec(text) ?? [];
  const known = ([ADMIN_KIND, ...ITEM_KINDS] as const).find((each) => each === kind);
  return { kind: known ?? 'tool', upstream, name };
};

function matches(pattern: string, item: ItemId): boolean {
  const compiled = compilePattern(pattern);
  if (typeof compiled === 'string') throw new Error(compiled);
  return compiled.matches(item);
}

describe('patterns', () => {
  test.each([
    ['*', 'tool:crm/get', true],
    ['*', 'resource:docs/file:///a', true],
    ['crm/*', 'tool:crm/get', true],
    ['crm/*', 'prompt:crm/', true],
    ['crm/*', 'tool:crm2/get', false],
    ['crm/get', 'tool:crm/get', true],
    ['crm/get', 'tool:crm/get_all', false],
    ['crm/GET', 'tool:crm/get', false],
    ['crm/get*', 'tool:crm/get', true],
    ['crm/*get', 'tool:crm/forget', true],
    ['crm/*get*', 'tool:crm/x', false],
    ['*/get', 'tool:crm/get', true],
    ['c*m/get', 'tool:crm/get', true],
    ['tool:crm/*', 'tool:crm/get', true],
    ['tool:crm/*', 'prompt:crm/get', false],
    ['resource:docs/file:///public/*', 'resource:docs/file:///public/a/b', true],
    ['resource:docs/file:///public/*', 'resource:docs/file:///private', false],
    ['docs/file:///*', 'resource:docs/file:///a', true],
    ['docs/*/b', 'resource:docs/a/x/b', true],
    ['crm/a.c', 'tool:crm/abc', false],
    ['crm/[a]', 'tool:crm/a', false],
    ['crm/ab*ba', 'tool:crm/aba', false],
    ['crm/ab*ba', 'tool:crm/abba', true],
    ['crm/a**b', 'tool:crm/ab', true],
    ['crm/a\nb', 'tool:crm/a\nb', true],
    ['crm/*', 'tool:crm/a\nb', true],
    ['*', 'admin:drawbridge/keys.write', false],
    ['*/*', 'admin:drawbridge/keys.write', false],
    ['drawbridge/*', 'admin:drawbridge/keys.write', false],
    ['tool:drawbridge/*', 'admin:drawbridge/keys.write', false],
    ['admin:*/*', 'admin:drawbridge/keys.write', true],
    ['admin:drawbridge/*.read', 'admin:drawbridge/keys.write', false],
    ['admin:drawbridge/*', 'tool:drawbridge/keys.write', false],
  ])('%j of %j: %s', (pattern, text, wanted) => {
    expect(matches(pattern, id(text))).toBe(wanted);
  });

  test.each([
    ['crm', 'write <upstream id>/<name>, for example "crm/*"'],
    ['', 'for example "crm/*"'],
    ['/get', 'has no upstream'],
    ['tool:', 'has no upstream'],
    ['tool:crm', 'for example "crm/*"'],
    ['crm/', 'write "crm/*"'],
    ['toll:crm/get', '"toll" is no kind of item'],
    [':crm/get', 'is no kind of item'],
    ['**', 'has no upstream'],
  ])('%j is refused and says: %s', (pattern, words) => {
    expect(compilePattern(pattern)).toContain(words);
  });

  test('match what their translation to a regular expression matches', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/', ':'), maxLength: 8 });
    const glob = fc.string({
      unit: fc.constantFrom('a', 'b', '/', ':', '*', '.', '\n'),
      minLength: 1,
      maxLength: 8,
    });
    const regex = (part: string): RegExp =>
      new RegExp(`^${part.replaceAll('.', '\\.').replaceAll('*', '[^]*')}$`);
    fc.assert(
      fc.property(
        fc.constantFrom('', ...ITEM_KINDS),
        fc.constantFrom('a', 'b', 'a*', '*b', '*', 'a*b'),
        glob,
        fc.constantFrom(...ITEM_KINDS),
        fc.constantFrom('a', 'b', 'ab', 'aab'),
        fc.oneof(letters, glob),
        (kind, upstream, name, itemKind, itemUpstream, itemName) => {
          const pattern = `${kind === '' ? '' : `${kind}:`}${upstream}/${name}`;
          const item = { kind: itemKind, upstream: itemUpstream, name: itemName };
          const wanted =
            (kind === '' || kind === itemKind) &&
            regex(upstream).test(itemUpstream) &&
            regex(name).test(itemName);
          expect(matches(pattern, item)).toBe(wanted);
        },
      ),
      { numRuns: 20_000 },
    );
  });

  test('take time in proportion to the text, however many stars they have', () => {
    const pattern = `a/${'*a'.repeat(200)}*b`;
    const item: ItemId = { kind: 'tool', upstream: 'a', name: 'a'.repeat(20_000) };
    expect(matches(pattern, item)).toBe(false);
    expect(matches(pattern, { ...item, name: `${item.name}b` })).toBe(true);
  });
});
