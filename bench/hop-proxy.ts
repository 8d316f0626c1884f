/**
 * The least that Node itself costs as a proxy: `node:http` in, undici `Pool.dispatch` out, the body
 * passed on unread. No limits, no identity, no policy: a reference, not a product.
 *
 *   node hop-proxy.ts LISTEN_PORT UPSTREAM_PORT
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Pool, type Dispatcher } from 'undici';

const HOP_HEADERS = new Set(['host', 'connection', 'keep-alive', 'transfer-encoding']);

const [listenPort, upstreamPort] = process.argv.slice(2).map(Number);
const pool = new Pool(`http://127.0.0.1:${upstreamPort}`, { connections: 256, pipelining: 1 });

/** Writes one upstream answer to the caller. */
class Answer implements Dispatcher.DispatchHandler {
  private readonly response: ServerResponse;
  private readonly chunks: Buffer[] = [];
  private status = 502;
  private headers: string[] = [];

  constructor(response: ServerResponse) {
    this.response = response;
  }

  onRequestStart(): void {}

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    this.status = status;
    this.headers = passedOn(Array.isArray(controller.rawHeaders) ? controller.rawHeaders : []);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.response.writeHead(this.status, this.headers);
    this.response.end(joined(this.chunks));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.response.writeHead(502);
    this.response.end(error.message);
  }
}

/** Names and values in turn, without those that belong to one connection. */
function passedOn(raw: readonly (string | Buffer)[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = String(raw[at]);
    if (!HOP_HEADERS.has(name.toLowerCase())) kept.push(name, String(raw[at + 1]));
  }
  return kept;
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
}

function pass(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const headers = passedOn(request.rawHeaders);
    const body = joined(chunks);
    pool.dispatch(
      { path: request.url ?? '/', method: 'POST', headers, body },
      new Answer(response),
    );
  });
}

createServer(pass).listen(listenPort, '127.0.0.1');
