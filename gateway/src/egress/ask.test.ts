import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { systemClock } from '../kernel/index.ts';
import { ask, openPool, type AskOptions, type OutboundRequest } from './index.ts';

const open: { server: Server; close: () => Promise<void> }[] = [];

afterEach(async () => {
  for (const { server, close } of open.splice(0)) {
    await close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function upstream(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const pool = openPool(`http://127.0.0.1:${port}`, { connectTimeoutMs: 5000, maxConnections: 2 });
  open.push({ server, close: () => pool.destroy() });
  return {
    server,
    ask: (request: Partial<OutboundRequest> = {}, options: Partial<AskOptions> = {}) =>
      ask(
        pool,
        { method: 'GET', path: '/', headers: [], body: null, ...request },
        { maxBytes: 1000, timeoutMs: 60_000, clock: systemClock, ...options },
      ),
  };
}

describe('any method', () => {
  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY', 'M-SEARCH', 'PURGE'])(
    '%s arrives with its body',
    async (method) => {
      const up = await upstream((request, response) => {
        response.setHeader('x-method', request.method ?? '');
        request.pipe(response);
      });
      const asked = await up.ask({ method, body: Buffer.from('body') });
      expect(asked).toMatchObject({ kind: 'answer', status: 200, cut: '' });
      expect(asked.kind === 'answer' && asked.headers['x-method']).toBe(method);
      expect(asked.kind === 'answer' && asked.bytes.toString()).toBe('body');
    },
  );

  test('HEAD is answered without a body, and the connection is used again', async () => {
    let connections = 0;
    const up = await upstream((_request, response) => {
      response.writeHead(200, { 'content-length': 5000 });
      response.end();
    });
    up.server.on('connection', () => connections++);
    for (let times = 0; times < 3; times++) {
      const asked = await up.ask({ method: 'HEAD' });
      expect(asked).toMatchObject({ kind: 'answer', status: 200, cut: '' });
      expect(asked.kind === 'answer' && asked.bytes.length).toBe(0);
    }
    expect(connections).toBe(1);
  });

  test.each(['CONNECT', 'GE T', '', 'GET\r\nX: y', 'G(T'])('%j is not sent', async (method) => {
    let requests = 0;
    const up = await upstream(() => requests++);
    const asked = await up.ask({ method });
    expect(asked).toMatchObject({ kind: 'failure', why: 'error', wasStarted: false });
    expect(requests).toBe(0);
  });
});

describe('what is bounded', () => {
  test('a gigabyte is cut off at the limit, and its connection closed', async () => {
    let written = 0;
    const piece = Buffer.alloc(64 * 1024);
    const up = await upstream((_request, response) => {
      response.writeHead(200, { 'content-length': 1024 ** 3 });
      const more = (): void => {
        while (written < 1024 ** 3 && !response.destroyed && response.write(piece)) {
          written += piece.length;
        }
      };
      response.on('drain', more);
      response.on('close', () => up.server.emit('gone'));
      more();
    });
    const gone = once(up.server, 'gone');
    const asked = await up.ask({}, { maxBytes: 100_000 });
    expect(asked).toMatchObject({ kind: 'answer', cut: 'bytes' });
    expect(asked.kind === 'answer' && asked.bytes.length).toBe(100_000);
    await gone;
    expect(written).toBeLessThan(64 * 1024 * 1024);
  });

  test('an answer of exactly the limit is whole', async () => {
    const up = await upstream((_request, response) => response.end('x'.repeat(1000)));
    expect(await up.ask()).toMatchObject({ kind: 'answer', cut: '' });
  });

  test('a silent upstream ends with the time', async () => {
    const clock = new ManualClock();
    const up = await upstream(() => up.server.emit('came'));
    const came = once(up.server, 'came');
    const asked = up.ask({}, { clock, timeoutMs: 500 });
    await came;
    await clock.advance(500);
    expect(await asked).toMatchObject({ kind: 'failure', why: 'timeout', wasStarted: true });
  });

  test('what came before the time was over is handed on', async () => {
    const clock = new ManualClock();
    const up = await upstream((_request, response) => response.write('first'));
    let arrived: () => void = () => undefined;
    const first = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const isEnough = (): boolean => {
      arrived();
      return false;
    };
    const asked = up.ask({}, { clock, timeoutMs: 500, isEnough });
    await first;
    await clock.advance(500);
    expect(await asked).toMatchObject({ kind: 'answer', cut: 'time', bytes: Buffer.from('first') });
  });

  test('enough is enough', async () => {
    const up = await upstream((_request, response) => response.write('data: [DONE]\n\n'));
    const asked = await up.ask({}, { isEnough: (_headers, chunk) => chunk.includes('[DONE]') });
    expect(asked).toMatchObject({ kind: 'answer', cut: '' });
  });
});

describe('what is cancelled', () => {
  test('before it begins is never sent', async () => {
    let requests = 0;
    const up = await upstream(() => requests++);
    const asked = await up.ask({}, { signal: AbortSignal.abort() });
    expect(asked).toMatchObject({ kind: 'failure', why: 'cancelled', wasStarted: false });
    expect(requests).toBe(0);
  });

  test('under way closes the connection', async () => {
    const up = await upstream((request) => {
      request.socket.on('close', () => up.server.emit('gone'));
      up.server.emit('came');
    });
    const came = once(up.server, 'came');
    const gone = once(up.server, 'gone');
    const abort = new AbortController();
    const asked = up.ask({}, { signal: abort.signal });
    await came;
    abort.abort();
    expect(await asked).toMatchObject({ kind: 'failure', why: 'cancelled', wasStarted: true });
    await gone;
  });

  test('a connection that breaks is a failure', async () => {
    const up = await upstream((request) => request.socket.destroy());
    expect(await up.ask()).toMatchObject({ kind: 'failure', why: 'error', wasStarted: true });
  });
});
