import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../kernel/index.ts';
import type { KeptResult } from '../handles/contract.ts';
import { readFile, type FileDeps } from './file-argument.ts';
import { nameFor, safeName } from './names.ts';

const HANDLE = 'drawbridge-result://crm/AAAAAAAAAAAAAAAAAAAAAA';
const KEPT: KeptResult = {
  kind: 'binary',
  bytes: Buffer.from('PK'),
  mimeType: 'application/zip',
  filename: 'a.zip',
  listPath: '',
};

function deps(change: Partial<FileDeps> = {}): FileDeps {
  return {
    maxBytes: 1000,
    signal: new AbortController().signal,
    kept: async (uri) => (uri === HANDLE ? KEPT : undefined),
    fetchFile: undefined,
    ...change,
  };
}

describe('a file argument', () => {
  test.each<[string, Json, string, string, string]>([
    ['text', { text: 'hé' }, 'hé', 'text/plain; charset=utf-8', 'file.txt'],
    ['a named text', { text: 'a,b', filename: 'x/y.csv' }, 'a,b', 'text/csv', 'y.csv'],
    ['data', { data: 'aGk=', mimeType: 'image/png' }, 'hi', 'image/png', 'file.png'],
    ['data in lines', { data: 'aG\nk=' }, 'hi', 'application/octet-stream', 'file.bin'],
    ['URL-safe data', { data: 'aGk' }, 'hi', 'application/octet-stream', 'file.bin'],
    ['a data: address', 'data:text/csv;charset=utf-8;base64,YSxi', 'a,b', 'text/csv', 'file.csv'],
    [
      'a plain data: address',
      { uri: 'data:,a%20b' },
      'a b',
      'text/plain; charset=utf-8',
      'file.txt',
    ],
    ['a kept result', { uri: HANDLE }, 'PK', 'application/zip', 'a.zip'],
    ['a kept result as text', HANDLE, 'PK', 'application/zip', 'a.zip'],
    [
      'a kept result, renamed',
      { uri: HANDLE, filename: 'b.zip' },
      'PK',
      'application/zip',
      'b.zip',
    ],
    [
      'plain text',
      'see https://a.test for more',
      'see https://a.test for more',
      'text/plain; charset=utf-8',
      'file.txt',
    ],
    ['text of several lines', '/a\n/b', '/a\n/b', 'text/plain; charset=utf-8', 'file.txt'],
    ['nothing', { text: '' }, '', 'text/plain; charset=utf-8', 'file.txt'],
  ])('can be %s', async (_what, value, content, mimeType, filename) => {
    const file = await readFile(value, deps());
    expect(file).toEqual({ bytes: Buffer.from(content), mimeType, filename });
  });

  test.each<[Json, string]>([
    ['file:///etc/passwd', 'must not be a file: address'],
    [{ uri: 'FILE:/etc/passwd' }, 'must not be a file: address'],
    ['/etc/passwd', 'looks like a path'],
    ['~/.ssh/id_rsa', 'looks like a path'],
    ['../secret', 'looks like a path'],
    ['C:\\Users\\x', 'looks like a path'],
    [{ uri: '/etc/passwd' }, 'looks like a path'],
    [{ uri: 'photo' }, 'cannot be read (it has no scheme)'],
    [{ uri: 'http://a.test/x' }, 'cannot be read (http)'],
    ['ftp://a.test/x', 'cannot be read (ftp)'],
    ['https://a.test/x', 'not switched on'],
    [{ uri: 'drawbridge-result://crm/other' }, 'names a result that does not exist'],
    [{ data: 'no base64!' }, 'not base64'],
    [{ data: 'aaaaa' }, 'not base64'],
    [{ data: 'a'.repeat(5000) }, 'a file may have 1000 at most'],
    [{ text: 'x'.repeat(1001) }, 'a file may have 1000 at most'],
    [{ text: 'é'.repeat(600) }, 'a file may have 1000 at most'],
    ['data:,%', 'cannot be decoded'],
    [{}, 'exactly one of'],
    [{ text: 'a', data: 'b' }, 'exactly one of'],
    [{ text: 5 }, 'is no text'],
    [{ text: 'a', path: '/x' }, 'unknown member "path"'],
    [{ text: 'a', mimeType: 'a\r\nb' }, 'mimeType'],
    [{ text: 'a', filename: 5 }, 'filename'],
    [5, 'is no file'],
    [['a'], 'is no file'],
  ])('%j is refused in words', async (value, words) => {
    expect(await readFile(value, deps())).toContain(words);
  });

  test('is fetched from https only where that is set up, and never more than allowed', async () => {
    const asked: string[] = [];
    const fetchFile: FileDeps['fetchFile'] = async (url, { maxBytes }) => {
      asked.push(`${url} ${maxBytes}`);
      return url.endsWith('gone')
        ? 'it answered 404.'
        : {
            bytes: Buffer.alloc(url.endsWith('large') ? 2000 : 3),
            filename: '../x.png',
            mimeType: 'image/png',
          };
    };
    const on = deps({ fetchFile });
    expect(await readFile('https://a.test/x', on)).toMatchObject({
      filename: 'x.png',
      mimeType: 'image/png',
    });
    expect(await readFile('https://a.test/gone', on)).toBe(
      'could not be fetched: it answered 404.',
    );
    expect(await readFile({ uri: 'https://a.test/large' }, on)).toContain('at most');
    await readFile({ uri: 'http://a.test/x' }, on);
    expect(asked).toEqual([
      'https://a.test/x 1000',
      'https://a.test/gone 1000',
      'https://a.test/large 1000',
    ]);
  });

  test('never rejects', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.string({ unit: 'binary' }), async (any, text) => {
        for (const value of [
          any as Json,
          text,
          { uri: text },
          { data: text },
          { text, filename: text },
          { text, mimeType: text },
        ]) {
          const file = await readFile(value, deps());
          const name = typeof file === 'string' ? '' : file.filename;
          expect(name).not.toMatch(/[\r\n\0/\\"]/);
        }
      }),
    );
  });
});

test.each([
  ['a/b\\c.txt', 'c.txt'],
  ['..', ''],
  ['a\u202etxt.exe', 'atxt.exe'],
  ['"x"\r\n.txt', 'x.txt'],
  ['', ''],
])('the name %j becomes %j', (name, wanted) => {
  expect(safeName(name)).toBe(wanted);
});

test('a file without a name is called after what it came from', () => {
  expect(nameFor('GET /pets/{id}/photo', 'image/png')).toBe('get_pets_id_photo.png');
  expect(nameFor('///', '')).toBe('result.bin');
});
