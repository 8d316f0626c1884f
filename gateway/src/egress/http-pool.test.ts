import { createServer } from 'node:http';
import { createServer as createPlain, type AddressInfo } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { send } from '../../../test/kit/outbound.ts';
import { RawServer, type RawPeer } from '../../../test/kit/raw-server.ts';
import { openPool } from './index.ts';

const OPTIONS = { connectTimeoutMs: 5000, maxConnections: 2 };
const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const turn = () => new Promise(setImmediate);

async function answer(peer: RawPeer, text = ANSWER): Promise<string> {
  const request = await peer.request();
  await peer.send(text);
  return request;
}

describe('connections', () => {
  test('are used again, the last one first, and not more of them than allowed', async () => {
    await using server = await RawServer.listen();
    const pool = openPool(server.origin, OPTIONS);
    const sent = Array.from({ length: 7 }, (_, at) => send(pool, {}, { path: `/${at}` }));
    const peers = [await server.peer(0), await server.peer(1)];
    const order: string[] = [];
    for (const [at, one] of sent.entries()) {
      const peer = peers[at % 2]!;
      order.push((await answer(peer)).split(' ')[1]!);
      expect(await one.over).toBe('end');
    }
    expect(order).toEqual(['/0', '/1', '/2', '/3', '/4', '/5', '/6']);
    for (let times = 0; times < 5; times++) {
      const next = send(pool);
      await Promise.race(peers.map((peer) => answer(peer).catch(() => '')));
      expect(await next.over).toBe('end');
    }
    expect(server.peers).toHaveLength(2);
    await pool.destroy();
  });

  test('do not count while their answer is set aside', async () => {
    await using server = await RawServer.listen();
    const pool = openPool(server.origin, { ...OPTIONS, maxConnections: 1 });
    const long = send(pool);
    const first = await server.peer(0);
    await first.request();
    const second = send(pool);
    const third = send(pool);
    long.control?.setAside();
    long.control?.setAside();
    const peer = await server.peer(1);
    await answer(peer);
    expect(await second.over).toBe('end');
    await answer(peer);
    expect(await third.over).toBe('end');
    await first.send(ANSWER);
    expect(await long.over).toBe('end');
    const more = [send(pool), send(pool), send(pool)];
    await Promise.all([answer(first).then(() => answer(first)), answer(peer)]);
    await Promise.all(more.map(({ over }) => over));
    expect(server.peers).toHaveLength(2);
    await pool.destroy();
  });

  test('serve node:http, with bodies of any size, many at a time', async () => {
    const server = createServer((request, response) => request.pipe(response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    let opened = 0;
    server.on('connection', () => opened++);
    const { port } = server.address() as AddressInfo;
    const pool = openPool(`http://127.0.0.1:${port}`, { ...OPTIONS, maxConnections: 4 });
    const bodies = Array.from({ length: 60 }, (_, at) => Buffer.alloc((at % 6) ** 7, `${at}`));
    const sent = bodies.map((body) => send(pool, {}, { body }));
    for (const [at, one] of sent.entries()) {
      expect(await one.over).toBe('end');
      expect(Buffer.concat(one.chunks).equals(bodies[at]!)).toBe(true);
      expect(one.isSound).toBe(true);
    }
    expect(opened).toBe(4);
    await pool.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  test('that close are replaced for those who wait', async () => {
    await using server = await RawServer.listen();
    const pool = openPool(server.origin, { ...OPTIONS, maxConnections: 1 });
    const sent = [send(pool), send(pool), send(pool)];
    for (const [at, one] of sent.entries()) {
      const peer = await server.peer(at);
      await peer.request();
      peer.socket.destroy();
      expect(await one.over).toBe('error');
    }
    await pool.destroy();
  });

  test.each([
    ['keep-alive: timeout=1\r\n', 2],
    ['keep-alive: timeout=0\r\n', 2],
    ['keep-alive: timeout=60, max=5\r\n', 1],
    ['', 1],
  ])('idle after %j need %i connections for two requests', async (header, expected) => {
    await using server = await RawServer.listen();
    const pool = openPool(server.origin, OPTIONS);
    const first = send(pool);
    const head = `HTTP/1.1 200 OK\r\n${header}content-length: 0\r\n\r\n`;
    await answer(await server.peer(0), head);
    await first.over;
    const second = send(pool);
    await answer(await server.peer(expected - 1), head);
    expect(await second.over).toBe('end');
    expect(server.peers).toHaveLength(expected);
    await pool.destroy();
  });

  test('idle for longer than the peer promised are closed', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    try {
      await using server = await RawServer.listen();
      const pool = openPool(server.origin, OPTIONS);
      const [one, two] = [send(pool), send(pool)];
      const peers = [await server.peer(0), await server.peer(1)];
      await answer(peers[0]!, ANSWER.replace('\r\n', '\r\nkeep-alive: timeout=10\r\n'));
      await answer(peers[1]!);
      await Promise.all([one.over, two.over]);
      vi.advanceTimersByTime(3900);
      await turn();
      expect(peers.map((peer) => peer.isClosed)).toEqual([false, false]);
      vi.advanceTimersByTime(2000);
      await peers[1]!.closed();
      expect(peers[0]!.isClosed).toBe(false);
      vi.advanceTimersByTime(5000);
      await peers[0]!.closed();
      vi.advanceTimersByTime(2000);
      expect(vi.getTimerCount()).toBe(0);
      await pool.destroy();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('no connection', () => {
  test('is an error of every request, none of which began', async () => {
    const server = createPlain();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const pool = openPool(`http://127.0.0.1:${port}`, OPTIONS);
    const sent = Array.from({ length: 10 }, () => send(pool));
    for (const one of sent) {
      expect(await one.over).toBe('error');
      expect(one).toMatchObject({
        heard: ['error'],
        failed: null,
        error: { code: 'ECONNREFUSED' },
      });
    }
    await pool.destroy();
  });

  test('within its time is an error too', async () => {
    await using server = await RawServer.listen();
    // TCP comes up, TLS never does.
    const pool = openPool(server.origin.replace('http:', 'https:'), {
      connectTimeoutMs: 50,
      maxConnections: 1,
    });
    const sent = [send(pool), send(pool)];
    for (const one of sent) {
      expect(await one.over).toBe('error');
      expect(one).toMatchObject({ heard: ['error'], failed: null });
      expect(one.error?.message).toBe('no connection within 50 ms');
    }
    await Promise.all(server.peers.map((peer) => peer.closed()));
    await pool.destroy();
  });
});

describe('those who wait', () => {
  test('are not more than 1024', async () => {
    await using server = await RawServer.listen();
    const pool = openPool(server.origin, { ...OPTIONS, maxConnections: 1 });
    const busy = send(pool);
    await (await server.peer(0)).request();
    const waiting = Array.from({ length: 1024 }, () => send(pool));
    const over = send(pool);
    expect(await over.over).toBe('error');
    expect(over).toMatchObject({ heard: ['error'], failed: null });
    expect(waiting.every((one) => one.heard.length === 0)).toBe(true);
    await pool.destroy();
    for (const one of [busy, ...waiting]) expect(await one.over).toBe('error');
  });

  test('hold not more than 64 MiB, and what left no longer counts', async () => {
    await using server = await RawServer.listen();
    const pool = openPool(server.origin, { ...OPTIONS, maxConnections: 1 });
    const body = Buffer.alloc(30 * 1024 * 1024);
    const busy = send(pool);
    const peer = await server.peer(0);
    const waiting = [send(pool, {}, { body }), send(pool, {}, { body })];
    const over = send(pool, {}, { body });
    expect(await over.over).toBe('error');
    await answer(peer);
    await busy.over;
    await waiting[0]!.started;
    const next = send(pool, {}, { body });
    await turn();
    expect(next.heard).toEqual([]);
    await pool.destroy();
    expect(await next.over).toBe('error');
  });
});

test('a pool that is closed ends what is under way, waiting or connecting, once each', async () => {
  await using server = await RawServer.listen();
  const pool = openPool(server.origin, OPTIONS);
  const sent = [send(pool), send(pool)];
  await (await server.peer(0)).request();
  await (await server.peer(1)).request();
  sent.push(send(pool), send(pool));
  const connecting = openPool(server.origin, OPTIONS);
  const early = send(connecting);
  await Promise.all([pool.destroy(), connecting.destroy()]);
  const late = send(pool);
  for (const one of [...sent, early, late]) {
    expect(await one.over).toBe('error');
    expect(one.isSound).toBe(true);
  }
  expect([sent[2]!.failed, early.failed, late.failed]).toEqual([null, null, null]);
  await Promise.all(server.peers.map((peer) => peer.closed()));
});
