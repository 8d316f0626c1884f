import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HeaderBinding, Item } from '../kernel/index.ts';
import { makeCall, makeExchange } from '../../../test/kit/exchange.ts';
import { checkParamHeaders, decodeMirrored, header } from './headers.ts';

const sentinel = (text: string | Buffer): string =>
  `=?base64?${Buffer.from(text).toString('base64')}?=`;

describe('mirrored values', () => {
  test.each([
    ['us-west1', 'us-west1'],
    ['', ''],
    ['a b\tc', 'a b\tc'],
    ['=?base64?SGVsbG8sIOS4lueVjA==?=', 'Hello, 世界'],
    ['=?base64?IHBhZGRlZCA=?=', ' padded '],
    ['=?base64?bGluZTEKbGluZTI=?=', 'line1\nline2'],
    ['=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=', '=?base64?literal?='],
    ['=?base64??=', ''],
    // Not the whole of the sentinel, or not spelled exactly so: the text itself.
    ['=?base64?=', '=?base64?='],
    ['=?BASE64?YQ==?=', '=?BASE64?YQ==?='],
    ['=?base64?YQ==', '=?base64?YQ=='],
    ['x=?base64?YQ==?=', 'x=?base64?YQ==?='],
    // No base64, or not padded, or not UTF-8.
    ['=?base64?YQ?=', undefined],
    ['=?base64?Y?=', undefined],
    ['=?base64?YQ=?=', undefined],
    ['=?base64?====?=', undefined],
    ['=?base64?YQ==YQ==?=', undefined],
    ['=?base64?Y Q==?=', undefined],
    ['=?base64?YQ-_?=', undefined],
    [sentinel(Buffer.from([0xc3, 0x28])), undefined],
    // What has to be encoded may not stand there as it is.
    ['é', undefined],
    ['a\u0001b', undefined],
    ['a\u007fb', undefined],
    ['=?base64?é?=', undefined],
  ])('%j is %j', (value, expected) => {
    expect(decodeMirrored(value)).toBe(expected);
  });

  test('every text comes back from its encoding', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodeMirrored(sentinel(text))).toBe(text);
      }),
    );
  });
});

test('a header that came twice is none of its values', () => {
  const { head } = makeExchange({ headers: { 'mcp-method': ['ping', 'ping'] } });
  expect(header(head, 'mcp-method')).toBe('ping, ping');
  expect(header(head, 'mcp-name')).toBe('');
});

function bind(
  headerName: string,
  path: string | readonly string[],
  type: HeaderBinding['type'],
): HeaderBinding {
  return { header: headerName, path: typeof path === 'string' ? [path] : path, type };
}

function verdict(
  args: string | undefined,
  headers: Record<string, string | readonly string[]>,
  ...headerBindings: HeaderBinding[]
): string {
  const x = makeExchange({ headers });
  const params = args === undefined ? '{}' : `{"arguments":${args}}`;
  x.call = makeCall({ message: `{"params":${params}}` });
  const item: Item = {
    id: { upstream: 'up', kind: 'tool', name: 't' },
    publicName: 'up__t',
    definition: Buffer.from('{}'),
    era: 'modern',
    headerBindings,
  };
  const refusal = checkParamHeaders(x, item);
  if (refusal === undefined) return 'ok';
  expect(refusal.reason).toBe('header_mismatch');
  return refusal.detail.text ?? '';
}

const MISSING = 'Mcp-Param-A is missing; it must repeat the argument "a".';
const UNEXPECTED = 'Mcp-Param-A was sent, but the arguments have no such value.';
const DIFFERENT = 'Mcp-Param-A does not repeat the argument "a".';

describe('arguments mirrored into headers', () => {
  const text = bind('A', 'a', 'string');
  const whole = bind('A', 'a', 'integer');
  const flag = bind('A', 'a', 'boolean');

  test.each<[HeaderBinding, string, string, string]>([
    [text, '{"a":"x"}', 'x', 'ok'],
    [text, '{"a":"x"}', 'X', DIFFERENT],
    [text, '{"a":"\\u0078"}', 'x', 'ok'],
    [text, '{"a":""}', '', 'ok'],
    [text, '{"a":"Hello, 世界"}', '=?base64?SGVsbG8sIOS4lueVjA==?=', 'ok'],
    [text, '{"a":"é"}', 'é', DIFFERENT],
    [text, '{"a":"5"}', '5.0', DIFFERENT],
    [text, '{"a":{}}', '[object Object]', DIFFERENT],
    [text, '{"a":["x"]}', 'x', DIFFERENT],
    [text, '{"a":{"toString":"x","valueOf":1}}', 'x', DIFFERENT],
    [whole, '{"a":42}', '42', 'ok'],
    [whole, '{"a":42}', '42.0', 'ok'],
    [whole, '{"a":42.0}', '42', 'ok'],
    [whole, '{"a":4.2e1}', '42', 'ok'],
    [whole, '{"a":-7}', '-7', 'ok'],
    [whole, '{"a":-0}', '0', 'ok'],
    [whole, '{"a":42}', '43', DIFFERENT],
    [whole, '{"a":42}', '0x2a', DIFFERENT],
    [whole, '{"a":42}', '4.2e1', DIFFERENT],
    [whole, '{"a":42}', ' 42', DIFFERENT],
    [whole, '{"a":42}', '+42', DIFFERENT],
    [whole, '{"a":0}', '', DIFFERENT],
    [whole, '{"a":42}', sentinel('42'), 'ok'],
    [whole, '{"a":9007199254740991}', '9007199254740991', 'ok'],
    // Beyond the safe range two different integers look alike, so neither is taken.
    [whole, '{"a":9007199254740993}', '9007199254740992', DIFFERENT],
    [whole, '{"a":9007199254740993}', '9007199254740993', DIFFERENT],
    [whole, '{"a":1.5}', '1.5', DIFFERENT],
    [whole, '{"a":1e400}', 'Infinity', DIFFERENT],
    [flag, '{"a":true}', 'true', 'ok'],
    [flag, '{"a":false}', 'false', 'ok'],
    [flag, '{"a":true}', 'True', DIFFERENT],
    [flag, '{"a":true}', '1', DIFFERENT],
    [flag, '{"a":false}', '', DIFFERENT],
  ])('%o, %s, "%s": %s', (binding, args, sent, expected) => {
    expect(verdict(args, { 'mcp-param-a': sent }, binding)).toBe(expected);
  });

  test.each<[string | undefined, Record<string, string>, string]>([
    ['{"a":null}', {}, 'ok'],
    ['{}', {}, 'ok'],
    [undefined, {}, 'ok'],
    ['[]', {}, 'ok'],
    ['"a"', {}, 'ok'],
    ['{"a":"x"}', {}, MISSING],
    ['{"a":""}', {}, MISSING],
    ['{"a":null}', { 'mcp-param-a': 'null' }, UNEXPECTED],
    ['{}', { 'mcp-param-a': '' }, UNEXPECTED],
    [undefined, { 'mcp-param-a': 'x' }, UNEXPECTED],
    ['{"a":"x"}', { 'mcp-param-a': 'x', 'mcp-param-other': 'ignored' }, 'ok'],
  ])('%s with %o: %s', (args, headers, expected) => {
    expect(verdict(args, headers, text)).toBe(expected);
  });

  test('a header sent twice repeats nothing', () => {
    expect(verdict('{"a":"x"}', { 'mcp-param-a': ['x', 'x'] }, text)).toBe(DIFFERENT);
  });

  test('values are read at their exact path', () => {
    const nested = bind('Region', ['where', 'region'], 'string');
    const sent = { 'mcp-param-region': 'eu' };
    expect(verdict('{"where":{"region":"eu"}}', sent, nested)).toBe('ok');
    expect(verdict('{"region":"eu"}', {}, nested)).toBe('ok');
    expect(verdict('{"where":null}', {}, nested)).toBe('ok');
    expect(verdict('{"where":"region"}', {}, nested)).toBe('ok');
    expect(verdict('{"where":{"region":"us"}}', sent, nested)).toContain('"where.region"');
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length'])(
    'only an own property named %s counts',
    (key) => {
      const binding = bind('A', key, 'string');
      const args = `{${JSON.stringify(key)}:"x"}`;
      expect(verdict('{}', {}, binding)).toBe('ok');
      expect(verdict('[]', {}, binding)).toBe('ok');
      expect(verdict(args, { 'mcp-param-a': 'x' }, binding)).toBe('ok');
      expect(verdict(args, {}, binding)).toContain('is missing');
      expect(verdict(args, { 'mcp-param-a': 'y' }, binding)).toContain('does not repeat');
    },
  );

  test('every binding is checked and the first fault is named', () => {
    const both = [bind('A', 'a', 'string'), bind('B', 'b', 'integer')];
    const args = '{"a":"x","b":1}';
    expect(verdict(args, { 'mcp-param-a': 'x', 'mcp-param-b': '1' }, ...both)).toBe('ok');
    expect(verdict(args, { 'mcp-param-a': 'x' }, ...both)).toContain('Mcp-Param-B is missing');
  });

  test('legacy callers mirror nothing', () => {
    const x = makeExchange();
    x.dialect = 'legacy';
    x.call = makeCall({ message: '{"params":{"arguments":{"a":"x"}}}' });
    const item = { headerBindings: [text] } as unknown as Item;
    expect(checkParamHeaders(x, item)).toBeUndefined();
  });
});

describe('callers who have not been shown the definition in a list', () => {
  const check = (headers: Record<string, string>, via: string, isAbridged: boolean) => {
    const x = makeExchange({ headers });
    x.call = makeCall({ message: '{"params":{"arguments":{"a":"x"}}}' });
    x.via = via;
    const item: Item = {
      id: { upstream: 'up', kind: 'tool', name: 't' },
      publicName: 'up__t',
      definition: Buffer.from('{}'),
      era: 'modern',
      headerBindings: [bind('A', 'a', 'string')],
      isAbridged,
    };
    return checkParamHeaders(x, item)?.detail.text ?? 'ok';
  };

  test.each<[Record<string, string>, string, boolean, string]>([
    [{}, '', false, MISSING],
    [{}, '', true, 'ok'],
    [{ 'mcp-param-a': 'x' }, '', true, 'ok'],
    [{ 'mcp-param-a': 'y' }, '', true, DIFFERENT],
    [{}, 'call_tool', true, 'ok'],
    [{}, 'call_tool', false, 'ok'],
  ])('%j, via "%s", abridged %s: %s', (headers, via, isAbridged, expected) => {
    expect(check(headers, via, isAbridged)).toBe(expected);
  });
});
