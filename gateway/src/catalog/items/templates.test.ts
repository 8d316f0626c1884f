import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileTemplate } from './templates.ts';

describe('templates', () => {
  test.each([
    ['test://template/{id}/data', 'test://template/123/data', true],
    ['test://template/{id}/data', 'test://template/a%2Fb/data', true],
    ['test://template/{id}/data', 'test://template/a/b/data', false],
    ['test://template/{id}/data', 'test://template//data', true],
    ['test://template/{id}/data', 'test://template/1/data/', false],
    ['test://template/{id}/data', 'xtest://template/1/data', false],
    ['file:///{+path}', 'file:///a/b/c.txt?x#y', true],
    ['file:///{path}', 'file:///a/b', false],
    ['file:///{path:3}', 'file:///abc', true],
    ['file:///{a,b}', 'file:///1,2', true],
    ['x://{host}{/segments*}', 'x://h/a/b/c', true],
    ['x://{host}{/segments*}', 'x://h', true],
    ['x://h{?q,r*}', 'x://h?q=1&r=2', true],
    ['x://h{?q}', 'x://h', true],
    ['x://h{?q}', 'x://hq=1', false],
    ['x://h?a=1{&q}', 'x://h?a=1&q=2', true],
    ['x://h{#part}', 'x://h#a/b?c', true],
    ['x://h{.ext}', 'x://h.json', true],
    ['x://h{.ext}', 'x://hjson', false],
    ['x://h{;p}', 'x://h;p=1', true],
    ['{scheme}://x', 'test://x', true],
    ['{+uri}', 'anything://at/all', true],
    ['plain://x', 'plain://x', true],
    ['plain://x', 'plain://xy', false],
    ['a{x}b{y}b', 'aXbYbZb', true],
    ['a{x}b{y}c', 'aXbYb', false],
    ['{a}ab{b}', 'aab', true],
    ['x://{naïve}', 'x://1', false],
    ['x://{', 'x://{', false],
    ['x://}', 'x://}', false],
    ['x://{}', 'x://', false],
    ['x://{a b}', 'x://1', false],
    ['x://{a}{', 'x://1', false],
    ['', '', true],
  ])('%s and %s: %s', (template, uri, expected) => {
    expect(compileTemplate(template)(uri)).toBe(expected);
  });

  test('every simple expansion is matched', () => {
    const literal = fc.string({ unit: fc.constantFrom('a', 'b', '/', ':', '.', '?') });
    const value = fc.string().map((text) => encodeURIComponent(text));
    fc.assert(
      fc.property(fc.array(fc.tuple(literal, value), { maxLength: 10 }), literal, (parts, end) => {
        const template = parts.map(([text], at) => `${text}{v${at}}`).join('') + end;
        const uri = parts.map(([text, filled]) => text + filled).join('') + end;
        expect(compileTemplate(template)(uri)).toBe(true);
      }),
    );
  });

  test('agrees with a backtracking match on small alphabets', () => {
    const parts = fc.array(fc.constantFrom('a', 'b', 'ab', '/', '{x}', '{+x}', '{/x}'), {
      maxLength: 7,
    });
    const uris = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 10 });
    fc.assert(
      fc.property(parts, uris, (some, uri) => {
        const source = some
          .map((part) =>
            part === '{x}' ? '[^/]*' : part === '{+x}' ? '.*' : part === '{/x}' ? '(/.*)?' : part,
          )
          .join('');
        expect(compileTemplate(some.join(''))(uri)).toBe(new RegExp(`^${source}$`).test(uri));
      }),
      { numRuns: 2000 },
    );
  });

  test('no template makes matching explode', () => {
    const template = compileTemplate('{+a}a'.repeat(16));
    expect(template('a'.repeat(8000))).toBe(true);
    expect(template(`${'a'.repeat(8000)}b`)).toBe(false);
    expect(compileTemplate('{+a}a'.repeat(17))('a'.repeat(17))).toBe(false);
  });
});
