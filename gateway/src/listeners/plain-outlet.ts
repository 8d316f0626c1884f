/** Answers written straight to a socket: framed by Content-Length, or chunked where they stream. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { OutHeaders, Outlet, TurnEnd } from '../kernel/index.ts';
import type { HeadLines } from './head-lines.ts';
import { MAX_UNREAD_BYTES } from './http-outlet.ts';

const LAST_CHUNK = '0\r\n\r\n';

/**
 * Once its answer is whole it writes nothing more and lets go of the connection, which belongs to the
 * next answer, even where its exchange is kept on.
 */
export class PlainOutlet implements Outlet {
  private socket: Socket | undefined;
  private readonly heads: HeadLines;
  private readonly turnEnd: TurnEnd<Socket>;
  private done: () => void;
  private state: 'fresh' | 'open' | 'over' = 'fresh';

  /**
   * @param turnEnd uncorks sockets at the end of the turn
   * @param done called once the answer is written whole
   */
  constructor(socket: Socket, heads: HeadLines, turnEnd: TurnEnd<Socket>, done: () => void) {
    this.socket = socket;
    this.turnEnd = turnEnd;
    this.heads = heads;
    this.done = done;
  }

  send(status: number, headers: OutHeaders, body: Buffer | string): void {
    const { socket } = this;
    if (socket === undefined || this.state !== 'fresh') return;
    if (!socket.destroyed) {
      const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
      const head = `${this.head(status, headers)}content-length: ${length}\r\n\r\n`;
      const bytes = Buffer.allocUnsafe(head.length + length);
      bytes.write(head, 0, 'latin1');
      if (typeof body === 'string') bytes.write(body, head.length, 'utf8');
      else body.copy(bytes, head.length);
      socket.cork();
      socket.write(bytes);
      this.turnEnd.add(socket);
    }
    this.finish();
  }

  open(status: number, headers: OutHeaders): void {
    const { socket } = this;
    if (socket === undefined || this.state !== 'fresh') return;
    const head = `${this.head(status, headers)}transfer-encoding: chunked\r\n\r\n`;
    this.state = 'open';
    if (!socket.destroyed) socket.write(head, 'latin1');
  }

  write(chunk: Buffer | string): boolean {
    const { socket } = this;
    if (socket === undefined || this.state !== 'open') return true;
    if (socket.destroyed || chunk.length === 0) return true;
    if (socket.writableLength > MAX_UNREAD_BYTES) return false;
    socket.write(chunkOf(chunk));
    return socket.writableLength <= MAX_UNREAD_BYTES;
  }

  end(chunk?: Buffer | string): void {
    const { socket } = this;
    if (socket === undefined || this.state === 'over') return;
    const isLast = this.state === 'open' && chunk !== undefined && chunk.length > 0;
    if (isLast && !socket.destroyed) socket.write(chunkOf(chunk));
    // An end without a head cannot be told to the caller but by cutting it off.
    if (this.state === 'fresh') socket.destroy();
    if (!socket.destroyed) socket.write(LAST_CHUNK, 'latin1');
    this.finish();
  }

  private finish(): void {
    const { done } = this;
    this.state = 'over';
    this.socket = undefined;
    this.done = nothing;
    done();
  }

  private head(status: number, headers: OutHeaders): string {
    return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n${this.heads.date()}${this.heads.lines(headers)}`;
  }
}

function nothing(): void {
  // It was told.
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
