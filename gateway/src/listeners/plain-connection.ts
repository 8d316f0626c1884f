/**
 * A connection as long as only ordinary requests come on it, one after another, each whole in one
 * read. At the first thing that is anything else, the bytes go to node:http and the connection stays
 * there: it has the timeouts and the tolerance for slow, chunked, pipelined or odd requests.
 */
import type { Socket } from 'node:net';
import type { Body, Head, Outlet, Refusal, TurnEnd } from '../kernel/index.ts';
import { GrowingBytes } from './growing-bytes.ts';
import { bodyTooLarge } from './http-body.ts';
import type { Callers } from './callers.ts';
import type { HeadLines } from './head-lines.ts';
import type { Peer } from './peer.ts';
import { PlainOutlet } from './plain-outlet.ts';
import { WholeReader } from './whole-request.ts';

export interface PlainConnectionDeps {
  readonly maxHeadBytes: number;
  readonly idleMs: number;
  readonly heads: HeadLines;
  /** Uncorks sockets at the end of the turn. */
  readonly turnEnd: TurnEnd<Socket>;
  /** Whether requests to a path are node:http's, ordinary as they may be. */
  isLeft(path: string): boolean;
  peerOf(socket: Socket): Peer;
  /** Says whose requests they are, under the configuration in force. */
  callers(): Callers;
  /** Takes an ordinary request to its end; returns what to call when the caller goes away. */
  admit(head: Head, body: Body, outlet: Outlet): () => void;
  /** Gives the connection to node:http, which reads on from where it is. */
  handOver(socket: Socket): void;
  /** The connection is closed, or is no longer ours. */
  forget(connection: PlainConnection): void;
}

/** Bytes taken while a request is under way; a caller that sends more does not wait its turn. */
const MAX_AHEAD_BYTES = 256 * 1024;

export class PlainConnection {
  private readonly socket: Socket;
  private readonly deps: PlainConnectionDeps;
  private readonly reader: WholeReader;
  private peer: Peer | undefined;
  private disconnected: (() => void) | undefined;
  private isBusy = false;
  /** The last answer is whole, but much of it still waits to be read. */
  private isUnread = false;
  private isClosing = false;
  private ahead: GrowingBytes | undefined;

  constructor(socket: Socket, deps: PlainConnectionDeps) {
    this.socket = socket;
    this.deps = deps;
    this.reader = new WholeReader(deps.maxHeadBytes, (path) => deps.isLeft(path));
    socket.setTimeout(deps.idleMs);
    socket.on('data', this.onData);
    socket.on('timeout', this.onTimeout);
    socket.on('error', ignore);
    socket.on('end', this.onEnd);
    socket.on('close', this.onClose);
  }

  /** Closes once nothing is under way. */
  close(): void {
    this.isClosing = true;
    if (!this.isBusy) this.socket.destroySoon();
  }

  destroy(): void {
    this.socket.destroy();
  }

  private readonly onData = (bytes: Buffer): void => {
    if (this.isBusy) {
      this.keep(bytes);
      return;
    }
    this.peer ??= this.deps.peerOf(this.socket);
    const request = this.reader.read(bytes, this.peer, this.deps.callers());
    if (request === undefined) {
      this.handOver(bytes);
      return;
    }
    this.isBusy = true;
    const outlet = new PlainOutlet(this.socket, this.deps.heads, this.deps.turnEnd, this.done);
    const gone = this.deps.admit(request.head, new WholeBody(request.body), outlet);
    if (this.isBusy) this.disconnected = gone;
    else gone();
  };

  private readonly done = (): void => {
    this.isBusy = false;
    const gone = this.disconnected;
    this.disconnected = undefined;
    gone?.();
    const { ahead, socket } = this;
    if (socket.destroyed) return;
    if (this.isClosing) socket.destroySoon();
    else if (socket.writableNeedDrain) this.waitForReader();
    else if (ahead !== undefined) {
      this.ahead = undefined;
      this.handOver(ahead.take());
    }
  };

  /** Whoever does not read the answers is asked nothing more. */
  private waitForReader(): void {
    const { socket } = this;
    this.isBusy = true;
    this.isUnread = true;
    socket.pause();
    socket.once('drain', () => {
      this.isUnread = false;
      socket.resume();
      this.done();
    });
  }

  private readonly onTimeout = (): void => {
    if (!this.isBusy || this.isUnread) this.socket.destroy();
  };

  /** The server's sockets stay open for writing; a caller that has said goodbye reads nothing. */
  private readonly onEnd = (): void => {
    this.socket.destroy();
  };

  private readonly onClose = (): void => {
    const gone = this.disconnected;
    this.disconnected = undefined;
    gone?.();
    this.deps.forget(this);
  };

  private keep(bytes: Buffer): void {
    this.ahead ??= new GrowingBytes();
    this.ahead.push(bytes);
    if (this.ahead.length > MAX_AHEAD_BYTES) this.socket.destroy();
  }

  private handOver(bytes: Buffer): void {
    const { socket } = this;
    socket.off('data', this.onData);
    socket.off('timeout', this.onTimeout);
    socket.off('error', ignore);
    socket.off('end', this.onEnd);
    socket.off('close', this.onClose);
    socket.setTimeout(0);
    this.deps.forget(this);
    socket.pause();
    socket.unshift(bytes);
    this.deps.handOver(socket);
    socket.resume();
  }
}

function ignore(): void {
  // 'close' follows and is what counts.
}

/** A body that is there already. */
class WholeBody implements Body {
  private readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  read(maxBytes: number): Buffer | Refusal {
    return this.bytes.length > maxBytes ? bodyTooLarge(maxBytes) : this.bytes;
  }
}
