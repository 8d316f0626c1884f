/** Answers written straight to a socket: framed by Content-Length, or chunked where they stream. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { OutHeaders, Outlet } from '../kernel/index.ts';
import { MAX_UNREAD_BYTES } from './http-outlet.ts';

const LAST_CHUNK = '0\r\n\r\n';
const UNSOUND = /[^\t\x20-\x7e\x80-\xff]/;

/** Once its answer is whole it writes nothing more: the connection belongs to the next answer. */
export class PlainOutlet implements Outlet {
  private readonly socket: Socket;
  private readonly done: () => void;
  private readonly dateLine: () => string;
  private state: 'fresh' | 'open' | 'over' = 'fresh';

  /** @param done called once the answer is written whole */
  constructor(socket: Socket, dateLine: () => string, done: () => void) {
    this.socket = socket;
    this.dateLine = dateLine;
    this.done = done;
  }

  send(status: number, headers: OutHeaders, body: Buffer | string): void {
    const { socket } = this;
    if (this.state !== 'fresh') return;
    if (!socket.destroyed) {
      const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
      const head = `${this.head(status, headers)}content-length: ${length}\r\n\r\n`;
      const bytes = Buffer.allocUnsafe(head.length + length);
      bytes.write(head, 0, 'latin1');
      if (typeof body === 'string') bytes.write(body, head.length, 'utf8');
      else body.copy(bytes, head.length);
      socket.write(bytes);
    }
    this.state = 'over';
    this.done();
  }

  open(status: number, headers: OutHeaders): void {
    if (this.state !== 'fresh') return;
    const head = `${this.head(status, headers)}transfer-encoding: chunked\r\n\r\n`;
    this.state = 'open';
    if (!this.socket.destroyed) this.socket.write(head, 'latin1');
  }

  write(chunk: Buffer | string): void {
    const { socket } = this;
    if (this.state !== 'open' || socket.destroyed || chunk.length === 0) return;
    socket.write(chunkOf(chunk));
    if (socket.writableLength > MAX_UNREAD_BYTES) socket.destroy();
  }

  end(chunk?: Buffer | string): void {
    if (this.state === 'over') return;
    if (chunk !== undefined) this.write(chunk);
    // An end without a head cannot be told to the caller but by cutting it off.
    if (this.state === 'fresh') this.socket.destroy();
    this.state = 'over';
    if (!this.socket.destroyed) this.socket.write(LAST_CHUNK, 'latin1');
    this.done();
  }

  /** Throws, as node:http does, where a header would end its line: that is a mistake of ours. */
  private head(status: number, headers: OutHeaders): string {
    let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n${this.dateLine()}`;
    for (let at = 0; at + 1 < headers.length; at += 2) {
      const line = `${headers[at]}: ${headers[at + 1]}`;
      if (UNSOUND.test(line)) throw new TypeError(`the header ${headers[at]} is not one line`);
      text += `${line}\r\n`;
    }
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
