/** Servers that describe themselves, say nothing, or are away: what the gateway makes of each. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { start } from '../../../examples/grpc/behind.ts';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { addReflection } from '../../kit/grpc/reflection.ts';
import { callerOf, done } from '../apis/world.ts';

const PROTO = fileURLToPath(new URL('../../../examples/grpc/risk.proto', import.meta.url));
const SECRET = 'swordfish-of-the-operator';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

async function gatewayOf(grpc: object | string, more: object = {}, stateDir?: string) {
  const gateway = await startGateway({
    ...(stateDir === undefined ? {} : { server: { stateDir } }),
    upstreams: { up: { grpc, timeoutMs: 20_000, ...more } },
    policy: { default: 'allow' },
  });
  open.push(() => gateway.close());
  return gateway;
}

async function namesAt(gateway: TestGateway): Promise<readonly string[]> {
  await using caller = await callerOf('modern', gateway);
  return await caller.tools();
}

/** Why its lists are not there, as people are told. */
function problemOf({ gateway }: TestGateway): string {
  return JSON.stringify(gateway.status());
}

/** A server of HTTP/2 that answers as it is told. */
async function raw(answer: (stream: ServerHttp2Stream) => void): Promise<string> {
  const server: Http2Server = createServer();
  server.on('stream', (stream) => {
    stream.on('error', () => undefined);
    answer(stream);
  });
  server.on('session', (session) => {
    session.on('error', () => undefined);
    open.push(() => Promise.resolve(session.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => new Promise((resolve) => server.close(resolve)));
  return `grpc://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.each(['v1', 'v1alpha'] as const)('by reflection %s', (version) => {
  test('tools are listed and called, by addresses with and without a scheme', async () => {
    const behind = await start((server) => addReflection(server, PROTO, version));
    open.push(() => behind.stop());
    const gateway = await gatewayOf(process.env['RISK_URL'] ?? '');
    expect(await namesAt(gateway)).toContain('up__assess_shipment');
    await using caller = await callerOf('legacy', gateway);
    const args = { shipmentNumber: '1', parcels: [{ content: 'rope' }] };
    const { value } = await done(caller, 'up__assess_shipment', args);
    expect(value).toMatchObject({ level: 'LEVEL_LOW' });
  });
});

test('a server that is away at a restart is taken as it was', async () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'drawbridge-kept-'));
  open.push(() => Promise.resolve(rmSync(stateDir, { recursive: true })));
  const behind = await start((server) => addReflection(server, PROTO, 'v1'));
  const url = process.env['RISK_URL'] ?? '';
  const first = await gatewayOf(url, {}, stateDir);
  const before = await namesAt(first);
  expect(before).toContain('up__watch_ship');
  await first.gateway.close(1000);
  await behind.stop();
  const second = await gatewayOf(url, {}, stateDir);
  expect(await namesAt(second)).toEqual(before);
  await using caller = await callerOf('modern', second);
  const told = await caller.call('up__get_assessment', { shipmentNumber: '1' });
  expect(told.isError).toBe(true);
  expect(told.text).toMatch(/nothing listens there|unavailable/);
});

describe('a server that', () => {
  test('says nothing is not waited for longer than its time', async () => {
    const url = await raw(() => undefined);
    const gateway = await gatewayOf(url, { timeoutMs: 1000 });
    expect(await namesAt(gateway)).toEqual([]);
    await expect
      .poll(() => problemOf(gateway))
      .toContain('it did not describe itself within 0.9 seconds');
  });

  test('begins and does not go on is left as well', async () => {
    const url = await raw((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
      stream.write(Buffer.from([0, 0, 0, 0]));
    });
    const gateway = await gatewayOf(url, { timeoutMs: 1000 });
    await expect.poll(() => problemOf(gateway)).toContain('did not describe itself within');
  });

  test('is not there is said to be away', async () => {
    const gateway = await gatewayOf('grpc://127.0.0.1:1');
    await expect.poll(() => problemOf(gateway)).toContain('nothing listens there');
  });

  test('does not describe itself says what to give instead', async () => {
    const url = await raw((stream) => {
      const headers = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12' };
      stream.respond(headers, { endStream: true });
    });
    const gateway = await gatewayOf(url);
    await expect.poll(() => problemOf(gateway)).toContain('give protos or descriptors');
  });

  test('says back what it was shown is not quoted', async () => {
    const url = await raw((stream) => {
      stream.respond(
        {
          ':status': 200,
          'content-type': 'application/grpc',
          'grpc-status': '7',
          'grpc-message': `no ${SECRET} here`,
        },
        { endStream: true },
      );
    });
    const gateway = await gatewayOf(url, { auth: { bearer: SECRET } });
    await expect.poll(() => problemOf(gateway)).toContain('no [secret] here');
    expect(problemOf(gateway)).not.toContain(SECRET);
  });
});
