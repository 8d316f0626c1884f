import { describe, expect, test } from 'vitest';
import { ExactNumber } from '../../../../kernel/index.ts';
import { filenameOf, formOf } from './media.ts';
import { replyOf, type HttpAnswer } from './reply.ts';
import { retryAfterMs } from './retry-after.ts';
import { createSecretFilter } from './secret-filter.ts';
import { createDoneWatch } from './streams.ts';

const NOW = Date.UTC(2026, 0, 1);

function reply(
  body: string | Buffer,
  type = 'application/json',
  more: Partial<HttpAnswer> = {},
  secrets: readonly string[] = [],
) {
  return replyOf(
    {
      status: 200,
      bytes: Buffer.from(body),
      cut: '',
      ...more,
      headers: { ...(type === '' ? {} : { 'content-type': type }), ...more.headers },
    },
    {
      nowMs: NOW,
      maxBytes: 1000,
      secrets: createSecretFilter(secrets),
      nextUrl: '',
      authHint: () => 'a key.',
    },
  );
}

const bodyOf = (...args: Parameters<typeof reply>) => {
  const made = reply(...args);
  return made.kind === 'answer' || made.kind === 'failure' ? made.body : made;
};

describe('a body', () => {
  test.each<[string, string | Buffer, string, unknown]>([
    ['json', '{"a":1}', 'application/json; charset=utf-8', { a: 1 }],
    ['json of a vendor', '{"a":1}', 'application/vnd.github.v3+json', { a: 1 }],
    ['json of an old kind', '[1]', 'text/json', [1]],
    ['json with a mark', '\uFEFF{"a":1}', 'application/json', { a: 1 }],
    ['json without a type', ' {"a":1}', '', { a: 1 }],
    [
      'exact numbers',
      '[1.0,12345678901234567890]',
      'application/json',
      [new ExactNumber('1.0'), new ExactNumber('12345678901234567890')],
    ],
    [
      'json in UTF-16',
      Buffer.from('{"a":"ü"}', 'utf16le'),
      'application/json; charset=utf-16le',
      {
        a: 'ü',
      },
    ],
    ['lines', '{"a":1}\n\n{"a":2}\r\n', 'application/x-ndjson', [{ a: 1 }, { a: 2 }]],
    ['lines that are no JSON', 'x\n{"a":2}', 'application/jsonl', ['x', { a: 2 }]],
    ['a sequence', '\x1e{"a":1}\n\x1e2\n', 'application/json-seq', [{ a: 1 }, 2]],
    [
      'events',
      'data: {"a":1}\n\n: note\n\ndata: b\ndata: c\n\n',
      'text/event-stream',
      [{ a: 1 }, 'b\nc'],
    ],
    [
      'named events',
      'event: tick\r\ndata: 1\r\n\r\ndata: [DONE]\r\n\r\n',
      'text/event-stream',
      [{ event: 'tick', data: 1 }],
    ],
    ['the last event without its end', 'data: 1\n\ndata: 2', 'text/event-stream', [1, 2]],
  ])('%s is read as JSON', (_what, body, type, value) => {
    expect(bodyOf(body, type)).toEqual({ kind: 'json', value });
  });

  test.each<[string, string | Buffer, string, object]>([
    ['nothing', '', 'application/json', { kind: 'none' }],
    ['blanks', ' \n', 'application/json', { kind: 'none' }],
    ['text', 'hello', 'text/plain', { kind: 'text', text: 'hello', mimeType: 'text/plain' }],
    ['Latin-1', Buffer.from('ü', 'latin1'), 'text/plain; charset=iso-8859-1', { text: 'ü' }],
    ['XML', '<a/>', 'application/soap+xml', { text: '<a/>', mimeType: 'application/soap+xml' }],
    ['CSV', 'a,b', 'text/csv; header=present', { kind: 'text', mimeType: 'text/csv' }],
    ['JSON that is none', '{"a":', 'application/json', { kind: 'text', text: '{"a":' }],
    ['JSON that is too deep', '['.repeat(100_000), 'application/json', { kind: 'text' }],
    [
      'JSON that is deep',
      `${'['.repeat(300)}${']'.repeat(300)}`,
      'application/json',
      {
        kind: 'text',
      },
    ],
    [
      'deep JSON with exact numbers',
      `${'['.repeat(20_000)}1.0${']'.repeat(20_000)}`,
      'text/json',
      {
        kind: 'text',
      },
    ],
    ['text without a type', 'hello', '', { kind: 'text', text: 'hello' }],
    [
      'bytes without a type',
      Buffer.from([0, 1, 2]),
      '',
      {
        kind: 'binary',
        mimeType: 'application/octet-stream',
      },
    ],
    ['a broken type', Buffer.from([0xff, 0xfe, 0xfd]), 'nonsense', { kind: 'binary' }],
    ['an image', Buffer.from([1]), 'image/png', { kind: 'binary', mimeType: 'image/png' }],
  ])('%s is read as what it is', (_what, body, type, expected) => {
    expect(bodyOf(body, type)).toMatchObject(expected);
  });
});

describe('the name of a file', () => {
  test.each([
    ['attachment; filename="report.pdf"', 'report.pdf'],
    ['attachment; filename=report.pdf', 'report.pdf'],
    ['attachment; filename="a.txt"; filename*=UTF-8\'\'%e2%82%ac%20rates.txt', '€ rates.txt'],
    ["attachment; filename*=iso-8859-1'en'%A3.txt", '£.txt'],
    ['attachment; filename="../../etc/passwd"', 'passwd'],
    ['attachment; filename="C:\\\\x\\\\y.doc"', 'y.doc'],
    ['attachment; filename="a\\"b.txt"', 'ab.txt'],
    ['attachment; filename=".."', ''],
    ["attachment; filename*=UTF-8''gpj%E2%80%AE.exe", 'gpj.exe'],
    [`attachment; filename="${Buffer.from('ü.txt').toString('latin1')}"`, 'ü.txt'],
    [`attachment; filename="${'x'.repeat(500)}"`, 'x'.repeat(200)],
    ["attachment; filename*=UTF-8''%zz%", 'zz%'.replace('zz', '%zz')],
    ['inline', ''],
    ['', ''],
  ])('%s is %j', (written, name) => {
    expect(filenameOf(written)).toBe(name);
  });
});

test.each([
  ['application/problem+json', 'json'],
  ['application/vnd.api+json;version=1', 'json'],
  ['application/jsonlines', 'lines'],
  ['application/x-www-form-urlencoded', 'text'],
  ['application/pdf', 'binary'],
  ['APPLICATION/JSON', 'json'],
  ['', 'unknown'],
])('%s is %s', (type, form) => {
  expect(formOf(type)).toBe(form);
});

describe('a status', () => {
  test.each([
    [300, 'redirect'],
    [304, 'redirect'],
    [400, 'invalid'],
    [401, 'unauthenticated'],
    [402, 'other'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [405, 'unsupported'],
    [406, 'unsupported'],
    [407, 'unauthenticated'],
    [409, 'conflict'],
    [410, 'not_found'],
    [412, 'conflict'],
    [413, 'too_large'],
    [415, 'unsupported'],
    [418, 'other'],
    [422, 'invalid'],
    [428, 'conflict'],
    [429, 'rate_limited'],
    [500, 'server_error'],
    [503, 'server_error'],
  ])('%i is %s', (status, kind) => {
    const isAuth = [401, 403, 407].includes(status);
    expect(reply('{}', 'application/json', { status })).toMatchObject({
      kind: 'failure',
      class: kind,
      status: String(status),
      authHint: isAuth ? 'a key.' : '',
    });
  });

  test.each([200, 201, 202, 204, 206])('%i is an answer', (status) => {
    expect(reply('', '', { status })).toMatchObject({ kind: 'answer', body: { kind: 'none' } });
  });

  test('with complaints names the inputs', () => {
    const made = reply('{"errors":{"age":["is negative"]}}', 'application/problem+json', {
      status: 422,
      headers: { 'retry-after': '3' },
    });
    expect(made).toMatchObject({
      complaints: [{ wire: 'age', text: 'is negative' }],
      retryAfterMs: 3000,
    });
  });
});

describe('an answer that was cut', () => {
  test('is none, unless it is a stream', () => {
    expect(reply('{"a"', 'application/json', { cut: 'bytes' })).toMatchObject({
      kind: 'broken',
      reason: 'result_too_large',
    });
    expect(reply('{"a"', 'application/json', { cut: 'time' })).toMatchObject({
      kind: 'broken',
      reason: 'upstream_timeout',
    });
    expect(reply('data: 1\n\ndata: 2', 'text/event-stream', { cut: 'time' })).toMatchObject({
      kind: 'answer',
      body: { value: [1] },
      note: expect.stringContaining('the time was over'),
    });
    expect(reply('{"a":1}\n{"a"', 'application/x-ndjson', { cut: 'bytes' })).toMatchObject({
      kind: 'answer',
      body: { value: [{ a: 1 }] },
    });
  });

  test('of a failure is still told', () => {
    expect(reply('oops', 'text/plain', { status: 500, cut: 'time' })).toMatchObject({
      kind: 'failure',
      body: { text: 'oops' },
    });
  });
});

test.each([
  [{ 'retry-after': '120' }, 120_000],
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after': '1.5' }, 1500],
  [{ 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT' }, 60_000],
  [{ 'retry-after': 'Wed, 31 Dec 2025 23:59:00 GMT' }, 0],
  [{ 'retry-after': '99999999' }, 7 * 24 * 3_600_000],
  [{ 'retry-after': 'soon' }, -1],
  [{ 'retry-after': '-5' }, -1],
  [{ 'ratelimit-reset': '30' }, 30_000],
  [{ 'x-ratelimit-reset': String(NOW / 1000 + 5) }, 5000],
  [{ 'x-ratelimit-reset': String(NOW + 5) }, 5],
  [{}, -1],
])('%j is %i ms', (headers, expected) => {
  expect(retryAfterMs(headers, NOW)).toBe(expected);
});

describe('a credential', () => {
  const secret = 'p/a"ss€word';

  test.each([
    ['as it is', secret],
    ['in JSON', JSON.stringify({ echo: secret })],
    ['in JSON with slashes escaped', JSON.stringify({ echo: secret }).replaceAll('/', '\\/')],
    ['in an address', `?key=${encodeURIComponent(secret)}&x`],
    ['in base64', Buffer.from(secret).toString('base64')],
  ])('is taken out of what comes back: %s', (_what, text) => {
    const cleaned = createSecretFilter([secret]).clean(text);
    expect(cleaned).toContain('[secret]');
    expect(cleaned).not.toContain('word');
  });

  test('is taken out of answers and failures before they are read', () => {
    const body = '{"echo":"topsecret-1"}';
    for (const status of [200, 401]) {
      const made = reply(body, 'application/json', { status }, ['topsecret-1']);
      expect(made).toMatchObject({ body: { value: { echo: '[secret]' } } });
    }
  });

  test('that was learnt is taken out, and not all are remembered for ever', () => {
    const filter = createSecretFilter([]);
    for (let at = 0; at < 100; at++) filter.learn(`token-number-${1000 + at}`);
    expect(filter.clean('token-number-1099')).toBe('[secret]');
    expect(filter.clean('token-number-1000')).toBe('token-number-1000');
  });

  test('that is very short is left: it stands in too much', () => {
    expect(createSecretFilter(['abc']).clean('abcde')).toBe('abcde');
  });
});

test('the end of an event stream is seen across chunks', () => {
  const watch = createDoneWatch();
  expect(watch(Buffer.from('data: 1\n\ndata: [DO'))).toBe(false);
  expect(watch(Buffer.from('NE]\n'))).toBe(false);
  expect(watch(Buffer.from('\n'))).toBe(true);
  expect(createDoneWatch()(Buffer.from('data: "x [DONE]"\n\n'))).toBe(false);
});
