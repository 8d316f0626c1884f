import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Place } from './place.ts';

const place = new Place('https://tools.example.com/');

describe('the address to come back to', () => {
  test.each([
    ['/admin/v1/keys', '/admin/v1/keys'],
    ['/console/?tab=keys&of=a%20b', '/console/?tab=keys&of=a%20b'],
    ['/a/../b#part', '/b'],
    [undefined, '/login'],
    ['', '/login'],
    ['//evil.example', '/login'],
    ['/\\evil.example', '/login'],
    ['/a\\..\\..\\evil', '/login'],
    ['https://evil.example/', '/login'],
    ['https:evil', '/login'],
    ['javascript:alert(1)', '/login'],
    ['/\t/evil.example', '/login'],
    ['/\n/evil.example', '/login'],
    ['/.//evil.example', '/login'],
    ['/a/..//evil.example', '/login'],
    ['/ä', '/login'],
    [`/${'a'.repeat(3000)}`, '/login'],
  ])('%j leads to %j', (asked, expected) => expect(place.returnPath(asked)).toBe(expected));

  test('never leads anywhere else', () => {
    const piece = fc.constantFrom('/', '\\', '.', '..', '@', ':', '\t', '%2f', 'evil.example', '?');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const path = place.returnPath(`/${pieces.join('')}`);
        expect(new URL(path, 'https://tools.example.com/login').origin).toBe(
          'https://tools.example.com',
        );
      }),
    );
  });
});

test('addresses are those of server.publicUrl', () => {
  expect(place.redirectUri(undefined)).toBe('https://tools.example.com/oauth/callback');
  const below = new Place('http://127.0.0.1:8080/gate/');
  expect(below.redirectUri('work')).toBe('http://127.0.0.1:8080/gate/oauth/callback/work');
  expect([below.link('/login'), below.isSecure]).toEqual(['/gate/login', false]);
});
