import { constants } from 'node:http2';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { CallerDeps } from './caller.ts';
import {
  CODEC,
  frame,
  openCaller,
  refuse,
  say,
  startServer,
  textOf,
  told,
  valueOf,
} from './test-server.ts';

describe('what is sent', () => {
  test('one message, its deadline, and how answers may be compressed', async () => {
    await using server = await startServer((heard) => say(heard, [told('yes')]));
    await using caller = openCaller(server.port, { metadata: ['x-tenant', 'a'] });
    expect(valueOf(await caller.call({ text: 'a' }, { timeoutMs: 7000 }))).toEqual({ text: 'yes' });
    const [heard] = server.heard;
    expect(heard?.headers).toMatchObject({
      ':method': 'POST',
      ':path': '/t.S/Do',
      'content-type': 'application/grpc+proto',
      te: 'trailers',
      'grpc-accept-encoding': 'gzip,identity',
      'x-tenant': 'a',
    });
    expect(heard?.headers['grpc-encoding']).toBeUndefined();
    const [, ms = 0] = /^(\d{1,8})m$/.exec(String(heard?.headers['grpc-timeout'])) ?? [];
    expect(Number(ms)).toBeGreaterThan(1000);
    expect(Number(ms)).toBeLessThanOrEqual(7000);
    expect(await heard?.body).toEqual(frame(told('a')));
  });

  test('compressed where that was wanted', async () => {
    await using server = await startServer((heard) => say(heard, [told('yes')]));
    await using caller = openCaller(server.port, { isCompressed: true });
    await caller.call({ text: 'a' });
    const body = (await server.heard[0]?.body) ?? Buffer.alloc(0);
    expect(server.heard[0]?.headers['grpc-encoding']).toBe('gzip');
    expect(body[0]).toBe(1);
    expect(gunzipSync(body.subarray(5))).toEqual(told('a'));
  });

  test('a list as a stream, whole though the server answers first', async () => {
    await using server = await startServer((heard) => {
      void heard.body.then((body) => say(heard, [told(String(body.length))]));
    });
    await using caller = openCaller(server.port);
    const messages = Array.from({ length: 5000 }, () => told('abc'));
    expect(valueOf(await caller.call({}, {}, { messages }))).toEqual({ text: '50000' });
    await using early = await startServer((heard) => refuse(heard, { 'grpc-status': '3' }));
    await using second = openCaller(early.port);
    expect(await second.call({}, {}, { messages })).toMatchObject({ status: 'INVALID_ARGUMENT' });
  });

  test('a list both ways, each answer as it comes', async () => {
    const counts: number[] = [];
    await using server = await startServer((heard) => {
      void heard.body.then((body) => {
        const parts = Array.from({ length: body.length / frame(told('a')).length }, (_, at) => at);
        say(
          heard,
          parts.map((at) => told(`answer ${at}`)),
        );
      });
    });
    await using caller = openCaller(server.port);
    const messages = [told('a'), told('b'), told('c')];
    const progress = (done: number): unknown => counts.push(done);
    const reply = await caller.call({}, { progress }, { messages, isList: true });
    expect(valueOf(reply)).toEqual([0, 1, 2].map((at) => ({ text: `answer ${at}` })));
    expect(counts[0]).toBe(1);
  });
});

describe('what comes back', () => {
  test('gzip is taken, as far as it is told before and not longer than answers may be', async () => {
    const gzip = { 'grpc-encoding': 'gzip' };
    const zipped = (message: Buffer, headers: Record<string, string>) =>
      startServer(({ stream }) => {
        stream.respond(
          { ':status': 200, 'content-type': 'application/grpc', ...headers },
          { waitForTrailers: true },
        );
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
        stream.end(frame(gzipSync(message), 1));
      });
    await using honest = await zipped(told('a'.repeat(50_000)), gzip);
    await using one = openCaller(honest.port);
    expect(valueOf(await one.call())).toEqual({ text: 'a'.repeat(50_000) });
    await using bomb = await zipped(Buffer.alloc(10_000_000), gzip);
    await using two = openCaller(bomb.port);
    expect(await two.call()).toMatchObject({ kind: 'broken', reason: 'result_too_large' });
    await using silent = await zipped(told('a'), {});
    await using three = openCaller(silent.port);
    expect(textOf(await three.call())).toContain('compressed in a way that was not asked for');
  });

  test.each([
    ['many empty messages in one', Buffer.from('1a00'.repeat(40_000), 'hex')],
    ['nested ones', Buffer.from('1a021a00'.repeat(20_000), 'hex')],
  ])('%s are not read: they take more than their bytes', async (_name, message) => {
    await using server = await startServer((heard) => say(heard, [message]));
    await using caller = openCaller(server.port);
    expect(await caller.call()).toMatchObject({ kind: 'broken', reason: 'result_too_large' });
  });

  test('a stream of nothing ends where it takes as much as an answer may', async () => {
    await using server = await startServer((heard) => {
      const nothing = Array.from({ length: 50_000 }, () => Buffer.alloc(0));
      say(heard, nothing);
    });
    await using caller = openCaller(server.port, { streaming: { maxMessages: 100_000 } });
    const reply = await caller.call({}, {}, { isList: true });
    expect(textOf(reply)).toContain('The stream was left when it was longer than 100000 bytes');
    expect((valueOf(reply) as unknown[]).length).toBeLessThan(100_000 / 32);
  });
});

describe('when it ends early', () => {
  test('a call that takes too long ends in its time, and the server hears of it', async () => {
    await using server = await startServer(() => undefined);
    await using caller = openCaller(server.port);
    expect(await caller.call({}, { timeoutMs: 200 })).toMatchObject({ reason: 'upstream_timeout' });
    await expect.poll(() => server.heard[0]?.stream.rstCode).toBe(constants.NGHTTP2_CANCEL);
  });

  test('a call that nobody waits for ends at the server', async () => {
    const gone = new AbortController();
    await using server = await startServer(() => gone.abort());
    await using caller = openCaller(server.port);
    expect(await caller.call({}, { signal: gone.signal })).toMatchObject({ reason: 'cancelled' });
    await expect.poll(() => server.heard[0]?.stream.rstCode).toBe(constants.NGHTTP2_CANCEL);
  });

  test('a stream keeps what came before its time was over', async () => {
    await using server = await startServer(({ stream }) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
      stream.write(frame(told('first')));
    });
    await using caller = openCaller(server.port, { streaming: { maxMs: 300 } });
    const reply = await caller.call({}, {}, { isList: true });
    expect(valueOf(reply)).toEqual([{ text: 'first' }]);
    expect(textOf(reply)).toContain('the time for it was over');
  });

  test.each([
    ['reset', constants.NGHTTP2_INTERNAL_ERROR],
    ['cancelled by the server', constants.NGHTTP2_CANCEL],
  ])('a call that was %s is not made again: it may have been carried out', async (_name, code) => {
    await using server = await startServer(({ stream }) => stream.close(code));
    await using caller = openCaller(server.port);
    expect(await caller.call()).toMatchObject({ kind: 'broken', reason: 'upstream_closed' });
    expect(server.heard).toHaveLength(1);
  });

  test('a call that the server says it did not take is made once more', async () => {
    await using server = await startServer((heard) => {
      if (heard.nth === 0) heard.stream.close(constants.NGHTTP2_REFUSED_STREAM);
      else say(heard, [told('second')]);
    });
    await using caller = openCaller(server.port);
    expect(valueOf(await caller.call())).toEqual({ text: 'second' });
    await using never = await startServer(({ stream }) => {
      stream.close(constants.NGHTTP2_REFUSED_STREAM);
    });
    await using other = openCaller(never.port);
    expect(await other.call()).toMatchObject({ kind: 'broken' });
    expect(never.heard).toHaveLength(2);
  });

  test('a server that says goodbye finishes what it has and gets the rest on a new connection', async () => {
    await using server = await startServer((heard) => {
      if (heard.nth === 0) heard.session.goaway(0);
      say(heard, [told(String(heard.nth))]);
    });
    await using caller = openCaller(server.port);
    expect(valueOf(await caller.call())).toEqual({ text: '0' });
    expect(valueOf(await caller.call())).toEqual({ text: '1' });
    expect(server.sessions).toHaveLength(2);
  });

  test('a connection that was cut is opened again by the next call', async () => {
    await using server = await startServer((heard) => {
      if (heard.nth === 1) heard.session.destroy();
      else say(heard, [told(String(heard.nth))]);
    });
    await using caller = openCaller(server.port);
    expect(valueOf(await caller.call())).toEqual({ text: '0' });
    expect(await caller.call()).toMatchObject({ reason: 'upstream_closed' });
    expect(valueOf(await caller.call())).toEqual({ text: '2' });
  });

  test('more calls than the server takes at a time wait for their turn', async () => {
    let open = 0;
    let most = 0;
    await using server = await startServer(
      (heard) => {
        most = Math.max(most, ++open);
        setImmediate(() => {
          open--;
          say(heard, [told('yes')]);
        });
      },
      { settings: { maxConcurrentStreams: 2 } },
    );
    await using caller = openCaller(server.port);
    await caller.call();
    const replies = await Promise.all(Array.from({ length: 20 }, () => caller.call()));
    expect(replies.map(valueOf)).toEqual(Array.from({ length: 20 }, () => ({ text: 'yes' })));
    expect(most).toBeLessThanOrEqual(2);
  });

  test('nobody there', async () => {
    const server = await startServer(() => undefined);
    await server[Symbol.asyncDispose]();
    await using caller = openCaller(server.port);
    expect(await caller.call()).toMatchObject({ kind: 'broken', reason: 'upstream_unavailable' });
  });
});

describe('credentials', () => {
  test('others are fetched once where the server does not take them', async () => {
    await using server = await startServer((heard) => {
      if (heard.headers.authorization === 'Bearer new') say(heard, [told('yes')]);
      else refuse(heard, { 'grpc-status': '16' });
    });
    await using caller = openCaller(server.port, { presented: tokens(['old', 'new']) });
    expect(valueOf(await caller.call())).toEqual({ text: 'yes' });
    await using poor = openCaller(server.port, { presented: tokens(['old', 'older']) });
    expect(await poor.call()).toMatchObject({ class: 'unauthenticated' });
    expect(server.heard).toHaveLength(4);
  });
});

/** Credentials that are tokens, one after the other. */
function tokens(all: readonly string[]): CallerDeps['presented'] {
  return {
    bind: (pool) => ({
      destroy: () => pool.destroy(),
      send: (request, handler) => {
        const present = (at: number): void => {
          const headers = [...request.headers, 'authorization', `Bearer ${all[at]}`];
          const again = at + 1 < all.length;
          pool.send(
            { ...request, headers },
            {
              onRequestStart: (control) => handler.onRequestStart(control),
              onResponseStart: (control, status, fields) => {
                if (status !== 401 || !again) {
                  handler.onResponseStart(control, status, fields);
                  return;
                }
                present(at + 1);
                control.abort(new Error('again'));
              },
              onResponseData: (control, chunk) => handler.onResponseData(control, chunk),
              onResponseEnd: () => handler.onResponseEnd(),
              onResponseError: (control, error) => handler.onResponseError(control, error),
            },
          );
        };
        present(0);
      },
    }),
  };
}

test('the codec of these tests has every field', () => {
  expect(CODEC.encode({ text: 'a', n: 1, parts: [{}], raw: 'AA==', otherPart: {} })).toHaveLength(
    1,
  );
});
