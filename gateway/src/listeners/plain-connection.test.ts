import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { Refusal, type Exchange } from '../kernel/index.ts';
import { WAYS, closeListeners, echo, serve, silent } from '../../../test/kit/http-listener.ts';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { post } from '../../../test/kit/raw-http.ts';
import { Addresses } from './index.ts';

const NOBODY = new Addresses(1000);

afterEach(closeListeners);

describe('taking over', () => {
  test.each([
    ['the body', 8],
    ['the empty line', 2],
    ['the head', 40],
  ])('a connection whose first request comes in two segments, cut in %s', async (_what, back) => {
    const { path, addresses, client } = await serve();
    await using raw = client();
    const text = post('{"a":1}');
    const cut = text.length - back;
    raw.send(text.slice(0, cut));
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    raw.send(text.slice(cut));
    expect((await raw.response()).body).toBe('{"a":1}');
    // From here on the connection is node:http's, and still works.
    raw.send(post('{"b":2}'));
    expect((await raw.response()).body).toBe('{"b":2}');
    raw.socket.destroy();
    await Promise.all(path.arrivals.map(({ gone }) => gone));
    expect(addresses).toEqual(NOBODY);
  });

  test('what is sent behind a stream that is still open is answered after it', async () => {
    const { path, addresses, client } = await serve((x, body) => {
      if (body.toString() === 'stream') x.outlet.open(200, []);
      else echo(x, body);
    });
    await using raw = client();
    raw.send(post('stream'));
    const { x } = await path.arrival(0);
    for (const body of ['b', 'c']) raw.send(post(body));
    x.outlet.write('one');
    await raw.until((text) => text.includes('3\r\none\r\n'));
    expect(path.arrivals).toHaveLength(1);
    x.outlet.end('two');
    const text = await raw.until((received) => received.endsWith('c'));
    expect(text.replaceAll(/HTTP\/1\.1 200 OK\r\n(?:.+\r\n)*\r\n/g, '|')).toBe(
      '|3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n|b|c',
    );
    raw.socket.destroy();
    await Promise.all(path.arrivals.map(({ gone }) => gone));
    expect(addresses).toEqual(NOBODY);
  });

  test('an address of the operators is no special one for a POST', async () => {
    for (const [, write] of WAYS) {
      const { path, client } = await serve();
      await using raw = client();
      raw.send(write('{}').replace('/mcp', '/healthz'));
      expect((await raw.response()).body).toBe('{}');
      expect((await path.arrival(0)).x.head.path).toBe('/healthz');
    }
  });
});

test('a caller that sends too much ahead is cut off, and its call is told once', async () => {
  let told = 0;
  const { path, addresses, client } = await serve(silent);
  const { walk } = path;
  path.walk = (x: Exchange) => {
    const journey = walk.call(path, x);
    return {
      disconnected: () => {
        told++;
        journey.disconnected();
      },
    };
  };
  await using raw = client();
  raw.send(post('{}'));
  const { x, gone } = await path.arrival(0);
  raw.send(Buffer.alloc(300 * 1024, 'x'));
  await Promise.all([gone, raw.closed]);
  x.outlet.send(200, [], 'late');
  x.outlet.end();
  await new Promise(setImmediate);
  expect(told).toBe(1);
  expect(addresses).toEqual(NOBODY);
});

test('a call with others waiting behind it may be answered after its caller left', async () => {
  const { path, addresses, client } = await serve(silent);
  await using raw = client();
  raw.send(post('{}'));
  const { x, gone } = await path.arrival(0);
  raw.send(post('{}'));
  await new Promise(setImmediate);
  raw.socket.resetAndDestroy();
  await gone;
  x.outlet.send(200, [], 'late');
  await new Promise(setImmediate);
  expect(path.arrivals).toHaveLength(1);
  expect(addresses).toEqual(NOBODY);
});

describe.each(WAYS)('the answer to %s', (_way, write) => {
  test('is over when it is over: what is written later never reaches the next answer', async () => {
    const { path, client } = await serve((x, body) => {
      if (body.toString() === 'stream') {
        x.outlet.open(200, []);
        x.outlet.end('first');
      } else if (body.toString() === 'whole') x.outlet.send(200, [], 'first');
    });
    for (const first of ['stream', 'whole']) {
      await using raw = client();
      const at = path.arrivals.length;
      raw.send(write(first));
      const old = await path.arrival(at);
      await old.gone;
      raw.send(write('second'));
      const next = await path.arrival(at + 1);
      old.x.outlet.write('evil');
      old.x.outlet.end('evil');
      old.x.outlet.open(200, []);
      old.x.outlet.send(200, [], 'evil');
      expect(next.isGone).toBe(false);
      next.x.outlet.send(200, [], 'good');
      const text = await raw.until((received) => received.endsWith('good'));
      expect(text).not.toContain('evil');
    }
  });

  test.each([
    ['a line end in a value', ['x-a', 'b\r\nx-evil: 1']],
    ['a line feed in a value', ['x-a', 'b\nx-evil: 1']],
    ['a line end in a name', ['x-a: 1\r\nx-evil', 'b']],
    ['a wide character', ['x-a', '\u010a']],
  ])('cannot have %s in its head', async (_what, headers) => {
    let refused = 0;
    const { client } = await serve((x) => {
      for (const begin of ['send', 'open'] as const) {
        try {
          x.outlet[begin](200, headers, '');
        } catch {
          refused++;
        }
      }
      x.outlet.send(500, [], 'refused');
    });
    await using raw = client();
    raw.send(write('{}'));
    expect(await raw.response()).toMatchObject({ status: 500, body: 'refused' });
    expect(refused).toBe(2);
  });

  test('streams so that an HTTP client reads it', async () => {
    const parts = ['data: 1\n\n', '', 'data: é\n\n', 'x'.repeat(100_000), '\r\n0\r\n\r\n'];
    const { port } = await serve((x) => {
      x.outlet.open(200, ['content-type', 'text/event-stream']);
      for (const part of parts) x.outlet.write(part);
      x.outlet.end(Buffer.from('last'));
    });
    const body = write('{}').includes('Keep-Alive, x') ? ['{', '}'] : ['{}'];
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { 'content-length': 2, connection: 'keep-alive' };
      const request = httpRequest({ port, method: 'POST', headers }, resolve);
      request.on('error', reject);
      for (const piece of body) request.write(piece);
      request.end();
    });
    const received = Buffer.concat((await response.toArray()) as Buffer[]).toString();
    expect(received).toBe(`${parts.join('')}last`);
    expect(response).toMatchObject({ complete: true, headers: { 'transfer-encoding': 'chunked' } });
  });
});

test('an ordinary answer has the date of the clock', async () => {
  const clock = new ManualClock(Date.UTC(2026, 1, 3, 4, 5, 6, 700));
  const { client } = await serve(echo, { clock });
  await using raw = client();
  const dates: (string | undefined)[] = [];
  for (const ms of [200, 200, 1000]) {
    raw.send(post('{}'));
    dates.push((await raw.response()).headers['date']);
    await clock.advance(ms);
  }
  expect(dates).toEqual([
    'Tue, 03 Feb 2026 04:05:06 GMT',
    'Tue, 03 Feb 2026 04:05:06 GMT',
    'Tue, 03 Feb 2026 04:05:07 GMT',
  ]);
});

test('a listener that closes lets go of idle, busy and handed-over connections', async () => {
  const { path, listener, addresses, client } = await serve((x, body) => {
    if (body instanceof Refusal || body.toString() !== 'wait') echo(x, body);
  });
  await using idle = client();
  idle.send(post('1'));
  await idle.response();
  await using handed = client();
  handed.send(post('1') + post('2'));
  await handed.response();
  await handed.response();
  await using busy = client();
  const at = path.arrivals.length;
  busy.send(post('wait'));
  const { x } = await path.arrival(at);
  const closed = listener.close();
  await Promise.all([idle.end(), handed.end()]);
  expect(busy.isClosed).toBe(false);
  x.outlet.send(200, [], 'done');
  expect((await busy.response()).body).toBe('done');
  for (const one of [idle, handed, busy]) one.socket.end();
  await closed;
  expect(addresses).toEqual(NOBODY);
});
