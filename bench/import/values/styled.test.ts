import { expect, test } from 'vitest';
import type { DescribedParameter } from './described.ts';
import { matchPath } from './paths.ts';
import { isSame, parseWritten } from './same.ts';
import { decodeForm, decodePercent, readPairs, readText, type RawPair } from './styled.ts';

const LIST = ['a,b', 'c d'];
const OBJECT = { k: 'x&y', l: '%' };

const declared = (over: Partial<DescribedParameter>): DescribedParameter => ({
  name: 'n',
  in: 'query',
  isLegacy: false,
  style: 'form',
  explode: true,
  collectionFormat: '',
  mediaType: '',
  ...over,
});
const inPath = (style: string, explode = false) => declared({ in: 'path', style, explode });
const legacy = (collectionFormat: string) =>
  declared({ isLegacy: true, style: '', explode: false, collectionFormat });

test.each([
  [inPath('simple'), 'value', 'a%2Fb', 'a/b'],
  [inPath('simple'), 'list', 'a%2Cb,c%20d', LIST],
  [inPath('simple'), 'object', 'k,x%26y,l,%25', OBJECT],
  [inPath('simple', true), 'object', 'k=x%26y,l=%25', OBJECT],
  [inPath('label'), 'list', '.a%2Cb,c%20d', LIST],
  [inPath('label', true), 'list', '.a%2Cb.c%20d', LIST],
  [inPath('matrix'), 'value', ';n=a%3B', 'a;'],
  [inPath('matrix'), 'list', ';n=a%2Cb,c%20d', LIST],
  [inPath('matrix', true), 'list', ';n=a%2Cb;n=c%20d', LIST],
  [inPath('matrix', true), 'object', ';k=x%26y;l=%25', OBJECT],
] as const)('a path of %j, %s', (of, shape, raw, expected) => {
  expect(readText(of, shape, raw, decodePercent)).toEqual(expected);
});

test.each([
  [
    declared({}),
    'list',
    [
      ['n', 'a%2Cb'],
      ['n', 'c%20d'],
    ],
    LIST,
  ],
  [declared({ explode: false }), 'list', [['n', 'a%2Cb,c%20d']], LIST],
  [
    declared({}),
    'object',
    [
      ['k', 'x%26y'],
      ['l', '%25'],
    ],
    OBJECT,
  ],
  [declared({ explode: false }), 'object', [['n', 'k,x%26y,l,%25']], OBJECT],
  [
    declared({ style: 'deepObject' }),
    'object',
    [
      ['n%5Bk%5D', 'x%26y'],
      ['n[l]', '%25'],
    ],
    OBJECT,
  ],
  [declared({ style: 'deepObject' }), 'object', [['n[a][b]', '%2525']], { a: { b: '%25' } }],
  [declared({ style: 'pipeDelimited', explode: false }), 'list', [['n', 'a%2Cb%7Cc%20d']], LIST],
  [declared({ style: 'spaceDelimited', explode: false }), 'object', [['n', 'k%201']], { k: '1' }],
  [legacy('csv'), 'list', [['n', 'a%2Cb,c%20d']], LIST],
  [legacy('tsv'), 'list', [['n', 'a%2Cb%09c%20d']], LIST],
  [
    legacy('multi'),
    'list',
    [
      ['n', 'a%2Cb'],
      ['n', 'c%20d'],
    ],
    LIST,
  ],
  [declared({}), 'value', [['n', '']], ''],
  [declared({}), 'value', [], undefined],
] as const)('pairs of %j, %s', (of, shape, raw, expected) => {
  const pairs: readonly RawPair[] = raw;
  expect(readPairs(of, shape, pairs, decodeForm)).toEqual(expected);
});

test.each([
  ['/a/{b}', '/a/x%2Fy', { b: 'x%2Fy' }],
  ['/a/{b}.json', '/a/1.json', { b: '1' }],
  ['/a b/{b}?c=d#e', '/a%20b/1', { b: '1' }],
  ['/a/:b', '/a/1', { b: '1' }],
  ['/a/{other}', '/a/1', { b: '1', other: '1' }],
])('%s is %s', (template, path, expected) => {
  expect(Object.fromEntries(matchPath(template, path, ['b']) ?? [])).toEqual(expected);
});

test.each([
  ['/a/{b}', '/a/x/y'],
  ['/a/{b}', '/b/x'],
])('%s is not %s', (template, path) => expect(matchPath(template, path, ['b'])).toBeUndefined());

test.each([
  [1, '1', true],
  [1, '1.0', false],
  [true, 'true', true],
  ['true', true, false],
  [[1, 2], ['1'], false],
  [{ a: 1 }, { a: '1', b: '2' }, false],
  [{ a: [1] }, '{"a":[1]}', true],
  ['', undefined, false],
])('%j and %j are the same: %s', (sent, got, expected) => {
  expect(isSame(sent, got)).toBe(expected);
});

test('numbers are the same as they are written', () => {
  expect(isSame(1e21, parseWritten('1e+21'))).toBe(true);
  expect(isSame(9007199254740992, parseWritten('9007199254740993'))).toBe(false);
});
