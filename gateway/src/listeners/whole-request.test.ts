import { createServer, type IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { post } from '../../../test/kit/raw-http.ts';
import { createCallers } from './callers.ts';
import { WholeReader } from './whole-request.ts';

const MAX_HEAD_BYTES = 16 * 1024;

const CALLERS = createCallers([]);
const peerAt = (address: string) => ({ address, isTls: false, certificate: undefined });

const isLeft = (path: string): boolean => path === '/left';

const read = (text: string | Buffer) =>
  new WholeReader(MAX_HEAD_BYTES, isLeft).read(
    Buffer.from(text as string),
    peerAt('127.0.0.1'),
    CALLERS,
  );

test('what goes to paths of others is left, ordinary as it may be', () => {
  const reader = new WholeReader(MAX_HEAD_BYTES, isLeft);
  const ask = (path: string) =>
    reader.read(Buffer.from(post('{}').replace('/mcp', path)), peerAt('::1'), CALLERS);
  for (const path of ['/left', '/left?a=b', '/left']) expect(ask(path)).toBeUndefined();
  expect(ask('/mcp')?.head.path).toBe('/mcp');
  expect(ask('/left')).toBeUndefined();
});

test('an ordinary request is read whole', () => {
  const request = read(post('{"é":1}', { 'X-Upper': ' a\tb ', cookie: 'a=b' }));
  expect(request?.head).toEqual({
    httpMethod: 'POST',
    path: '/mcp',
    query: '',
    remoteAddress: '127.0.0.1',
    headers: expect.objectContaining({ host: 'localhost', 'x-upper': 'a\tb', cookie: 'a=b' }),
  });
  expect(request?.body.toString()).toBe('{"é":1}');
});

test.each(['constructor', 'toString', 'valueOf', '__proto__', 'hasOwnProperty'])(
  'a header called %s is left to node:http or read as any other, and changes nothing else',
  (name) => {
    const { headers } = read(post('', Object.fromEntries([[name, 'a']])))?.head ?? {};
    expect(headers?.[name.toLowerCase()] ?? 'a').toBe('a');
    expect(Reflect.get({}, 'a')).toBeUndefined();
  },
);

describe('everything else is left to node:http', () => {
  test.each([
    ['nothing', ''],
    ['half a head', 'POST /mcp HTTP/1.1\r\nhost: a\r\n'],
    ['half a body', post('{}', { 'content-length': '3' })],
    ['more than the body', `${post('{}')} `],
    ['two requests', post('{}') + post('{}')],
    ['no length', post('').replace(/content-length.*\r\n/, '')],
    ['chunks', post('', { 'transfer-encoding': 'chunked' })],
    ['an expectation', post('{}', { expect: '100-continue' })],
    ['an upgrade', post('{}', { upgrade: 'h2c' })],
    ['a connection to be closed', post('{}', { connection: 'close' })],
    ['a header that comes twice', post('{}', { a: '1\r\nA: 1' })],
    ['two lengths', post('{}', { 'content-length': '2\r\ncontent-length: 2' })],
    ['a list of lengths', post('{}', { 'content-length': '2, 2' })],
    ['a signed length', post('{}', { 'content-length': '+2' })],
    ['another method', post('{}').replace('POST', 'PUT')],
    ['another version', post('{}').replace('1.1', '1.0')],
    ['a whole URL', post('{}').replace('/mcp', 'http://localhost/mcp')],
    ['a space too many', post('{}').replace('/mcp', ' /mcp')],
    ['bare line feeds', post('{}').replaceAll('\r\n', '\n')],
    ['one bare line feed', post('{}', { a: '1\nb: 2' })],
    ['a folded header', post('{}', { a: '1\r\n 2' })],
    ['a space before the colon', post('{}').replace('host:', 'host :')],
    ['a header without name', post('{}').replace('host:', ':')],
    ['a control character', post('{}', { a: '\u0001' })],
    ['letters beyond ASCII', post('{}', { a: 'é' })],
    ['a head over the limit', post('{}', { a: 'x'.repeat(MAX_HEAD_BYTES) })],
  ])('%s', (_what, text) => {
    expect(read(text)).toBeUndefined();
  });
});

/** How node:http reads the same bytes; undefined where it takes them for no request. */
async function readByNode(bytes: Buffer): Promise<unknown> {
  return await new Promise((resolve) => {
    const server = createServer({ requireHostHeader: false }, (request: IncomingMessage) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method, url = '', headers } = request;
        const [path] = url.split('?');
        resolve({
          method,
          path,
          headers: { ...headers },
          body: Buffer.concat(chunks).toString('latin1'),
        });
      });
    });
    server.on('clientError', () => resolve(undefined));
    const socket = new Duplex({
      read: () => undefined,
      write: (_chunk, _encoding, done) => done(),
    });
    server.emit('connection', socket);
    socket.push(bytes);
    socket.push(null);
  });
}

const piece = fc.constantFrom(
  '\r\n',
  '\n',
  '\r',
  ' ',
  '\t',
  ':',
  ',',
  'a',
  'POST',
  '/',
  '?',
  'HTTP/1.1',
  'host: b\r\n',
  'x: y\r\n',
  'content-length: 2\r\n',
  'transfer-encoding: chunked\r\n',
  '\u0000',
  'é',
  '0',
  '{}',
);

const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.nat(3),
  put: fc.array(piece, { maxLength: 2 }).map((pieces) => pieces.join('')),
});

test('what is read here, node:http reads in the same way', async () => {
  const base = post('{"a":1}', { accept: 'application/json', 'x-a': 'b c' });
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 3 }), async (changes) => {
      let text = base;
      for (const { at, cut, put } of changes) {
        const from = Math.floor(at * text.length);
        text = text.slice(0, from) + put + text.slice(from + cut);
      }
      const bytes = Buffer.from(text, 'latin1');
      const reader = new WholeReader(MAX_HEAD_BYTES, isLeft);
      // What came before on the connection must not change how the next head is read.
      reader.read(Buffer.from(base, 'latin1'), peerAt(''), CALLERS);
      const request = reader.read(bytes, peerAt(''), CALLERS);
      if (request === undefined) return;
      taken++;
      const { httpMethod: method, path, headers } = request.head;
      const body = request.body.toString('latin1');
      expect(await readByNode(bytes)).toEqual({ method, path, headers: { ...headers }, body });
    }),
    { numRuns: 3000 },
  );
  expect(taken).toBeGreaterThan(300);
});
