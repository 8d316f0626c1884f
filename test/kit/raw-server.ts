/** An origin that answers byte by byte, for what no HTTP server would send. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** One connection that a client opened. */
export class RawPeer {
  readonly socket: Socket;
  isClosed = false;
  private bytes = '';
  private waiting: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.bytes += chunk.toString('latin1');
      this.wake();
    });
    socket.on('close', () => {
      this.isClosed = true;
      this.wake();
    });
  }

  /** Everything received so far and not yet taken. */
  get text(): string {
    return this.bytes;
  }

  /** Takes the next request; rejects when the connection closes before it is whole. */
  async request(): Promise<string> {
    for (;;) {
      const end = this.bytes.indexOf('\r\n\r\n');
      const length = Number(/\r\ncontent-length: (\d+)/.exec(this.bytes)?.[1] ?? 0);
      if (end >= 0 && this.bytes.length >= end + 4 + length) {
        const request = this.bytes.slice(0, end + 4 + length);
        this.bytes = this.bytes.slice(request.length);
        return request;
      }
      if (this.isClosed) throw new Error('the client closed the connection');
      await this.change();
    }
  }

  async closed(): Promise<void> {
    while (!this.isClosed) await this.change();
  }

  /** Writes pieces as TCP segments of their own, as far as the system lets them be. */
  async send(...pieces: (string | Buffer)[]): Promise<void> {
    for (const piece of pieces) {
      this.socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
      await new Promise(setImmediate);
    }
  }

  private change(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
    });
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}

export class RawServer implements AsyncDisposable {
  readonly peers: RawPeer[] = [];
  readonly server: Server;
  private waiting: (() => void)[] = [];

  constructor() {
    this.server = createServer((socket) => {
      this.peers.push(new RawPeer(socket));
      const waiting = this.waiting;
      this.waiting = [];
      for (const resolve of waiting) resolve();
    });
  }

  static async listen(): Promise<RawServer> {
    const raw = new RawServer();
    await new Promise<void>((resolve) => {
      raw.server.listen(0, '127.0.0.1', resolve);
    });
    return raw;
  }

  get origin(): string {
    const address = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${address.port}`;
  }

  /** The connection that was opened as the `index`-th. */
  async peer(index: number): Promise<RawPeer> {
    for (;;) {
      const peer = this.peers[index];
      if (peer !== undefined) return peer;
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const { socket } of this.peers) socket.destroy();
    await closed;
  }
}
