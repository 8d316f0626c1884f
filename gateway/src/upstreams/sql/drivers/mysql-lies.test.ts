/** Servers that are no MySQL, or lie as if they were: every call ends, and no file is given to them. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { openWorld } from '../test-world.ts';

const MEGABYTE = 1024 * 1024;

function packet(sequence: number, body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUIntLE(body.length, 0, 3);
  head[3] = sequence;
  return Buffer.concat([head, body]);
}

/** Protocol 10, with a plugin that every client knows. */
const GREETING = packet(
  0,
  Buffer.concat([
    Buffer.from('\x0a8.0.0\0\x01\0\0\x0012345678\0', 'latin1'),
    Buffer.from([0xff, 0xf7, 0x21, 2, 0, 0xff, 0xc1, 21]),
    Buffer.alloc(10),
    Buffer.from('123456789012\0mysql_native_password\0'),
  ]),
);
const WELCOME = packet(2, Buffer.from([0, 0, 0, 2, 0, 0, 0]));
const DONE = packet(1, Buffer.from([0, 0, 0, 2, 0, 0, 0]));

function flood(socket: Socket, head: Buffer): void {
  const block = Buffer.alloc(MEGABYTE, 'x');
  socket.write(head);
  const more = (): void => {
    while (!socket.destroyed && socket.write(block));
  };
  socket.on('drain', more);
  more();
}

/** Lets everybody in, and then says what it likes. */
const after =
  (say: (socket: Socket) => void) =>
  (socket: Socket): void => {
    socket.write(GREETING);
    socket.once('data', () => {
      socket.write(WELCOME);
      socket.on('data', () => say(socket));
    });
  };

const SERVERS: Readonly<Record<string, (socket: Socket) => void>> = {
  'never answers': () => undefined,
  'hangs up': (socket) => socket.destroy(),
  'speaks HTTP': (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
  'talks nonsense': (socket) => socket.write(packet(0, Buffer.from([10]))),
  'floods before login': (socket) => flood(socket, Buffer.from([0xff, 0xff, 0xff, 0])),
  'is silent after login': after(() => undefined),
  'hangs up after login': after((socket) => socket.destroy()),
  'asks for a file of the gateway': after((socket) =>
    socket.write(packet(1, Buffer.from('\xfb/etc/passwd', 'latin1'))),
  ),
  'describes columns that are none': after((socket) =>
    socket.write(Buffer.concat([packet(1, Buffer.from([1])), packet(2, Buffer.from([3, 1, 2]))])),
  ),
  'counts as it likes': after((socket) => socket.write(packet(77, Buffer.from([0, 0, 0])))),
  'floods after login': after((socket) => flood(socket, Buffer.from([0xff, 0xff, 0xff, 1]))),
  'says done to everything, and then floods': (socket) => {
    let asked = 0;
    socket.write(GREETING);
    socket.once('data', () => {
      socket.write(WELCOME);
      socket.on('data', () => {
        if (++asked < 3) socket.write(DONE);
        else if (asked === 3) flood(socket, Buffer.from([0xff, 0xff, 0xff, 1]));
      });
    });
  },
};

test.each(Object.entries(SERVERS))('one that %s', { timeout: 60_000 }, async (_what, lie) => {
  const sockets = new Set<Socket>();
  const heard: Buffer[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('data', (chunk) => heard.push(chunk));
    lie(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const before = process.memoryUsage.rss();
  const limits = {
    connectTimeoutMs: 500,
    statementTimeoutMs: 500,
    timeoutMs: 1000,
    maxBytes: 10_000,
  };
  const world = await openWorld(`mysql://u:p@127.0.0.1:${port}/x`, { 'a.sql': 'select 1' }, limits);
  const reply = await world.call('a.sql');
  expect(reply).toMatchObject({ kind: 'broken', text: expect.not.stringContaining('127.0.0.1') });
  expect(process.memoryUsage.rss() - before).toBeLessThan(150 * MEGABYTE);
  expect(Buffer.concat(heard).toString('latin1')).not.toContain('root:');
  for (const socket of sockets) socket.destroy();
  server.close();
  await world.api.close();
});
