/** The socket side of an answer. */
import type { ServerResponse } from 'node:http';
import type { OutHeaders, Outlet } from '../kernel/index.ts';

/** A reader that leaves this much unread is told nothing more, so that it costs nobody else memory. */
export const MAX_UNREAD_BYTES = 4 * 1024 * 1024;
const MAX_WAIT_MS = 60_000;

/** Lets go of the connection once its answer is whole, even where its exchange is kept on. */
export class HttpOutlet implements Outlet {
  private response: ServerResponse | undefined;

  constructor(response: ServerResponse) {
    this.response = response;
  }

  send(status: number, headers: OutHeaders, body: Buffer | string): void {
    const { response } = this;
    if (response === undefined || response.destroyed || response.headersSent) return;
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    // What is left of an unread body must not be taken for the next request.
    const close = response.req.complete ? [] : ['connection', 'close'];
    // These have no body, and a length would speak of one (RFC 9110, section 8.6).
    const framing = status === 204 || status === 304 ? [] : ['content-length', String(length)];
    response.writeHead(status, [...headers, ...framing, ...close]);
    response.end(body);
    this.finish(response);
  }

  open(status: number, headers: OutHeaders): void {
    const { response } = this;
    if (response === undefined || response.destroyed || response.headersSent) return;
    response.writeHead(status, [...headers]);
    response.flushHeaders();
  }

  write(chunk: Buffer | string): boolean {
    const { response } = this;
    if (response === undefined || response.destroyed || response.writableEnded) return true;
    if (response.writableLength > MAX_UNREAD_BYTES) return false;
    response.write(chunk);
    return response.writableLength <= MAX_UNREAD_BYTES;
  }

  end(chunk?: Buffer | string): void {
    const { response } = this;
    if (response === undefined || response.destroyed || response.writableEnded) return;
    if (chunk === undefined) response.end();
    else response.end(chunk);
    this.finish(response);
  }

  /** A caller that reads nothing for so long of a finished answer is cut off. */
  private finish(response: ServerResponse): void {
    this.response = undefined;
    if (response.writableLength > 0) response.setTimeout(MAX_WAIT_MS, () => response.destroy());
  }
}
