import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../kernel/index.ts';
import {
  JSON_HEADERS,
  TestPath,
  WAYS,
  closeListeners,
  echo,
  serve,
  silent,
} from '../../../test/kit/http-listener.ts';
import { post } from '../../../test/kit/raw-http.ts';
import { Addresses, createHttpListener } from './index.ts';

afterEach(closeListeners);

describe('what is no request', () => {
  test.each([
    ['garbage', '\u0000\u0001\u0002\r\n\r\n'],
    ['another protocol', 'SSH-2.0-OpenSSH_9\r\n'],
    ['TLS', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a bad method', 'PO ST /mcp HTTP/1.1\r\n\r\n'],
    ['a bad header', 'POST /mcp HTTP/1.1\r\nhost localhost\r\n\r\n'],
    ['a header with a space before its colon', 'POST /mcp HTTP/1.1\r\nhost : localhost\r\n\r\n'],
    ['a folded header', 'POST /mcp HTTP/1.1\r\nhost: a\r\n b\r\ncontent-length: 0\r\n\r\n'],
    ['a header with a NUL', 'POST /mcp HTTP/1.1\r\nhost: a\u0000b\r\ncontent-length: 0\r\n\r\n'],
    ['bare line feeds in a header', 'POST /mcp HTTP/1.1\r\nhost: a\nx: b\r\n\r\n'],
  ])('is refused with 400: %s', async (_what, text) => {
    const { path, client } = await serve();
    await using raw = client();
    raw.send(Buffer.from(text, 'latin1'));
    expect(await raw.end()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(path.arrivals.filter(({ x }) => x.head.headers['host'] !== 'a')).toHaveLength(0);
  });

  test.each([
    ['one long header', { x: 'y'.repeat(20_000) }],
    [
      'many headers',
      Object.fromEntries(Array.from({ length: 900 }, (_, at) => [`x-${at}`, 'y'.repeat(20)])),
    ],
  ])('%s overflows with 431', async (_what, headers) => {
    const { path, client } = await serve();
    await using raw = client();
    raw.send(post('{}', headers));
    expect(await raw.end()).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
    expect(path.arrivals).toHaveLength(0);
  });

  test('a long path overflows with 431', async () => {
    const { client } = await serve();
    await using raw = client();
    raw.send(post('{}').replace('/mcp', `/${'m'.repeat(20_000)}`));
    expect(await raw.end()).toMatch(/^HTTP\/1\.1 431 /);
  });

  test('a request that is never finished is cut off', async () => {
    const timing = { headersTimeoutMs: 60, requestTimeoutMs: 90, checkEveryMs: 30 };
    const { path, client } = await serve(echo, { timing });
    for (const half of ['POST /mcp HT', post('{"a":1}', { 'content-length': '100' })]) {
      await using raw = client();
      raw.send(half);
      expect(await raw.end()).toContain('HTTP/1.1 408 Request Timeout\r\n');
      await raw.end();
    }
    await Promise.all(path.arrivals.map(({ gone }) => gone));
  });

  test('garbage behind a stream never gets into it', async () => {
    for (const [, write] of WAYS) {
      const { path, client } = await serve((x) => {
        x.outlet.open(200, ['content-type', 'text/event-stream']);
        x.outlet.write('data: 1\n\n');
      });
      await using raw = client();
      raw.send(write('{}'));
      await raw.until((text) => text.includes('data: 1\n\n'));
      raw.send('\u0000\u0001 garbage\r\n\r\n');
      const { x } = await path.arrival(0);
      x.outlet.write('data: 2\n\n');
      x.outlet.end();
      const text = await raw.end();
      const stream = text.split('0\r\n\r\n')[0] ?? '';
      expect(stream).not.toContain('400');
      expect(text.startsWith('HTTP/1.1 200 OK')).toBe(true);
    }
  });
});

describe('health', () => {
  const get = (path: string, method = 'GET'): string =>
    `${method} ${path} HTTP/1.1\r\nhost: whatever\r\n\r\n`;

  test.each([
    ['/healthz', true, 200, '{"status":"ok"}'],
    ['/healthz', false, 200, '{"status":"ok"}'],
    ['/healthz?x=1', true, 200, '{"status":"ok"}'],
    ['/readyz', true, 200, '{"status":"é"}'],
    ['/readyz', false, 503, '{"status":"é"}'],
  ])('%s, ready %s: %i', async (address, isReady, status, body) => {
    const readiness = () => ({ isReady, state: '{"status":"é"}' });
    const { path, client } = await serve(echo, { readiness });
    await using raw = client();
    raw.send(get(address));
    const response = await raw.response();
    expect(response.status).toBe(status);
    expect(Buffer.from(response.body, 'latin1').toString()).toBe(body);
    expect(response.headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-store',
    });
    expect(path.arrivals).toHaveLength(0);
  });

  test('other addresses are exchanges like any', async () => {
    const { path, client } = await serve();
    await using raw = client();
    raw.send(get('/healthz/x'));
    await raw.response();
    expect((await path.arrival(0)).x.head.path).toBe('/healthz/x');
  });
});

describe('closing', () => {
  test.each(WAYS)('waits for %s under way and for nothing else', async (_way, write) => {
    const { path, listener, client } = await serve(silent);
    await using idle = client();
    idle.send('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
    await idle.response();
    await using untouched = client();
    await new Promise((resolve) => untouched.socket.once('connect', resolve));
    await using busy = client();
    busy.send(write('{}'));
    const { x } = await path.arrival(0);
    let isClosed = false;
    const closed = listener.close().then(() => {
      isClosed = true;
    });
    await Promise.all([idle.end(), untouched.end()]);
    expect(isClosed).toBe(false);
    x.outlet.send(200, JSON_HEADERS, '"done"');
    expect((await busy.response()).body).toBe('"done"');
    await closed;
  });

  test('takes no more connections', async () => {
    const { listener, client } = await serve();
    await listener.close();
    await using raw = client();
    await raw.closed;
    expect(raw.text).toBe('');
  });

  test.each(WAYS)('may cut %s off', async (_way, write) => {
    const { path, listener, client } = await serve(silent);
    await using raw = client();
    raw.send(write('{}'));
    const { gone } = await path.arrival(0);
    const closed = listener.close();
    listener.closeAll();
    await Promise.all([closed, gone]);
    expect(await raw.end()).toBe('');
  });

  test('an answer is sent whole before its connection is closed', async () => {
    const body = 'x'.repeat(6 * 1024 * 1024);
    const { path, listener, client } = await serve((x) => x.outlet.send(200, [], body));
    await using raw = client();
    raw.socket.pause();
    raw.send(post('{}'));
    await path.arrival(0);
    const closed = listener.close();
    raw.socket.resume();
    expect((await raw.response()).body).toHaveLength(body.length);
    raw.socket.end();
    await closed;
  });
});

test('an address that is taken is said so', async () => {
  const { port } = await serve();
  const other = createHttpListener({
    clock: systemClock,
    addresses: new Addresses(1),
    current: () => ({ path: new TestPath(silent), epoch: 1 }),
    readiness: () => ({ isReady: true, state: '{}' }),
  });
  await expect(other.listen('127.0.0.1', port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
