/** Answers written straight to a socket: framed by Content-Length, or chunked where they stream. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { OutHeaders, Outlet } from '../kernel/index.ts';
import { MAX_UNREAD_BYTES } from './http-outlet.ts';

const LAST_CHUNK = '0\r\n\r\n';

export class PlainOutlet implements Outlet {
  private readonly socket: Socket;
  private readonly done: () => void;
  private readonly dateLine: () => string;

  /** @param done called once the answer is written whole */
  constructor(socket: Socket, dateLine: () => string, done: () => void) {
    this.socket = socket;
    this.dateLine = dateLine;
    this.done = done;
  }

  send(status: number, headers: OutHeaders, body: Buffer | string): void {
    const { socket } = this;
    if (!socket.destroyed) {
      const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
      const head = `${this.head(status, headers)}content-length: ${length}\r\n\r\n`;
      const bytes = Buffer.allocUnsafe(head.length + length);
      bytes.write(head, 0, 'latin1');
      if (typeof body === 'string') bytes.write(body, head.length, 'utf8');
      else body.copy(bytes, head.length);
      socket.write(bytes);
    }
    this.done();
  }

  open(status: number, headers: OutHeaders): void {
    if (this.socket.destroyed) return;
    this.socket.write(`${this.head(status, headers)}transfer-encoding: chunked\r\n\r\n`, 'latin1');
  }

  write(chunk: Buffer | string): void {
    const { socket } = this;
    if (socket.destroyed || chunk.length === 0) return;
    socket.write(chunkOf(chunk));
    if (socket.writableLength > MAX_UNREAD_BYTES) socket.destroy();
  }

  end(chunk?: Buffer | string): void {
    if (chunk !== undefined) this.write(chunk);
    if (!this.socket.destroyed) this.socket.write(LAST_CHUNK, 'latin1');
    this.done();
  }

  private head(status: number, headers: OutHeaders): string {
    let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n${this.dateLine()}`;
    for (let at = 0; at + 1 < headers.length; at += 2)
      text += `${headers[at]}: ${headers[at + 1]}\r\n`;
    return text;
  }
}

function chunkOf(chunk: Buffer | string): Buffer {
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  const size = bytes.length.toString(16);
  return Buffer.concat([
    Buffer.from(`${size}\r\n`, 'latin1'),
    bytes,
    Buffer.from('\r\n', 'latin1'),
  ]);
}
