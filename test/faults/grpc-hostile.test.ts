/** Servers that speak gRPC and mean harm: every answer of theirs is bounded. */
import { createServer, type ServerHttp2Stream } from 'node:http2';
import { gzipSync } from 'node:zlib';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../kit/gateway.ts';

const PROTO = fileURLToPath(new URL('../../examples/grpc/risk.proto', import.meta.url));
const MEGABYTE = 1024 * 1024;

function frame(message: Buffer, flag = 0): Buffer {
  const head = Buffer.alloc(5);
  head[0] = flag;
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** A parcel in a parcel in a parcel: the field `request`, then `parcels`, then `parts`. */
function nested(levels: number): Buffer {
  let inner = Buffer.alloc(0);
  for (let at = 0; at < levels; at++) {
    const length: number[] = [];
    for (let left = inner.length; ; left = Math.floor(left / 128)) {
      length.push(left >= 128 ? (left % 128) + 128 : left);
      if (left < 128) break;
    }
    inner = Buffer.concat([Buffer.from([at === levels - 1 ? 0x12 : 0x1a, ...length]), inner]);
  }
  return inner;
}

/** An assessment whose request has so many parcels without anything in them: two bytes each. */
function crowd(count: number): Buffer {
  const parcels = Buffer.alloc(count * 2);
  for (let at = 0; at < parcels.length; at += 2) parcels[at] = 0x1a;
  const length = parcels.length;
  const bytes = [length, length >> 7, length >> 14, length >> 21].map((part, at) =>
    at < 3 ? (part % 128) + 128 : part % 128,
  );
  return Buffer.concat([Buffer.from([0x12, ...bytes]), parcels]);
}

let sent = 0;

function answer(stream: ServerHttp2Stream, path: string, kind: string): void {
  stream.on('error', () => undefined);
  const headers = { ':status': 200, 'content-type': 'application/grpc' };
  if (path.includes('reflection')) {
    stream.respond(headers);
    stream.on('data', () => stream.write(frame(endless(kind))));
    return;
  }
  if (kind === 'headers') {
    const many = Array.from({ length: 3000 }, (_, at) => [`x-${at}`, 'y'.repeat(100)]);
    stream.respond({ ...headers, ...Object.fromEntries(many) });
    stream.end();
    return;
  }
  const coding = kind === 'bomb' ? { 'grpc-encoding': 'gzip' } : {};
  stream.respond({ ...headers, ...coding }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  if (kind === 'length') stream.write(Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3]));
  if (kind === 'recursion') stream.end(frame(nested(5000)));
  if (kind === 'bomb') stream.end(frame(gzipSync(Buffer.alloc(64 * MEGABYTE)), 1));
  if (kind === 'crowd') stream.end(frame(crowd(2_000_000)));
  if (kind === 'empty') stream.end(Buffer.alloc(5 * 500_000));
  if (kind === 'garbage') stream.end(frame(Buffer.from('what is this?')));
  if (kind === 'half') stream.end(frame(Buffer.alloc(100)).subarray(0, 50));
  if (kind === 'gigabyte') flood(stream);
}

/** A file that imports another one, always. */
let files = 0;
function endless(kind: string): Buffer {
  const field = (no: number, value: Buffer): Buffer =>
    Buffer.concat([Buffer.from([no * 8 + 2, value.length]), value]);
  files++;
  if (files === 1) return field(6, field(1, field(1, Buffer.from('a.B'))));
  const file = Buffer.concat([
    field(1, Buffer.from(`f${files}`)),
    field(3, Buffer.from(`f${files + 1}`)),
    field(1, Buffer.from(`${kind}${files}`)),
  ]);
  return field(4, field(1, file));
}

function flood(stream: ServerHttp2Stream): void {
  const message = frame(
    Buffer.concat([Buffer.from([0x7a, 0xfc, 0xff, 0x3f]), Buffer.alloc(MEGABYTE - 4)]),
  );
  const more = (): void => {
    if (stream.destroyed || sent >= 1024) return;
    sent++;
    stream.write(message, () => setImmediate(more));
  };
  more();
}

const KINDS = [
  'length',
  'recursion',
  'bomb',
  'crowd',
  'garbage',
  'half',
  'headers',
  'gigabyte',
  'empty',
] as const;
const servers = KINDS.map((kind) => {
  const server = createServer();
  server.on('stream', (stream, headers) => answer(stream, String(headers[':path']), kind));
  server.on('sessionError', () => undefined);
  return server;
});
const endlessServer = createServer();
endlessServer.on('stream', (stream) => answer(stream, 'reflection', 'x'));

let gateway: TestGateway;
let client: Client;

beforeAll(async () => {
  const upstreams: Record<string, unknown> = {};
  for (const [at, server] of [...servers, endlessServer].entries()) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `grpc://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const kind = KINDS[at];
    if (kind === undefined) upstreams['endless'] = { grpc: url };
    else upstreams[kind] = { grpc: { url, protos: [PROTO] }, timeoutMs: 20_000 };
  }
  gateway = await startGateway({ upstreams, policy: { default: 'allow' } });
  client = new Client({ name: 'x', version: '1' }, { versionNegotiation: { mode: 'legacy' } });
  await client.connect(new StreamableHTTPClientTransport(new URL(gateway.url)));
}, 60_000);

afterAll(async () => {
  await client.close();
  await gateway.close();
  for (const server of [...servers, endlessServer]) server.close();
});

async function told(kind: string, method: string): Promise<string> {
  try {
    const { content } = await client.callTool({ name: `${kind}__${method}`, arguments: {} });
    return JSON.stringify(content);
  } catch (error) {
    return String(error);
  }
}

test.each([
  ['length', /more than \d+ bytes/],
  ['recursion', /not the message that it describes/],
  ['bomb', /more than \d+ bytes/],
  ['crowd', /more than \d+ bytes/],
  ['garbage', /not the message that it describes/],
  ['half', /ends inside a message/],
  ['headers', /the connection was closed/],
])('%s', async (kind, words) => {
  expect(await told(kind, 'get_assessment')).toMatch(words);
});

test('a gigabyte is not waited for', async () => {
  expect(await told('gigabyte', 'watch_ship')).toMatch(/longer than \d+ bytes/);
  expect(sent).toBeLessThan(512);
});

test('a stream of messages with nothing in them ends where enough have come', async () => {
  expect(await told('empty', 'watch_ship')).toMatch(/1000 messages had come/);
});

test('a description that does not end is left, and the others are listed', async () => {
  const { tools } = await client.listTools();
  const names = tools.map(({ name }) => name);
  expect(names.filter((name) => name.startsWith('endless__get'))).toEqual([]);
  expect(names).toContain('bomb__get_assessment');
});
