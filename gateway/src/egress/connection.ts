/** One connection to an origin: a request at a time, its answer read strictly. */
import type { Socket } from 'node:net';
import type { TurnEnd } from '../kernel/index.ts';
import { ChunkedReader } from './chunked.ts';
import {
  InvalidResponse,
  tellFailure,
  type ResponseControl,
  type ResponseHandler,
} from './outbound.ts';
import { readResponseHead, type Framing, type ResponseHead } from './response-head.ts';

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const MAX_HEAD_BYTES = 64 * 1024;
/** Interim answers (1xx) before the answer itself. */
const MAX_INTERIM = 100;
const NO_BODY: Framing = { kind: 'none' };

/** What a connection tells its pool. */
export interface ConnectionOwner {
  /** Uncorks sockets at the end of the turn. */
  readonly turnEnd: TurnEnd<Socket>;
  /** It is free for the next request. */
  freed(connection: Connection): void;
  closed(connection: Connection): void;
  /** `isAside` has changed. */
  aside(connection: Connection): void;
}

/** A request as it goes over the wire. */
export interface WrittenRequest {
  /** Request line and headers, checked. */
  readonly head: string;
  readonly body: Buffer | null;
  /** The answer to HEAD has no body, whatever its headers say (RFC 9112, section 6.3). */
  readonly isHead: boolean;
}

export class Connection {
  /** When it became idle, and how long it may stay so; milliseconds. */
  idleSinceMs = 0;
  idleMs: number;
  /** What it carries waits for something else than the origin. */
  isAside = false;
  private readonly socket: Socket;
  private readonly owner: ConnectionOwner;
  private current: Response | undefined;
  private isDead = false;
  /** The last head that came, and what was read in it: an origin's heads are mostly alike. */
  private lastText = '';
  private lastHead: ResponseHead | undefined;

  constructor(socket: Socket, owner: ConnectionOwner, idleMs: number) {
    this.socket = socket;
    this.owner = owner;
    this.idleMs = idleMs;
    socket.on('end', () => this.onEnd());
    socket.on('error', (error) => this.die(error));
    socket.on('close', () => this.die(new Error('the connection was closed')));
  }

  get isUsable(): boolean {
    return !this.isDead && this.current === undefined && this.socket.writable;
  }

  send({ head, body, isHead }: WrittenRequest, handler: ResponseHandler): void {
    const response = new Response(this, handler, isHead);
    this.current = response;
    response.start();
    if (response.isOver) return;
    if (body === null) {
      this.socket.write(head, 'latin1');
      return;
    }
    const bytes = Buffer.allocUnsafe(head.length + body.length);
    bytes.write(head, 0, 'latin1');
    body.copy(bytes, head.length);
    this.socket.cork();
    this.socket.write(bytes);
    this.owner.turnEnd.add(this.socket);
  }

  /** Ends it at once; what is under way fails with `reason`. */
  destroy(reason: Error): void {
    this.die(reason);
  }

  /** Takes what was read; the bytes belong to the connection from then on. */
  receive(bytes: Buffer): void {
    if (this.isDead) return;
    const { current } = this;
    // Bytes that nobody asked for would be taken for the answer to the next request.
    if (current === undefined) this.die(new InvalidResponse('it sent an answer to nothing'));
    else current.take(bytes);
  }

  /** @throws InvalidResponse where the head is not one */
  readHead(text: string): ResponseHead {
    if (this.lastHead !== undefined && text === this.lastText) return this.lastHead;
    const head = readResponseHead(text);
    if (typeof head === 'string') throw new InvalidResponse(head);
    this.lastText = text;
    this.lastHead = head;
    return head;
  }

  setAside(isAside: boolean): void {
    if (this.isAside === isAside || this.isDead) return;
    this.isAside = isAside;
    this.owner.aside(this);
  }

  private onEnd(): void {
    if (this.current?.endsWithConnection() !== true) {
      this.die(new Error('the connection was closed'));
    }
  }

  private die(reason: Error): void {
    if (this.isDead) return;
    this.setAside(false);
    this.isDead = true;
    const { current } = this;
    this.current = undefined;
    this.socket.destroy();
    this.owner.closed(this);
    current?.fail(reason);
  }

  /** The answer is whole; `rest` is how many bytes came behind it. */
  finished(head: ResponseHead, rest: number): void {
    this.current = undefined;
    // What is still unsent of the request would stand before the next one.
    if (!head.keepsAlive || rest > 0 || this.socket.writableLength > 0) {
      this.die(new Error('the connection is used up'));
      return;
    }
    this.setAside(false);
    if (head.idleMs >= 0) this.idleMs = Math.max(0, head.idleMs - 1000);
    this.owner.freed(this);
  }
}

/** The answer to one request, as far as it has come. */
class Response implements ResponseControl {
  isOver = false;
  private readonly connection: Connection;
  private readonly handler: ResponseHandler;
  private headBytes: Buffer | undefined;
  private head: ResponseHead | undefined;
  private isUntilClose = false;
  private interim = 0;
  private left = 0;
  private chunked: ChunkedReader | undefined;
  private readonly isHead: boolean;

  constructor(connection: Connection, handler: ResponseHandler, isHead: boolean) {
    this.connection = connection;
    this.handler = handler;
    this.isHead = isHead;
  }

  start(): void {
    try {
      this.handler.onRequestStart(this);
    } catch (error) {
      this.abort(asError(error));
    }
  }

  abort(reason: Error): void {
    if (!this.isOver) this.connection.destroy(reason);
  }

  setAside(): void {
    if (!this.isOver) this.connection.setAside(true);
  }

  fail(reason: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    tellFailure(this.handler, this, reason);
  }

  take(bytes: Buffer): void {
    try {
      if (this.head === undefined) this.takeHead(bytes);
      else this.takeBody(bytes);
    } catch (error) {
      this.abort(asError(error));
    }
  }

  /** An answer without a length ends with its connection. @returns whether that was one */
  endsWithConnection(): boolean {
    if (!this.isUntilClose) return false;
    this.finish(0);
    return true;
  }

  private takeHead(bytes: Buffer): void {
    const known = this.headBytes?.length ?? 0;
    let all = this.headBytes === undefined ? bytes : Buffer.concat([this.headBytes, bytes]);
    let end = all.indexOf(END_OF_HEAD, Math.max(0, known - END_OF_HEAD.length));
    while (end >= 0 && end <= MAX_HEAD_BYTES) {
      const head = this.connection.readHead(all.toString('latin1', 0, end));
      all = all.subarray(end + END_OF_HEAD.length);
      if (head.status >= 200) {
        this.headBytes = undefined;
        this.begin(head, all);
        return;
      }
      this.takeInterim(head.status);
      end = all.indexOf(END_OF_HEAD);
    }
    if (all.length > MAX_HEAD_BYTES) throw new InvalidResponse('its answer has too long a head');
    this.headBytes = all.length === 0 ? undefined : all;
  }

  private takeInterim(status: number): void {
    if (status === 101) throw new InvalidResponse('it switched to another protocol');
    if (++this.interim > MAX_INTERIM) throw new InvalidResponse('its answer never begins');
  }

  private begin(head: ResponseHead, rest: Buffer): void {
    this.head = head;
    const framing = this.isHead ? NO_BODY : head.framing;
    this.isUntilClose = framing.kind === 'until_close';
    if (framing.kind === 'length') this.left = framing.bytes;
    if (framing.kind === 'chunked') {
      this.chunked = new ChunkedReader((chunk) => this.handler.onResponseData(this, chunk));
    }
    this.handler.onResponseStart(this, head.status, head.headers);
    if (!this.isOver) this.takeBody(rest);
  }

  private takeBody(bytes: Buffer): void {
    if (this.isOver) return;
    if (this.chunked !== undefined) {
      const used = this.chunked.read(bytes);
      if (used < 0) throw new InvalidResponse('its answer is not chunked as it says');
      if (this.chunked.isDone) this.finish(bytes.length - used);
      return;
    }
    if (this.isUntilClose) {
      if (bytes.length > 0) this.handler.onResponseData(this, bytes);
      return;
    }
    const used = Math.min(bytes.length, this.left);
    this.left -= used;
    if (used > 0) {
      this.handler.onResponseData(this, used === bytes.length ? bytes : bytes.subarray(0, used));
    }
    if (this.left === 0) this.finish(bytes.length - used);
  }

  private finish(rest: number): void {
    if (this.isOver || this.head === undefined) return;
    this.isOver = true;
    this.connection.finished(this.head, rest);
    try {
      this.handler.onResponseEnd();
    } catch {
      // It has heard everything; what it throws now must not reach another request.
    }
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
