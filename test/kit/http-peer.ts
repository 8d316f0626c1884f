/** An HTTP server whose every answer a test writes by hand. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PeerRequest {
  readonly httpMethod: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** The body parsed; empty where there is none. */
  readonly message: {
    readonly id?: string | number;
    readonly method?: string;
    readonly params?: Record<string, unknown>;
  };
}

export interface HttpPeer extends AsyncDisposable {
  readonly url: string;
  readonly requests: PeerRequest[];
  /** Connections accepted so far. */
  readonly connections: () => number;
  /** Resolves with the first request that fits, past or future. */
  received(fits: (request: PeerRequest) => boolean): Promise<PeerRequest>;
  close(): Promise<void>;
}

export async function startPeer(
  answer: (request: PeerRequest, response: ServerResponse) => void,
): Promise<HttpPeer> {
  const requests: PeerRequest[] = [];
  const waiting = new Set<() => void>();
  let connections = 0;
  const server = createServer((incoming, response) => {
    void readAll(incoming).then((text) => {
      const request: PeerRequest = {
        httpMethod: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        text,
        message: text === '' ? {} : (JSON.parse(text) as PeerRequest['message']),
      };
      requests.push(request);
      for (const look of waiting) look();
      answer(request, response);
    });
  });
  server.on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    requests,
    connections: () => connections,
    received: (fits) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = requests.find(fits);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function readAll(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** A whole JSON-RPC answer. @param outcome `"result":…` or `"error":…` */
export function sendOutcome(
  request: PeerRequest,
  response: ServerResponse,
  outcome: string,
  status = 200,
): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`{"jsonrpc":"2.0","id":${JSON.stringify(request.message.id)},${outcome}}`);
}

/** Opens an event stream. */
export function openStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
}
