/** Servers that are no databases, or lie as if they were: every call ends, and little of theirs is kept. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { callerOf } from '../journeys/apis/world.ts';
import { startGateway } from '../kit/gateway.ts';
import { queryFolder } from '../kit/sql-queries.ts';

const MEGABYTE = 1024 * 1024;
const PASSWORD = 'server-secret-canary';

function message(kind: string, body: Buffer, length = body.length + 4): Buffer {
  const head = Buffer.alloc(5);
  head.write(kind, 'latin1');
  head.writeUInt32BE(length >>> 0, 1);
  return Buffer.concat([head, body]);
}

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const OK = message('R', int(0));
const READY = message('Z', Buffer.from('I'));
const IN_TRANSACTION = message('Z', Buffer.from('T'));
const done = (text: string): Buffer => message('C', Buffer.from(`${text}\0`));
const KEY = message('K', Buffer.concat([int(1), int(2)]));

/** As fast as it is taken, until the connection ends. */
function flood(socket: Socket, head: Buffer): void {
  const block = Buffer.alloc(MEGABYTE, 'x');
  socket.write(head);
  const more = (): void => {
    while (!socket.destroyed && socket.write(block));
  };
  socket.on('drain', more);
  more();
}

type Lie = (socket: Socket, chunk: Buffer, at: number) => void;

/** Lets everybody in, and then says what it likes to the first statement. */
const after =
  (say: (socket: Socket) => void): Lie =>
  (socket, _chunk, at) => {
    if (at === 0) socket.write(Buffer.concat([OK, KEY, READY]));
    else if (at === 1) say(socket);
  };

const SERVERS: Readonly<Record<string, Lie>> = {
  'never answers': () => undefined,
  'hangs up': (socket) => socket.destroy(),
  'speaks HTTP': (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
  'talks nonsense': (socket) => socket.write(Buffer.from('\x01\x02what is this?\xff\xff\xff\xff')),
  'floods before login': (socket) => flood(socket, message('R', Buffer.alloc(0), 0xffffff00)),
  'asks for the password in words nobody knows': (socket) => socket.write(message('R', int(99))),
  'sends notices without end': (socket) => {
    const notice = message('N', Buffer.from('Mhello\0\0'));
    flood(socket, Buffer.concat(Array.from({ length: 50_000 }, () => notice)));
  },
  'is silent after login': after(() => undefined),
  'floods after login': after((socket) => flood(socket, message('D', Buffer.alloc(0), 0x7fffff00))),
  'hangs up after login': after((socket) => socket.destroy()),
  'answers something else': after((socket) => socket.write(message('t', Buffer.from([0, 0])))),
  'sends a row nobody asked for': after((socket) =>
    socket.write(Buffer.concat([message('D', Buffer.from([0, 9])), READY])),
  ),
  'says a length below the least': after((socket) =>
    socket.write(message('D', Buffer.alloc(8), 1)),
  ),
  'a value of a gigabyte': (socket, chunk, at) => {
    if (at === 0) socket.write(Buffer.concat([OK, KEY, READY]));
    else if (chunk[0] === 0x51) socket.write(Buffer.concat([done('BEGIN'), IN_TRANSACTION]));
    else {
      const column = Buffer.concat([
        Buffer.from([0, 1]),
        Buffer.from('x\0'),
        Buffer.alloc(6),
        int(25),
        Buffer.alloc(8),
      ]);
      const ready = [
        message('1', Buffer.alloc(0)),
        message('2', Buffer.alloc(0)),
        message('T', column),
      ];
      const row = Buffer.concat([Buffer.from([0, 1]), int(0x3fffffff)]);
      flood(socket, Buffer.concat([...ready, message('D', row, 0x3fffffff + 10)]));
    }
  },
};

async function listen(lie: Lie): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    let at = 0;
    sockets.add(socket);
    socket.on('error', () => undefined).on('data', (chunk) => lie(socket, chunk, at++));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

test.each(Object.entries(SERVERS))('one that %s', { timeout: 60_000 }, async (_what, lie) => {
  const port = await listen(lie);
  using queries = queryFolder({ look: 'select 1 as one' });
  const sql = {
    queries: queries.path,
    maxBytes: 100_000,
    statementTimeoutMs: 1000,
    url: `postgres://u:${PASSWORD}@127.0.0.1:${port}/x`,
    connectTimeoutMs: 1000,
  };
  await using gateway = await startGateway({ upstreams: { odd: { sql, timeoutMs: 2000 } } });
  await using caller = await callerOf('rest', gateway);
  const before = process.memoryUsage.rss();
  const told = await caller.call('odd__look');
  expect([told.isError, told.text]).toEqual([true, expect.anything()]);
  expect(process.memoryUsage.rss() - before).toBeLessThan(150 * MEGABYTE);
  expect(told.text).not.toMatch(/canary|127\.0\.0\.1/);
  expect(JSON.stringify([gateway.log, await gateway.records()])).not.toContain(PASSWORD);
});
