import { testCredentials } from '../../../../../test/kit/credentials.ts';
import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, json, need, openTransportWith, serve, type Options } from './test-transport.ts';
import { ManualClock } from '../../../../../test/kit/manual-clock.ts';
import { RawServer } from '../../../../../test/kit/raw-server.ts';

const openTransport = (url: string, options: Options = {}) =>
  openTransportWith(testCredentials(options.clock), url, options);

afterEach(closeAll);

describe('a call', () => {
  test('arrives as it was encoded, with what is configured', async () => {
    let seen: IncomingMessage | undefined;
    const { origin } = await serve((request, response) => {
      seen = request;
      json({ ok: true })(request, response);
    });
    const reply = await openTransport(`${origin}/v1`, {
      settings: { headers: { 'X-Tenant': '7' } },
    }).send({
      method: 'QUERY',
      path: '/pets/a%2Fb?tag=x%26y',
      headers: ['Accept', 'application/json', 'Content-Type', 'application/json'],
      body: Buffer.from('{"a":1}'),
    });
    expect(reply).toMatchObject({ kind: 'answer', status: '200', body: { value: { ok: true } } });
    expect(seen).toMatchObject({ method: 'QUERY', url: '/v1/pets/a%2Fb?tag=x%26y' });
    expect(seen?.headers).toMatchObject({ 'x-tenant': '7', 'content-length': '7' });
    expect(seen?.headers['accept-encoding']).toBeUndefined();
  });

  test('to a silent API ends with its time', async () => {
    const clock = new ManualClock();
    const { server, origin } = await serve(() => server.emit('came'));
    const came = once(server, 'came');
    const reply = openTransport(origin, { clock }).send({}, [], { timeoutMs: 100 });
    await came;
    await clock.advance(100);
    expect(await reply).toMatchObject({ kind: 'broken', reason: 'upstream_timeout' });
  });

  test('that is cancelled closes its connection', async () => {
    const { server, origin } = await serve((request) => {
      request.socket.on('close', () => server.emit('gone'));
      server.emit('came');
    });
    const [came, gone] = [once(server, 'came'), once(server, 'gone')];
    const abort = new AbortController();
    const reply = openTransport(origin).send({}, [], { signal: abort.signal });
    await came;
    abort.abort();
    expect(await reply).toMatchObject({ kind: 'broken', reason: 'cancelled' });
    await gone;
  });

  test('with a huge answer is broken off', async () => {
    const { server, origin } = await serve((_request, response) => {
      response.on('close', () => server.emit('gone'));
      const piece = Buffer.alloc(100_000, ' ');
      const more = (): void => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', more);
      more();
    });
    const gone = once(server, 'gone');
    expect(await openTransport(origin).send()).toMatchObject({
      kind: 'broken',
      reason: 'result_too_large',
    });
    await gone;
  });

  test.each([
    ['HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc', 'upstream_closed'],
    [
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n',
      'upstream_invalid',
    ],
    ['nonsense\r\n\r\n', 'upstream_invalid'],
    ['', 'upstream_closed'],
  ])('answered with %j is %s', async (answer, reason) => {
    await using raw = await RawServer.listen();
    const reply = openTransport(raw.origin).send();
    const peer = await raw.peer(0);
    await peer.request();
    peer.socket.end(answer);
    expect(await reply).toMatchObject({ kind: 'broken', reason });
  });

  test('to nobody says so without its path', async () => {
    const { server, origin } = await serve(() => undefined);
    await new Promise((resolve) => server.close(resolve));
    const reply = await openTransport(`${origin}/secret-path`).send();
    expect(reply).toMatchObject({ kind: 'broken', reason: 'upstream_unavailable' });
    expect(JSON.stringify(reply)).not.toContain('secret-path');
  });

  test.each(['gzip', 'x-gzip'])(
    'answered with %s that nobody asked for is read',
    async (coding) => {
      const { origin } = await serve((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': coding });
        response.end(gzipSync('{"a":1}'));
      });
      expect(await openTransport(origin).send()).toMatchObject({
        kind: 'answer',
        body: { value: { a: 1 } },
      });
    },
  );

  test.each([
    ['gzip', gzipSync(Buffer.alloc(5_000_000)), 'result_too_large'],
    ['gzip', Buffer.from('no gzip'), 'upstream_invalid'],
    ['rot13', Buffer.from('nopq'), 'upstream_invalid'],
  ])('answered with a bad %s body is broken', async (coding, body, reason) => {
    const { origin } = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': coding });
      response.end(body);
    });
    expect(await openTransport(origin).send()).toMatchObject({ kind: 'broken', reason });
  });

  test('with a stream is read until it says that it is over', async () => {
    const { origin } = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"a":1}\n\ndata: [DONE]\n\n');
    });
    expect(await openTransport(origin).send()).toMatchObject({
      kind: 'answer',
      body: { kind: 'json', value: [{ a: 1 }] },
    });
  });
});

describe('a redirect', () => {
  const redirecting =
    (to: string, status = 302): RequestListener =>
    (request, response) => {
      if (request.url === '/moved') json({ method: request.method })(request, response);
      else response.writeHead(status, { location: to }).end();
    };

  test.each([301, 302, 303, 307, 308])(
    'of a GET within its origin is followed: %i',
    async (status) => {
      const { origin } = await serve(redirecting('/moved', status));
      expect(await openTransport(origin).send()).toMatchObject({
        kind: 'answer',
        body: { value: { method: 'GET' } },
      });
    },
  );

  test.each(['POST', 'PUT', 'DELETE', 'QUERY'])('of a %s is not', async (method) => {
    const { origin } = await serve(redirecting('/moved'));
    expect(await openTransport(origin).send({ method })).toMatchObject({
      kind: 'failure',
      class: 'redirect',
      status: '302',
    });
  });

  test.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://127.0.0.1:1/x?token=t',
    'https://example.com/',
    'file:///etc/passwd',
    'http://',
  ])('to %s is not', async (to) => {
    const { origin } = await serve(redirecting(to));
    const reply = await openTransport(origin).send();
    expect(reply).toMatchObject({ kind: 'failure', class: 'redirect' });
    expect(JSON.stringify(reply)).not.toContain('token=t');
  });

  test('in circles ends after three', async () => {
    let requests = 0;
    const { origin } = await serve((request, response) => {
      requests++;
      redirecting('/again')(request, response);
    });
    expect(await openTransport(origin).send()).toMatchObject({
      kind: 'failure',
      class: 'redirect',
    });
    expect(requests).toBe(4);
  });
});

describe('the next page', () => {
  test('by its header is named without credentials, and asked for with them', async () => {
    const urls: string[] = [];
    const { origin } = await serve((request, response) => {
      urls.push(request.url ?? '');
      response.setHeader('link', `<https://api.example.com/v1/pets?key=k3y&page=2>; rel="next"`);
      json([])(request, response);
    });
    const api = openTransport(`${origin}/v1`, {
      auth: { schemes: { queryKey: 'k3y' } },
      servers: ['https://api.example.com/v1'],
    });
    const first = await api.send({}, need('queryKey'));
    const nextUrl = `${origin}/v1/pets?page=2`;
    expect(first).toMatchObject({ kind: 'answer', nextUrl });
    await api.send({}, need('queryKey'), { pageUrl: nextUrl });
    expect(urls).toEqual(['/v1/pets?key=k3y', '/v1/pets?page=2&key=k3y']);
  });

  test('on another host is not named, and not asked for', async () => {
    const { origin } = await serve((request, response) => {
      response.setHeader('link', '<http://evil.example.com/>; rel="next"');
      json([])(request, response);
    });
    const api = openTransport(origin);
    expect(await api.send()).toMatchObject({ kind: 'answer', nextUrl: '' });
    expect(await api.send({}, [], { pageUrl: 'http://evil.example.com/' })).toMatchObject({
      kind: 'broken',
      reason: 'upstream_unavailable',
    });
  });
});
