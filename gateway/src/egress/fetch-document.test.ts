import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../kernel/index.ts';
import { fetchDocument, type FetchOptions } from './index.ts';

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function host(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const redirectTo =
  (location: string): RequestListener =>
  (_request, response) => {
    response.writeHead(302, { location });
    response.end();
  };

const read = (location: string, options: Partial<FetchOptions> = {}) =>
  fetchDocument(location, {
    allow: [new URL(location).host],
    maxBytes: 1000,
    timeoutMs: 60_000,
    clock: systemClock,
    ...options,
  });

describe('a document', () => {
  test('is read as it stands, and nothing compressed is asked for', async () => {
    let headers: unknown;
    const at = await host((request, response) => {
      headers = request.headers;
      response.setHeader('etag', '"1"');
      response.end('openapi: 3.1.0');
    });
    const location = `http://${at}/api.yaml?key=s3cret`;
    expect(await read(location)).toMatchObject({
      kind: 'document',
      bytes: Buffer.from('openapi: 3.1.0'),
      location,
      etag: '"1"',
    });
    expect(headers).toMatchObject({ 'accept-encoding': 'identity', host: at });
  });

  test('that is still the same is not sent again', async () => {
    const at = await host((request, response) => {
      response.statusCode = request.headers['if-none-match'] === '"1"' ? 304 : 200;
      response.end();
    });
    expect(await read(`http://${at}/`, { etag: '"1"' })).toEqual({ kind: 'unchanged' });
  });

  test.each<[string, RequestListener, string]>([
    ['too long', (_q, response) => response.end('x'.repeat(1001)), 'longer than 1000 bytes'],
    ['missing', (_q, response) => response.writeHead(404).end(), 'HTTP 404'],
    [
      'compressed',
      (_q, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
      'compressed',
    ],
    [
      'shorter than it says',
      (_q, response) => {
        response.writeHead(200, { 'content-length': 10 });
        response.write('x', () => response.destroy());
      },
      'connection was closed',
    ],
  ])('that is %s is a fault without its query', async (_what, listener, words) => {
    const at = await host(listener);
    const fetched = await read(`http://${at}/x?key=s3cret`);
    expect(fetched).toMatchObject({ kind: 'fault', text: expect.stringContaining(words) });
    expect(JSON.stringify(fetched)).not.toContain('s3cret');
  });

  test('on this machine is refused unless it is allowed', async () => {
    const at = await host((_request, response) => response.end('secret'));
    expect(await read(`http://${at}/`, { allow: [] })).toMatchObject({
      kind: 'fault',
      text: expect.stringContaining('this machine itself'),
    });
    const find: FetchOptions['find'] = (_host, done) => done(null, ['127.0.0.1']);
    const named = `http://docs.example:${at.split(':')[1]}/`;
    expect(await read(named, { allow: [], find })).toMatchObject({
      kind: 'fault',
      text: expect.stringContaining('this machine itself'),
    });
    expect(await read(named, { find })).toMatchObject({ kind: 'document' });
  });
});

describe('a redirect', () => {
  test('within its origin is followed', async () => {
    const at = await host((request, response) => {
      if (request.url === '/new') response.end('here');
      else redirectTo('/new')(request, response);
    });
    expect(await read(`http://${at}/old`)).toMatchObject({
      kind: 'document',
      location: `http://${at}/new`,
    });
  });

  test.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://127.0.0.1:1/',
    'http://[::ffff:10.0.0.1]/',
    'http://0x7f000001/',
    'file:///etc/passwd',
    'gopher://127.0.0.1/',
    'http://user:pass@127.0.0.1/',
    'http://',
  ])('to %s is refused', async (location) => {
    const at = await host(redirectTo(location));
    expect(await read(`http://${at}/`)).toMatchObject({ kind: 'fault' });
  });

  test('to another host on a private address is followed only where that host is allowed', async () => {
    const other = await host((_request, response) => response.end('other'));
    const at = await host(redirectTo(`http://${other}/`));
    expect(await read(`http://${at}/`)).toMatchObject({ kind: 'fault' });
    expect(await read(`http://${at}/`, { allow: [at, other] })).toMatchObject({
      kind: 'document',
      bytes: Buffer.from('other'),
    });
  });

  test('takes headers of the asker along within its origin only', async () => {
    const heard: string[] = [];
    const other = await host((request, response) => {
      heard.push(`other ${String(request.headers['x-key'] ?? '')}`);
      response.end('other');
    });
    const at = await host((request, response) => {
      heard.push(`own ${String(request.headers['x-key'] ?? '')}`);
      redirectTo(request.url === '/' ? '/next' : `http://${other}/`)(request, response);
    });
    await read(`http://${at}/`, { allow: [at, other], headers: ['x-key', 'k'] });
    expect(heard).toEqual(['own k', 'own k', 'other ']);
  });

  test('in circles ends', async () => {
    let requests = 0;
    const at = await host((request, response) => {
      requests++;
      redirectTo('/again')(request, response);
    });
    expect(await read(`http://${at}/`)).toMatchObject({
      kind: 'fault',
      text: expect.stringContaining('more than 5 times'),
    });
    expect(requests).toBe(6);
  });
});
