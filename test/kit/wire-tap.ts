/** A way to a server that keeps what went to it, and counts what came from it. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface WireTap extends AsyncDisposable {
  readonly port: number;
  /** Bytes that went to the server, one buffer for each connection. */
  readonly sent: readonly Buffer[];
  /** Bytes that came back, on all of them. */
  readonly answered: number;
}

export async function startWireTap(port: number): Promise<WireTap> {
  const sent: Buffer[] = [];
  const sockets = new Set<Socket>();
  let answered = 0;
  const server = createServer((near) => {
    const at = sent.push(Buffer.alloc(0)) - 1;
    const far = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
    near.on('data', (chunk) => {
      sent[at] = Buffer.concat([sent[at] ?? Buffer.alloc(0), chunk]);
      far.write(chunk);
    });
    far.on('data', (chunk) => {
      answered += chunk.length;
      near.write(chunk);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    sent,
    get answered() {
      return answered;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Messages of a client of PostgreSQL by their kind, the first of a connection left out. */
export function postgresMessages(sent: Buffer): { readonly kind: string; readonly body: Buffer }[] {
  const messages: { kind: string; body: Buffer }[] = [];
  for (let at = sent.length < 4 ? sent.length : sent.readUInt32BE(0); at + 5 <= sent.length;) {
    const end = at + 1 + sent.readUInt32BE(at + 1);
    messages.push({ kind: String.fromCharCode(sent[at] ?? 0), body: sent.subarray(at + 5, end) });
    at = end;
  }
  return messages;
}
