import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { systemClock } from '../kernel/index.ts';
import { askAddress } from './index.ts';

type Options = Parameters<typeof askAddress>[2];
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function host(listener: RequestListener): Promise<{ server: Server; url: URL }> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { server, url: new URL(`http://127.0.0.1:${port}/token?key=s3cret`) };
}

const askAt = (url: URL, options: Partial<Options> = {}, body?: string) =>
  askAddress(
    url,
    {
      method: body === undefined ? 'GET' : 'POST',
      headers: ['accept', 'application/json'],
      body: body === undefined ? null : Buffer.from(body),
    },
    { allow: [url.host], maxBytes: 100, timeoutMs: 60_000, clock: systemClock, ...options },
  );

test('a request goes out as it is, in plain bytes, and its connection ends with it', async () => {
  let seen: unknown;
  let ended: Promise<unknown> | undefined;
  const { server, url } = await host((request, response) => {
    const { method, url: path, headers } = request;
    seen = { method, path, headers };
    request.pipe(response.writeHead(201, { 'x-kind': 'echo' }));
  });
  server.on('connection', (socket: Socket) => {
    ended = once(socket, 'close');
  });
  expect(await askAt(url, {}, 'a=1')).toMatchObject({
    status: 201,
    headers: { 'x-kind': 'echo' },
    bytes: Buffer.from('a=1'),
    fault: '',
  });
  expect(seen).toMatchObject({
    method: 'POST',
    path: '/token?key=s3cret',
    headers: { accept: 'application/json', 'accept-encoding': 'identity', connection: 'close' },
  });
  await ended;
});

describe('an answer that may not be used', () => {
  test.each<[string, RequestListener, number, RegExp]>([
    ['longer', (_, to) => to.end('x'.repeat(101)), 200, /^it is longer than 100 bytes$/],
    [
      'longer, of a page that is not there',
      (_, to) => to.writeHead(404).end('x'.repeat(101)),
      404,
      /longer than/,
    ],
    [
      'compressed',
      (_, to) => to.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
      200,
      /^it is compressed although/,
    ],
    ['none', (_, to) => to.destroy(), 0, /^the connection was closed$/],
  ])('is a fault: %s', async (_what, listener, status, fault) => {
    const { url } = await host(listener);
    const answered = await askAt(url);
    expect(answered).toMatchObject({ status, fault: expect.stringMatching(fault) });
    expect(answered.fault).not.toContain('s3cret');
  });

  test('is a fault: one that is not over in time', async () => {
    const clock = new ManualClock();
    const { server, url } = await host((_, to) => to.write('first', () => server.emit('wrote')));
    const asked = askAt(url, { clock, timeoutMs: 500 });
    await once(server, 'wrote');
    await clock.advance(500);
    expect(await asked).toMatchObject({ fault: expect.stringMatching(/in time$/) });
  });

  test('is none: nothing listens there', async () => {
    const { server, url } = await host(() => undefined);
    await new Promise((resolve) => server.close(resolve));
    expect(await askAt(url)).toMatchObject({ status: 0, fault: 'nothing listens there' });
  });
});

test('a redirect is an answer, and nothing follows it', async () => {
  const paths: unknown[] = [];
  const { url } = await host((request, response) => {
    paths.push(request.url);
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  expect(await askAt(url)).toMatchObject({ status: 302, fault: '' });
  expect(paths).toEqual(['/token?key=s3cret']);
});

describe('an address that nobody allowed', () => {
  test.each([
    ['this machine', {}],
    ['a name that leads to this machine', { hostname: 'keys.example.com' }],
    ['user information', { username: 'ann' }],
    ['another scheme', { protocol: 'ftp:' }],
  ])('is not asked: %s', async (_what, changes) => {
    let asked = 0;
    const { url } = await host((_, to) => to.end(String(asked++)));
    const other = Object.assign(new URL(url), changes);
    const answered = await askAt(other, {
      allow: [],
      find: (_host, done) => done(null, ['127.0.0.1']),
    });
    expect(answered).toMatchObject({ status: 0, fault: expect.stringMatching(/./) });
    expect(asked).toBe(0);
  });
});
