import { describe, expect, test } from 'vitest';
import { send } from '../../../test/kit/outbound.ts';
import { RawServer, type RawPeer } from '../../../test/kit/raw-server.ts';
import { openPool } from './index.ts';

const OPTIONS = { connectTimeoutMs: 5000, maxConnections: 2 };
const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

async function answer(peer: RawPeer, text = ANSWER): Promise<void> {
  await peer.request();
  await peer.send(text);
}

describe('an abort', () => {
  const reason = new Error('unwanted');

  test('when the request would begin sends nothing of it', async () => {
    await using server = await RawServer.listen();
    const pool = openPool(server.origin, OPTIONS);
    const sent = send(pool, { start: (control) => control.abort(reason) });
    expect(await sent.over).toBe('error');
    expect(sent).toMatchObject({ heard: ['start', 'error'], error: reason });
    const peer = await server.peer(0);
    await peer.closed();
    expect(peer.text).toBe('');
    await pool.destroy();
  });

  test.each([
    ['head', 'content-length: 2\r\n\r\nok'],
    ['data', 'content-length: 4\r\n\r\nok'],
    ['data', 'content-length: 2\r\n\r\nok'],
    ['data', 'transfer-encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n'],
    ['head', 'transfer-encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n'],
    ['data', 'x: y\r\n\r\nok'],
  ])('at its %s of %j is the last thing heard', async (when, rest) => {
    await using server = await RawServer.listen();
    const pool = openPool(server.origin, OPTIONS);
    const sent = send(pool, { [when]: (control) => control.abort(reason) });
    const peer = await server.peer(0);
    await answer(peer, `HTTP/1.1 200 OK\r\n${rest}`);
    expect(await sent.over).toBe('error');
    await peer.closed();
    expect(sent).toMatchObject({ error: reason, isSound: true });
    await pool.destroy();
  });

  test('after the end does nothing to the next request on the connection', async () => {
    await using server = await RawServer.listen();
    const pool = openPool(server.origin, OPTIONS);
    const first = send(pool);
    const peer = await server.peer(0);
    await answer(peer);
    await first.over;
    const second = send(pool);
    await peer.request();
    first.control?.abort(reason);
    await peer.send(ANSWER);
    expect(await second.over).toBe('end');
    expect(first.isSound).toBe(true);
    expect(server.peers).toHaveLength(1);
    await pool.destroy();
  });
});

describe('a handler that throws', () => {
  const boom = new Error('boom');
  const throws = (): never => {
    throw boom;
  };

  test.each(['start', 'head', 'data'])('at its %s hears of it as its error', async (when) => {
    await using server = await RawServer.listen();
    const pool = openPool(server.origin, { ...OPTIONS, maxConnections: 1 });
    const [bad, good] = [send(pool, { [when]: throws }), send(pool)];
    if (when !== 'start') await answer(await server.peer(0));
    expect(await bad.over).toBe('error');
    expect(bad).toMatchObject({ error: boom, isSound: true });
    await answer(await server.peer(1));
    expect(await good.over).toBe('end');
    await pool.destroy();
  });

  test('at its end or error harms nobody else', async () => {
    await using server = await RawServer.listen();
    const pool = openPool(server.origin, { ...OPTIONS, maxConnections: 1 });
    const rude = { end: throws, error: throws };
    const sent = Array.from({ length: 4 }, () => send(pool, rude));
    await answer(await server.peer(0));
    await answer(await server.peer(0), 'nonsense\r\n\r\n');
    await answer(await server.peer(1), 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n');
    (await server.peer(1)).socket.end();
    await (await server.peer(2)).request();
    await pool.destroy();
    const late = send(pool, rude);
    const heard = await Promise.all([...sent, late].map((one) => one.over));
    expect(heard).toEqual(['end', 'error', 'end', 'error', 'error']);
    for (const one of [...sent, late]) expect(one.isSound).toBe(true);
  });

  test('when the next request begins, the one before still ends', async () => {
    await using server = await RawServer.listen();
    const pool = openPool(server.origin, { ...OPTIONS, maxConnections: 1 });
    const [first, second] = [send(pool), send(pool, { start: throws })];
    await answer(await server.peer(0));
    expect(await first.over).toBe('end');
    expect(await second.over).toBe('error');
    await pool.destroy();
  });
});
