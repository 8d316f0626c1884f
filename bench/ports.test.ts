import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePort, listenersIn, refuseTaken, verifyListener } from './ports.ts';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0FA1 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100 0 0 10 0
   1: 0100007F:0FA1 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 222 1 0 20 4 30 10 -1
   2: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1 0 100 0 0 10 0
`;

test('only sockets that listen on the port count', () => {
  expect(listenersIn(TABLE, 4001)).toEqual(['111']);
  expect(listenersIn(TABLE, 8080)).toEqual(['333']);
  expect(listenersIn(TABLE, 40_000)).toEqual([]);
});

test.runIf(process.platform === 'linux')(
  'a taken port is refused and its holder known',
  async () => {
    const port = await freePort();
    refuseTaken(port);
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    expect(() => refuseTaken(port)).toThrow(`port ${port} is taken`);
    verifyListener('this test', process.pid, port);
    server.close();
    await once(server, 'close');
    expect(() => verifyListener('this test', process.pid, port)).toThrow('not held by this test');
  },
);
