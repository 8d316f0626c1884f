/** HTTP written and read byte by byte, for what no HTTP client would send. */
import { connect, type Socket } from 'node:net';

export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A raw connection; everything received is kept. */
export class RawClient implements AsyncDisposable {
  readonly socket: Socket;
  /** Resolves when the connection is closed, however. */
  readonly closed: Promise<void>;
  private bytes = Buffer.alloc(0);
  private waiting: (() => void)[] = [];
  isClosed = false;

  /** @param at a port, or a connection that is being opened */
  constructor(at: number | Socket, host = '127.0.0.1') {
    this.socket = typeof at === 'number' ? connect({ port: at, host, allowHalfOpen: true }) : at;
    this.socket.on('data', (chunk: Buffer) => {
      this.bytes = Buffer.concat([this.bytes, chunk]);
      this.wake();
    });
    this.socket.on('error', () => undefined);
    this.socket.on('end', () => this.wake());
    this.closed = new Promise((resolve) => {
      this.socket.on('close', () => {
        this.isClosed = true;
        this.wake();
        resolve();
      });
    });
  }

  send(...pieces: (string | Buffer)[]): this {
    for (const piece of pieces) this.socket.write(piece);
    return this;
  }

  /** Everything received so far and not yet taken. */
  get text(): string {
    return this.bytes.toString('latin1');
  }

  /** Resolves when what is received satisfies `test`; rejects when the connection ends before. */
  async until(test: (text: string) => boolean): Promise<string> {
    while (!test(this.text)) {
      if (this.socket.readableEnded || this.isClosed) {
        throw new Error(`the connection ended after ${JSON.stringify(this.text)}`);
      }
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
    }
    return this.text;
  }

  /** Takes the next whole answer that has a Content-Length. */
  async response(): Promise<RawResponse> {
    const text = await this.until((received) => lengthOf(received) !== undefined);
    const length = lengthOf(text) ?? 0;
    const response = parse(text.slice(0, length));
    this.bytes = this.bytes.subarray(length);
    return response;
  }

  /** Resolves with everything that was received before the other side ended the connection. */
  async end(): Promise<string> {
    while (!this.socket.readableEnded && !this.isClosed) {
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
    }
    return this.text;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    return this.closed;
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}

function lengthOf(text: string): number | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
  return text.length >= end + 4 + length ? end + 4 + length : undefined;
}

function parse(text: string): RawResponse {
  const end = text.indexOf('\r\n\r\n');
  const [line = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((header) => {
      const colon = header.indexOf(':');
      return [header.slice(0, colon).toLowerCase(), header.slice(colon + 1).trim()];
    }),
  );
  return { status: Number(line.split(' ')[1]), headers, body: text.slice(end + 4) };
}

/** A POST as any client would write it. */
export function post(body: string, headers: Readonly<Record<string, string>> = {}): string {
  const all = {
    host: 'localhost',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST /mcp HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}
