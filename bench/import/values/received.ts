/** A server on loopback that keeps what it was sent, as it was sent. */
import { createServer, request, Agent, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpRequest } from '../../../gateway/src/upstreams/index.ts';

export interface Received {
  readonly method: string;
  /** Path and query, encoded. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn; values in Latin-1. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

export interface Wire {
  /** Sends a request over a connection and gives what arrived. */
  send(sent: HttpRequest): Promise<Received>;
  close(): Promise<void>;
}

export async function openWire(): Promise<Wire> {
  let last: Received | undefined;
  const server = createServer({ maxHeaderSize: 256 * 1024 }, (incoming, answer) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method = '', url = '', headers, rawHeaders } = incoming;
      last = { method, url, headers, rawHeaders, body: Buffer.concat(chunks) };
      answer.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // The server was told to listen on a port.
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = (sent: HttpRequest): Promise<Received> =>
    new Promise((resolve, reject) => {
      const headers = ['Host', `127.0.0.1:${port}`, ...sent.headers];
      if (sent.body !== null) headers.push('Content-Length', String(sent.body.length));
      const { method, path } = sent;
      const call = request({ host: '127.0.0.1', port, agent, method, path, headers }, (answer) => {
        answer.resume();
        answer.on('end', () =>
          last === undefined ? reject(new Error(`status ${answer.statusCode}`)) : resolve(last),
        );
      });
      call.on('error', reject);
      last = undefined;
      call.end(sent.body ?? undefined);
    });
  return {
    send,
    close: () => {
      agent.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
