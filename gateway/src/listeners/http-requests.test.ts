import { afterEach, describe, expect, test } from 'vitest';
import { WAYS, closeListeners, serve, silent } from '../../../test/kit/http-listener.ts';
import { post } from '../../../test/kit/raw-http.ts';
import { Addresses } from './index.ts';

afterEach(closeListeners);

describe.each(WAYS)('%s', (_way, write) => {
  test('becomes an exchange with its head, and its answer goes back', async () => {
    const { path, client } = await serve();
    await using raw = client();
    raw.send(write('{"é":1}').replace('/mcp', '/mcp/crm?x=1'));
    expect(await raw.response()).toMatchObject({
      status: 200,
      body: Buffer.from('{"é":1}').toString('latin1'),
    });
    const { x } = await path.arrival(0);
    expect(x.head).toMatchObject({
      httpMethod: 'POST',
      path: '/mcp/crm',
      remoteAddress: '127.0.0.1',
    });
    expect(x.head.headers['host']).toBe('localhost');
    expect(x.epoch).toBe(7);
  });

  test('keeps its connection for the next one', async () => {
    const { client } = await serve();
    await using raw = client();
    for (const body of ['1', '2', '3']) {
      raw.send(write(body));
      expect((await raw.response()).body).toBe(body);
    }
  });

  test('may come in pieces', async () => {
    const { client } = await serve();
    await using raw = client();
    raw.socket.setNoDelay(true);
    for (const piece of write('{"a":[1,2]}').split(/(?<=[\n:a1])/)) {
      raw.send(piece);
      await new Promise(setImmediate);
    }
    expect((await raw.response()).body).toBe('{"a":[1,2]}');
  });

  test('may be sent before the last one is answered', async () => {
    const { client } = await serve();
    await using raw = client();
    raw.send(['a', 'b', 'c', 'd'].map((body) => write(body)).join(''));
    for (const body of ['a', 'b', 'c', 'd']) expect((await raw.response()).body).toBe(body);
  });

  test('is told when its caller goes away', async () => {
    for (const leave of ['destroy', 'end', 'resetAndDestroy'] as const) {
      const { path, addresses, client } = await serve(silent);
      await using raw = client();
      raw.send(write('{}'));
      const arrival = await path.arrival(0);
      expect(arrival.isGone).toBe(false);
      raw.socket[leave]();
      await arrival.gone;
      expect(addresses).toEqual(new Addresses(1000));
    }
  });

  test('is told also when others were sent behind it', async () => {
    const { path, addresses, client } = await serve(silent);
    await using raw = client();
    raw.send(write('{}') + write('{}') + write('{}'));
    await path.arrival(0);
    raw.socket.destroy();
    await raw.closed;
    await (
      await path.arrival(0)
    ).gone;
    await Promise.all(path.arrivals.map(({ gone }) => gone));
    expect(addresses).toEqual(new Addresses(1000));
  });

  test('is told when its stream is left', async () => {
    const { path, client } = await serve((x) => {
      x.outlet.open(200, ['content-type', 'text/event-stream']);
      x.outlet.write(':\n\n');
    });
    await using raw = client();
    raw.send(write('{}'));
    await raw.until((text) => text.includes(':\n\n'));
    const arrival = await path.arrival(0);
    expect(arrival.isGone).toBe(false);
    raw.socket.end();
    await arrival.gone;
  });

  test('that streams gets its chunks as they are written, and an end', async () => {
    const { path, client } = await serve((x) => {
      x.outlet.open(200, ['content-type', 'text/event-stream']);
      x.outlet.write('data: 1\n\n');
    });
    await using raw = client();
    raw.send(write('{}'));
    await raw.until((text) => text.includes('data: 1\n\n'));
    const { x } = await path.arrival(0);
    x.outlet.write(Buffer.from('data: é\n\n'));
    x.outlet.end('data: 3\n\n');
    const text = await raw.until((received) => received.endsWith('0\r\n\r\n'));
    expect(text).toContain('HTTP/1.1 200 OK\r\n');
    expect(text.toLowerCase()).toContain('transfer-encoding: chunked\r\n');
    raw.send(write('{}'));
    await path.arrival(1);
  });

  test('that does not read its stream is told nothing more but the end', async () => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const { path, client } = await serve((x) => x.outlet.open(200, []));
    await using raw = client();
    raw.socket.pause();
    raw.send(write('{}'));
    const { x } = await path.arrival(0);
    let written = 0;
    while (x.outlet.write(chunk) && written < 256 * 1024 * 1024) {
      written += chunk.length;
      if (written % (1024 * 1024) === 0) await new Promise(setImmediate);
    }
    expect(written).toBeLessThan(64 * 1024 * 1024);
    expect([x.outlet.write('unheard'), x.outlet.write('unheard')]).toEqual([false, false]);
    x.outlet.end('the last word');
    raw.socket.resume();
    const text = await raw.until((received) => received.endsWith('0\r\n\r\n'));
    expect(text).toContain('the last word');
    expect(text).not.toContain('unheard');
  });

  test('whose answer is written after the caller left harms nobody', async () => {
    const { path, client } = await serve(silent);
    await using raw = client();
    raw.send(write('{}'));
    const { x, gone } = await path.arrival(0);
    raw.socket.resetAndDestroy();
    await gone;
    x.outlet.send(200, [], 'late');
    x.outlet.open(200, []);
    x.outlet.write('late');
    x.outlet.end('late');
    await using other = client();
    other.send(write('{}'));
    expect((await path.arrival(1)).isGone).toBe(false);
  });
});

test('a caller that asks on and on without reading is not listened to for ever', async () => {
  const answer = Buffer.alloc(256 * 1024, 'x');
  const { path, client } = await serve((x) => x.outlet.send(200, [], answer));
  await using raw = client();
  raw.socket.pause();
  let asked = 0;
  // Stops when the other side no longer reads: then this side cannot write any more.
  while (asked < 20_000 && raw.socket.writableLength < 1024 * 1024) {
    raw.send(post('x'.repeat(1000)));
    asked++;
    await new Promise(setImmediate);
  }
  expect(path.arrivals.length).toBeLessThan(1000);
});
