import { expect, test } from 'vitest';
import { cookieName, readCookie, writeCookie } from './cookies.ts';

test.each([
  ['a=1', '1'],
  ['b=2; a=1', '1'],
  ['a=1=2', '1=2'],
  ['a=1; a=2', undefined],
  ['a=1;a=1', undefined],
  ['xa=1', undefined],
  ['a', undefined],
  ['a=', undefined],
  ['', undefined],
  [undefined, undefined],
  [`a=1; b=${'x'.repeat(20_000)}`, undefined],
])('%j holds %j', (header, expected) => expect(readCookie(header, 'a')).toBe(expected));

test('is bound to the host where there is TLS', () => {
  const name = cookieName('session', true);
  expect(writeCookie({ name, value: 'v', maxAgeSeconds: 60 }, true)).toBe(
    '__Host-drawbridge_session=v; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Lax',
  );
  const plain = cookieName('session', false);
  expect(writeCookie({ name: plain, value: '', maxAgeSeconds: 0 }, false)).toBe(
    'drawbridge_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax',
  );
});
