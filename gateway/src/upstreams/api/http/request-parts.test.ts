import { expect, test } from 'vitest';
import { bodyOf, headersOf, targetOf } from './request-parts.ts';

const CARRIED = { headers: [], query: [], cookies: [], tokenOf: '', scopes: [] } as const;

test('configured headers win over arguments, and credentials over both', () => {
  const headers = headersOf(
    { headers: ['Accept', 'a/b', 'X-A', '1', 'X-B', '1', 'X-C', '1', 'X-C', '2'] },
    ['x-b', '2', 'x-key', 'configured'],
    { ...CARRIED, headers: ['X-Key', 'credential'] },
  );
  expect(headers).toEqual([
    'accept',
    'a/b',
    'x-a',
    '1',
    'x-b',
    '2',
    'x-c',
    '1, 2',
    'x-key',
    'credential',
  ]);
});

test('nothing of a document says where a request goes or how it is framed', () => {
  const names = ['Host', 'Content-Length', 'Transfer-Encoding', 'Connection', 'Expect'];
  expect(headersOf({ headers: names.flatMap((name) => [name, 'x']) }, [], CARRIED)).toEqual([]);
});

test('a credential in a cookie replaces one that an argument wrote', () => {
  const carried = { ...CARRIED, cookies: [['sid', 'secret']] as const };
  expect(headersOf({ headers: ['Cookie', 'a=1; sid=forged; b=2'] }, [], carried)).toEqual([
    'cookie',
    'a=1; b=2; sid=secret',
  ]);
});

test.each([
  ['http://h/p?a=1', '/p?a=1&api%20key=s%26t'],
  ['http://h/p', '/p?api%20key=s%26t'],
  ['http://h/p?api%20key=forged&a=%2F', '/p?a=%2F&api%20key=s%26t'],
  ['http://h/p?api+key=forged', '/p?api%20key=s%26t'],
  ['http://h/p?%61pi%20key=forged&api key', '/p?api%20key=s%26t'],
  ['http://h/p?%zz=1', '/p?%zz=1&api%20key=s%26t'],
])('a credential in the query of %s makes it %s', (url, expected) => {
  const carried = { ...CARRIED, query: [['api key', 's&t']] as const };
  expect(targetOf(new URL(url), carried)).toBe(expected);
});

test.each([
  ['POST', null, 0],
  ['PUT', null, 0],
  ['GET', null, undefined],
  ['DELETE', null, undefined],
  ['GET', Buffer.from('ab'), 2],
])('%s with the body %j has the length %j', (method, body, length) => {
  expect(bodyOf({ method, body })?.length).toBe(length);
});
