import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { POST, send } from '../../../test/kit/outbound.ts';
import { RawServer } from '../../../test/kit/raw-server.ts';
import { isHeaderName, isHeaderValue, openPool } from './index.ts';
import type { OutboundRequest } from './outbound.ts';
import { RequestHeads } from './request-head.ts';

const HOST = 'example.com:8080';

function writeRequestHead(request: OutboundRequest): string | undefined {
  return new RequestHeads(HOST).write(request);
}

test('a request is written as it stands', () => {
  const headers = ['x-a', '1', 'X-B', 'é\t"ü"', 'x-empty', ''];
  expect(writeRequestHead({ ...POST, path: '/mcp?a=b%20c', headers })).toBe(
    'POST /mcp?a=b%20c HTTP/1.1\r\nhost: example.com:8080\r\nx-a: 1\r\nX-B: é\t"ü"\r\nx-empty: \r\n' +
      'content-length: 2\r\n\r\n',
  );
  expect(writeRequestHead({ method: 'GET', path: '/', headers: [], body: null })).toBe(
    'GET / HTTP/1.1\r\nhost: example.com:8080\r\n\r\n',
  );
});

const BAD = [
  ['a carriage return', '\r'],
  ['a line feed', '\n'],
  ['a line end', '\r\n'],
  ['a line end and a header', '\r\nx-evil: 1'],
  ['a line end and a request', '\r\n\r\nGET /evil HTTP/1.1\r\nhost: x'],
  ['a folded line', '\r\n b'],
  ['a NUL', '\0'],
  ['a DEL', '\x7f'],
  ['an escape', '\x1b'],
  ['a wide character', '\u0100'],
  ['a character whose low byte is a line feed', '\u010a'],
  ['a character whose low byte is a carriage return', '\u560d'],
  ['a surrogate pair', '\u{1f600}'],
] as const;

describe.each(BAD)('%s', (_what, bad) => {
  test.each([
    ['the path', { path: `/mcp${bad}` }],
    ['a name', { headers: [`x-a${bad}`, '1', 'x-b', '2'] }],
    ['a value', { headers: ['x-a', `1${bad}2`, 'x-b', '2'] }],
    ['the end of a value', { headers: ['x-a', `1${bad}`] }],
    ['the start of a value', { headers: ['x-a', `${bad}1`] }],
  ])('in %s is an error, and nothing is sent', async (_where, request) => {
    await using server = await RawServer.listen();
    const pool = openPool(server.origin, { connectTimeoutMs: 5000, maxConnections: 1 });
    const sent = send(pool, {}, request);
    expect(await sent.over).toBe('error');
    expect(sent).toMatchObject({ heard: ['error'], failed: null });
    expect(server.peers).toHaveLength(0);
    await pool.destroy();
  });
});

test.each([
  ['a path with a space', { path: '/mcp HTTP/1.1' }],
  ['a path that is none', { path: 'mcp' }],
  ['an empty path', { path: '' }],
  ['a path with Latin-1', { path: '/é' }],
  ['a name with a colon', { headers: ['x: y', '1'] }],
  ['a name with a space', { headers: ['x ', '1'] }],
  ['an empty name', { headers: ['', '1'] }],
  ['a name without a value', { headers: ['x-a', '1', 'x-b'] }],
])('%s is an error', (_what, request) => {
  expect(writeRequestHead({ ...POST, ...request })).toBeUndefined();
});

test('a head that is known makes no other request good that would look the same', () => {
  const heads = new RequestHeads(HOST);
  const two = { ...POST, headers: ['x-a', '1', 'x-b', '2'] };
  const forged = { ...POST, headers: ['x-a', '1\r\nx-b: 2'] };
  const odd = { ...POST, headers: ['x-a', '1', 'x-b', '2', 'x-c'] };
  for (let i = 0; i < 3; i++) {
    expect(heads.write(two)).toContain('x-b: 2\r\ncontent-length: 2\r\n\r\n');
    expect(heads.write(forged)).toBeUndefined();
    expect(heads.write(odd)).toBeUndefined();
  }
  expect(heads.write({ ...two, body: Buffer.from('123') })).toContain('content-length: 3\r\n');
  for (let i = 0; i < 1000; i++) {
    expect(heads.write({ ...POST, headers: ['x-a', `${i}`] })).toContain(`x-a: ${i}\r\n`);
    expect(heads.write({ ...POST, headers: ['x-a', `${i}\n`] })).toBeUndefined();
  }
});

test('whatever stands in a request, its head has the lines that were written or is none', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', ':', ' ', '\r', '\n', '\r\n', '\t', 'é', '\0', 'Ā'),
  });
  fc.assert(
    fc.property(text, fc.array(fc.tuple(text, text), { maxLength: 4 }), (path, pairs) => {
      const head = writeRequestHead({ ...POST, path: `/${path}`, headers: pairs.flat() });
      if (head === undefined) return;
      const lines = head.split('\r\n');
      expect(lines).toHaveLength(pairs.length + 5);
      expect(lines.slice(2, -3)).toEqual(pairs.map(([name, value]) => `${name}: ${value}`));
      expect(pairs.every(([name]) => isHeaderName(name))).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['', true],
  ['a', true],
  ['a b\tc', true],
  ['é', true],
  [' a', false],
  ['a ', false],
  ['a\r\nb', false],
  ['Ā', false],
])('isHeaderValue(%j): %s', (value, expected) => {
  expect(isHeaderValue(value)).toBe(expected);
});

test.each([
  ['x-a', true],
  ['!#$%', true],
  ['', false],
  ['a b', false],
  ['a:', false],
  ['é', false],
  ['x'.repeat(257), false],
])('isHeaderName(%j): %s', (name, expected) => {
  expect(isHeaderName(name)).toBe(expected);
});
