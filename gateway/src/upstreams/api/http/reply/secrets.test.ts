import { describe, expect, test } from 'vitest';
import { readBody } from './body.ts';
import { createSecretFilter } from './secret-filter.ts';

const SECRET = 'cänary+/"s3cret& <x>=';
const base64 = Buffer.from(SECRET).toString('base64');
/** Every character of a text of ASCII as JSON may write it. */
const escaped = (text: string): string =>
  text.replace(/[^]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);

const read = (contentType: string, body: string | Buffer) =>
  readBody(
    {
      'content-type': contentType,
      'content-disposition': 'attachment; filename="plain-s3cret.bin"',
    },
    Buffer.from(body),
    '',
    createSecretFilter([SECRET, 'plain-s3cret']),
  );

describe('a credential that an API sends back', () => {
  test.each([
    ['as it is', 'text/plain', SECRET],
    ['in JSON', 'application/json', JSON.stringify({ a: SECRET })],
    ['as a name in JSON', 'application/json', JSON.stringify({ [SECRET]: 1 })],
    [
      'in JSON with every slash escaped',
      'application/json',
      JSON.stringify(SECRET).replaceAll('/', '\\/'),
    ],
    ['in JSON with some escaped', 'application/json', '"plain\\u002ds3\\u0063ret"'],
    ['in lines', 'application/x-ndjson', '{"a":"plain\\u002Ds3cret"}\n'],
    ['in events', 'text/event-stream', 'data: {"a":"plain\\u002ds3cret"}\n\n'],
    ['without a type', '', '{"a":"plain\\u002ds3cret"}'],
    ['in JSON that is none', 'application/json', '{"a":"plain\\u002ds3cret"'],
    ['in an address', 'text/plain', encodeURIComponent(SECRET)],
    [
      'in an address with small letters',
      'text/plain',
      encodeURIComponent(SECRET).replace(/%../g, (one) => one.toLowerCase()),
    ],
    ['in a form', 'text/plain', new URLSearchParams({ s: SECRET }).toString()],
    [
      'on a page',
      'text/html',
      SECRET.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;').replace('"', '&quot;'),
    ],
    ['in base64', 'text/plain', base64],
    ['in base64 of addresses', 'text/plain', Buffer.from(SECRET).toString('base64url')],
    ['in UTF-16', 'text/plain; charset=utf-16le', Buffer.from(SECRET, 'utf16le')],
    ['in bytes', 'application/octet-stream', `\u0000${SECRET}\u0000plain-s3cret`],
  ])('%s is not told', (_how, contentType, body) => {
    const told = read(contentType, body);
    const text =
      told.kind === 'binary' ? told.bytes.toString() + told.filename : JSON.stringify(told);
    expect(text).toMatch(/\[secret\]|\*{6}/);
    for (const part of ['s3cret', 'cänary', base64.slice(0, 20)]) expect(text).not.toContain(part);
  });

  test('is found although all of it was escaped', () => {
    const filter = createSecretFilter(['plain-s3cret']);
    const body = readBody(
      { 'content-type': 'application/json' },
      Buffer.from(`["${escaped('plain-s3cret')}"]`),
      '',
      filter,
    );
    expect(body).toEqual({ kind: 'json', value: ['[secret]'] });
  });
});

test('JSON means the same with its escapes undone', () => {
  const value = ['\\u0041', '"', '\\', '\u0000', 'é', 'A', { '\\"u0022': 1 }];
  const text = JSON.stringify(value).replaceAll('"A"', '"\\u0041"').replace('"\\""', '"\\u0022"');
  expect(read('application/json', text)).toEqual({ kind: 'json', value });
});

describe('JSON of 100,000 levels', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  test.each([
    ['application/json', deep],
    ['text/event-stream', `data: ${deep}\n\n`],
    ['application/x-ndjson', `${deep}\n`],
    ['application/json-seq', `\u001e${deep}\n`],
  ])('is a text in %s', (contentType, body) => {
    const told = read(contentType, body);
    const value = told.kind === 'json' ? told.value : told.kind === 'text' ? [told.text] : [];
    expect(value).toEqual([expect.stringMatching(/^\[{100000}\]{100000}\s*$/)]);
  });
});
