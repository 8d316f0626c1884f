import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { Refusal, type Head } from '../kernel/index.ts';
import { WAYS, closeListeners, serve } from '../../../test/kit/http-listener.ts';
import { Addresses, mountPages, pagesOnDemand, type Pages } from './index.ts';

afterEach(closeListeners);

/** Says its name, the method, and what it read. */
function pagesOf(name: string, prefix: string): Pages {
  return {
    owns: (path) => path === prefix || path.startsWith(`${prefix}/`),
    answer: (request: IncomingMessage, response: ServerResponse, head: Head) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = `${name} ${request.method} ${head.path} ${Buffer.concat(chunks).toString()}`;
        response.setHeader('content-length', text.length).end(text);
      });
    },
  };
}

const both = mountPages([pagesOf('a', '/a'), pagesOf('b', '/b')]);
const guarded = { ...both, gate: () => undefined };

describe.each(WAYS)('%s', (_way, write) => {
  test.each([
    ['/a', 'a POST /a {}'],
    ['/a/b?c', 'a POST /a/b {}'],
    ['/b/', 'b POST /b/ {}'],
    ['/ab', '{}'],
    ['/mcp', '{}'],
  ])('to %s is answered by whom the path belongs to', async (path, expected) => {
    const { client, addresses } = await serve(undefined, { pages: guarded });
    await using raw = client();
    raw.send(write('{}').replace('/mcp', path));
    expect((await raw.response()).body).toBe(expected);
    raw.socket.destroy();
    await expect.poll(() => addresses).toEqual(new Addresses(1000));
  });
});

test.each([
  ['host_not_allowed', 403],
  ['origin_not_allowed', 403],
  ['address_rate_limited', 429],
  ['draining', 503],
] as const)('a request that may not come in is refused: %s', async (reason, status) => {
  const gate = () => new Refusal(reason, { retryAfterSeconds: 3 });
  const { client, path } = await serve(undefined, { pages: { ...both, gate } });
  await using raw = client();
  raw.send(WAYS[0][1]('{}').replace('/mcp', '/a'));
  const answer = await raw.response();
  expect(answer.status).toBe(status);
  expect(answer.headers).toMatchObject({
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'retry-after': '3',
  });
  expect(JSON.parse(answer.body)).toMatchObject({ status, reason });
  expect(path.arrivals).toHaveLength(0);
});

test('what is loaded on demand is loaded once, and again where that failed', async () => {
  const loads: string[] = [];
  const bugs: unknown[] = [];
  const pages = pagesOnDemand(
    (path) => path === '/a',
    () => {
      loads.push('a');
      return loads.length === 1 ? Promise.reject(new Error('gone')) : Promise.resolve(both);
    },
    (error) => bugs.push(error),
  );
  const { client } = await serve(undefined, { pages: { ...pages, gate: () => undefined } });
  expect(loads).toEqual([]);
  const statuses: number[] = [];
  for (let times = 0; times < 3; times++) {
    await using raw = client();
    raw.send(WAYS[0][1]('{}').replace('/mcp', '/a'));
    statuses.push((await raw.response()).status);
  }
  expect(statuses).toEqual([500, 200, 200]);
  expect(loads).toHaveLength(2);
  expect(bugs).toHaveLength(1);
});
