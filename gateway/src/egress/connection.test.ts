import { describe, expect, test } from 'vitest';
import { send } from '../../../test/kit/outbound.ts';
import { RawServer } from '../../../test/kit/raw-server.ts';
import { openPool } from './index.ts';

const OPTIONS = { connectTimeoutMs: 5000, maxConnections: 1 };
const OK = 'HTTP/1.1 200 OK\r\n';
const NEXT = `${OK}content-length: 4\r\n\r\nnext`;

/** Sends one request, answers it with `pieces`, and closes the connection where `close` says so. */
async function exchange(pieces: readonly string[], close: 'no' | 'end' | 'reset' = 'no') {
  await using server = await RawServer.listen();
  const pool = openPool(server.origin, OPTIONS);
  const first = send(pool);
  const peer = await server.peer(0);
  await peer.request();
  await peer.send(...pieces);
  if (close === 'end') peer.socket.end();
  if (close === 'reset') peer.socket.resetAndDestroy();
  await first.over;
  // What the second request hears says whether anything of the first leaked into it.
  const second = send(pool);
  const again = await Promise.race([server.peer(1), peer.request().catch(() => server.peer(1))]);
  const isReused = typeof again === 'string';
  const answering = isReused ? peer : again;
  if (!isReused) await again.request();
  await answering.send(NEXT);
  await second.over;
  expect(second).toMatchObject({ status: 200, body: 'next', isSound: true });
  await pool.destroy();
  expect(first.isSound).toBe(true);
  return { first, isReused };
}

describe('an answer that is read', () => {
  test.each<[string, string[], number, string, boolean, ('end' | 'no')?]>([
    ['with a length', [`${OK}content-length: 5\r\n\r\nhello`], 200, 'hello', true],
    ['with an empty body', [`${OK}content-length: 0\r\n\r\n`], 200, '', true],
    ['in three pieces', [`${OK}content-le`, 'ngth: 5\r\n\r\nhe', 'llo'], 200, 'hello', true],
    ['cut inside its empty line', [`${OK}content-length: 1\r\n\r`, '\nx'], 200, 'x', true],
    ['byte by byte', `${OK}content-length: 2\r\n\r\nhi`.split(''), 200, 'hi', true],
    ['chunked', [`${OK}transfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n`], 200, 'hi', true],
    [
      'chunked, with extensions and trailers',
      [`${OK}Transfer-Encoding: Chunked\r\n\r\n2;a=b;c="d"\r\nhi\r\n`, '0;x\r\nx-t: 1\r\n\r\n'],
      200,
      'hi',
      true,
    ],
    ['until the end of the connection', [`${OK}x: y\r\n\r\nhello`], 200, 'hello', false, 'end'],
    ['until the end, and empty', [`${OK}x: y\r\n\r\n`], 200, '', false, 'end'],
    ['without a reason', ['HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n'], 200, '', true],
    ['with an interim answer', [`HTTP/1.1 103 Early\r\nlink: x\r\n\r\n${NEXT}`], 200, 'next', true],
    [
      'with interim answers apart',
      ['HTTP/1.1 100 \r\n\r\n', 'HTTP/1.1 102 \r\n\r\nHTT', NEXT.slice(3)],
      200,
      'next',
      true,
    ],
    ['204', ['HTTP/1.1 204 No Content\r\n\r\n'], 204, '', true],
    [
      '304 with a length',
      ['HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n'],
      304,
      '',
      true,
    ],
    ['that says close', [`${OK}connection: Close\r\ncontent-length: 0\r\n\r\n`], 200, '', false],
    [
      'with close among others',
      [`${OK}connection: x, close\r\ncontent-length: 0\r\n\r\n`],
      200,
      '',
      false,
    ],
    ['of HTTP/1.0', ['HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nhi'], 200, 'hi', false],
    [
      'of HTTP/1.0 that stays',
      ['HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\ncontent-length: 2\r\n\r\nhi'],
      200,
      'hi',
      true,
    ],
    [
      'of HTTP/1.0 in chunks',
      ['HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
      200,
      '',
      false,
    ],
  ])('%s', async (_what, pieces, status, body, keeps, close) => {
    const { first, isReused } = await exchange(pieces, close);
    expect(first).toMatchObject({ status, body, error: undefined });
    expect(isReused).toBe(keeps);
  });

  test.each([
    ['behind a length', `${OK}content-length: 2\r\n\r\nhi`],
    ['behind chunks', `${OK}transfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n`],
    ['behind 204', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['behind 304', 'HTTP/1.1 304 \r\ncontent-length: 20\r\n\r\n'],
  ])('%s, what comes too much is not the next answer', async (_what, answer) => {
    const evil = `${OK}content-length: 4\r\n\r\nevil`;
    const { first, isReused } = await exchange([answer + evil]);
    expect(first.error).toBeUndefined();
    expect(first.body).not.toContain('evil');
    expect(isReused).toBe(false);
  });

  test('has its headers by lower-case name, several values as a list, Latin-1 as it came', async () => {
    const head =
      'X-A: 1\r\nx-a:2\r\nX-B:\t v w \t\r\n__proto__: p\r\nx-c: \u00e3\u00a0\r\nx-d:\r\n';
    const { first } = await exchange([`${OK}${head}content-length: 0\r\n\r\n`]);
    expect(Object.entries(first.headers)).toEqual([
      ['x-a', ['1', '2']],
      ['x-b', 'v w'],
      ['x-c', '\u00e3\u00a0'],
      ['x-d', ''],
      ['content-length', '0'],
    ]);
  });
});

describe('an answer that is refused', () => {
  const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;
  test.each<[string, string]>([
    ['framed in two ways', `${OK}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n`],
    ['two lengths', `${OK}content-length: 2\r\ncontent-length: 3\r\n\r\n`],
    ['the same length twice', `${OK}content-length: 2\r\ncontent-length: 2\r\n\r\n`],
    ['a list of lengths', `${OK}content-length: 2, 2\r\n\r\nhi`],
    ['a negative length', `${OK}content-length: -1\r\n\r\n`],
    ['a signed length', `${OK}content-length: +2\r\n\r\nhi`],
    ['a hexadecimal length', `${OK}content-length: 0x2\r\n\r\nhi`],
    ['an empty length', `${OK}content-length:\r\n\r\nhi`],
    ['a length beyond reason', `${OK}content-length: 9999999999999999\r\n\r\n`],
    ['a length with a no-break space', `${OK}content-length: 2\u00a0\r\n\r\nhi`],
    ['another coding', `${OK}transfer-encoding: gzip\r\n\r\n`],
    ['two codings', `${OK}transfer-encoding: gzip, chunked\r\n\r\n`],
    ['chunked twice', `${OK}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n`],
    ['chunked with a no-break space', `${OK}transfer-encoding: chunked\u00a0\r\n\r\n`],
    ['an empty line first', `\r\n${NEXT}`],
    ['a space first', ` ${NEXT}`],
    ['HTTP/2', 'HTTP/2 200 OK\r\n\r\n'],
    ['HTTP/1.2', 'HTTP/1.2 200 OK\r\n\r\n'],
    ['lower-case http', 'http/1.1 200 OK\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['a status of no digits', 'HTTP/1.1 abc OK\r\n\r\n'],
    ['two spaces before the status', 'HTTP/1.1  200 OK\r\n\r\n'],
    ['a NUL in the reason', 'HTTP/1.1 200 O\u0000K\r\n\r\n'],
    ['no status line', 'content-length: 0\r\n\r\n'],
    ['another protocol', 'SSH-2.0-OpenSSH_9\r\n\r\n'],
    ['101', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n'],
    ['a status above 599', 'HTTP/1.1 600 \r\ncontent-length: 0\r\n\r\n'],
    ['a status below 100', 'HTTP/1.1 000 \r\ncontent-length: 0\r\n\r\n'],
    ['a folded header', `${OK}x: a\r\n b\r\ncontent-length: 0\r\n\r\n`],
    ['a NUL in a value', `${OK}x: a\u0000b\r\ncontent-length: 0\r\n\r\n`],
    ['a bare line feed', `${OK}x: a\ncontent-length: 0\r\n\r\n`],
    ['a bare carriage return', `${OK}x: a\rb\r\ncontent-length: 0\r\n\r\n`],
    ['a space before the colon', `${OK}content-length : 0\r\n\r\n`],
    ['no name', `${OK}: x\r\ncontent-length: 0\r\n\r\n`],
    ['no colon', `${OK}x\r\ncontent-length: 0\r\n\r\n`],
    ['201 headers', `${OK}${'a: b\r\n'.repeat(200)}content-length: 0\r\n\r\n`],
    ['a head over 64 KiB', `${OK}x: ${'y'.repeat(70_000)}\r\n\r\n`],
    ['a head without an end', `${OK}${'x: y\r\n'.repeat(20_000)}`],
    ['interim answers without an end', 'HTTP/1.1 100 \r\n\r\n'.repeat(101) + NEXT],
    ['a chunk without a size', `${CHUNKED}\r\n`],
    ['a chunk with a sign', `${CHUNKED}+2\r\nhi\r\n0\r\n\r\n`],
    ['a chunk with 0x', `${CHUNKED}0x2\r\nhi\r\n0\r\n\r\n`],
    ['a chunk that is too long', `${CHUNKED}2\r\nhix\r\n0\r\n\r\n`],
    ['a chunk of more than 32 bits', `${CHUNKED}100000000\r\nhi`],
    ['a chunk size that ends in a bare line feed', `${CHUNKED}2\nhi\r\n0\r\n\r\n`],
    ['an endless extension', `${CHUNKED}2;${'x'.repeat(5000)}`],
    ['a control character in an extension', `${CHUNKED}2;\u0001\r\nhi\r\n0\r\n\r\n`],
    ['endless trailers', `${CHUNKED}0\r\n${'x: y\r\n'.repeat(20_000)}`],
  ])('%s', async (_what, answer) => {
    const { first, isReused } = await exchange([answer]);
    expect(await first.over).toBe('error');
    expect(first.failed).toBe(first.control);
    expect(isReused).toBe(false);
  });

  test('200 headers are not too many', async () => {
    const { first } = await exchange([`${OK}${'a: b\r\n'.repeat(199)}content-length: 0\r\n\r\n`]);
    expect(first.headers['a']).toHaveLength(199);
  });

  test.each<[string, string, 'end' | 'reset']>([
    ['before an answer', '', 'end'],
    ['before an answer, reset', '', 'reset'],
    ['inside the head', `${OK}content-le`, 'end'],
    ['after an interim answer', 'HTTP/1.1 100 \r\n\r\n', 'end'],
    ['inside a body with a length', `${OK}content-length: 5\r\n\r\nhe`, 'end'],
    ['inside chunks', `${CHUNKED}5\r\nhe`, 'end'],
    ['between chunks', `${CHUNKED}2\r\nhe\r\n`, 'end'],
    ['before the last empty line', `${CHUNKED}2\r\nhe\r\n0\r\n`, 'end'],
    ['inside a body until the end, reset', `${OK}x: y\r\n\r\nhe`, 'reset'],
  ])('the connection ends %s', async (_what, answer, close) => {
    const { first, isReused } = await exchange(answer === '' ? [] : [answer], close);
    expect(await first.over).toBe('error');
    expect(isReused).toBe(false);
  });
});

describe('a connection between requests', () => {
  test.each<[string, (peer: Awaited<ReturnType<RawServer['peer']>>) => void]>([
    ['sends an answer to nothing', (peer) => void peer.send(NEXT.replace('next', 'evil'))],
    ['sends one byte', (peer) => void peer.send('\r')],
    ['closes', (peer) => void peer.socket.end()],
    ['resets', (peer) => void peer.socket.resetAndDestroy()],
  ])('that %s is not used again', async (_what, misbehave) => {
    await using server = await RawServer.listen();
    const pool = openPool(server.origin, OPTIONS);
    const first = send(pool);
    const peer = await server.peer(0);
    await peer.request();
    await peer.send(NEXT);
    expect(await first.over).toBe('end');
    misbehave(peer);
    await peer.closed();
    // A reset is known to the one who makes it a turn before the other.
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    const second = send(pool);
    const other = await server.peer(1);
    await other.request();
    await other.send(NEXT);
    expect(await second.over).toBe('end');
    expect(second.body).toBe('next');
    await pool.destroy();
  });

  test('that has not taken the whole request is not used again', async () => {
    await using server = await RawServer.listen();
    const pool = openPool(server.origin, OPTIONS);
    const first = send(pool, {}, { body: Buffer.alloc(32 * 1024 * 1024, 'x') });
    const peer = await server.peer(0);
    peer.socket.pause();
    await peer.send(`HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n`);
    expect(await first.over).toBe('end');
    expect(first.status).toBe(413);
    const second = send(pool);
    const other = await server.peer(1);
    await other.request();
    await other.send(NEXT);
    expect(await second.over).toBe('end');
    await pool.destroy();
  });
});
