import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPlainAddress, nextOfLink } from './link.ts';

test.each([
  ['<https://a.test/x?page=2>; rel="next"', 'https://a.test/x?page=2'],
  [
    '<https://a.test/x?page=9>; rel="last", <https://a.test/x?page=2>; rel=next',
    'https://a.test/x?page=2',
  ],
  ['</x?a=1,2;b>; title="a, b; \\"c\\""; REL="prev NEXT"', '/x?a=1,2;b'],
  ['<?page=2>;rel="next";results="true"', '?page=2'],
  ['<x>; rel="first"; rel="next"', ''],
  ['<x>; rel="next"; anchor="#other"', ''],
  ['<x>; rel="nextpage"', ''],
  ['<x>; rel*=UTF-8\'\'next, <y>; rel="next"', 'y'],
  ['<x>; rel="prev" ,  <y> ; rel = "next"', 'y'],
  ['<x>; flag; rel="next"', 'x'],
  ['x; rel="next"', ''],
  ['', ''],
  ['<x', ''],
  [`<${'x'.repeat(3000)}>; rel="next"`, ''],
])('%s', (header, wanted) => {
  expect(nextOfLink(header)).toBe(wanted);
});

test('reads any header in bounded time', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('<', '>', ';', ',', '"', '=', ' ', 'rel', 'next', '\\', 'a'), {
        maxLength: 400,
      }),
      (parts) => {
        expect(typeof nextOfLink(parts.join(''))).toBe('string');
      },
    ),
  );
  expect(nextOfLink(`<a>${'; a'.repeat(5000)}`)).toBe('');
  expect(nextOfLink(`<a>; a="${'\\'.repeat(16_000)}`)).toBe('');
});

test.each([
  ['/x?a=1', true],
  ['https://a.test/x', true],
  ['', false],
  ['/a b', false],
  ['/a\r\nHost: b', false],
  ['/é', false],
  [`/${'x'.repeat(3000)}`, false],
])('%j can be an address: %s', (text, wanted) => {
  expect(isPlainAddress(text)).toBe(wanted);
});
