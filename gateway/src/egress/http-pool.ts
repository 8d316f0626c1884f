/** One pool of kept-alive HTTP/1.1 connections per origin: in use, idle, and who waits for one. */
import type { Socket } from 'node:net';
import { TurnEnd } from '../kernel/index.ts';
import { Connection } from './connection.ts';
import { dial, type Dialing, type Inbox } from './dial.ts';
import { tellFailure } from './outbound.ts';
import type { OutboundPool, OutboundRequest, PoolOptions, ResponseHandler } from './outbound.ts';
import type { Proxy } from './proxies.ts';
import { RequestHeads } from './request-head.ts';

/** Idle time of a connection whose peer promises none; servers commonly close after 5 s. */
const DEFAULT_IDLE_MS = 4000;
const SWEEP_MS = 1000;
/** What may wait for a connection; more than this is refused at once. */
const MAX_WAITING = 1024;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

interface Waiting {
  readonly head: string;
  readonly isHead: boolean;
  readonly body: Buffer | null;
  readonly handler: ResponseHandler;
}

const READ_BYTES = 32 * 1024;

class HttpPool implements OutboundPool {
  private readonly origin: URL;
  private readonly options: PoolOptions;
  private readonly turnEnd = new TurnEnd((socket: Socket) => socket.uncork());
  private readonly readBuffer = Buffer.allocUnsafeSlow(READ_BYTES);
  private readonly heads: RequestHeads;
  private readonly idle: Connection[] = [];
  private readonly all = new Set<Connection>();
  private asideCount = 0;
  private readonly opening = new Set<Dialing>();
  private readonly proxy: Proxy | undefined;
  /** A proxy that takes requests one by one is told where each goes, and who asks. */
  private readonly isRelayed: boolean;
  private readonly waiting: Waiting[] = [];
  private waitingBytes = 0;
  private sweeper: NodeJS.Timeout | undefined;
  private isDestroyed = false;

  constructor(origin: string, options: PoolOptions) {
    this.origin = new URL(origin);
    this.heads = new RequestHeads(this.origin.host);
    this.options = options;
    this.proxy = options.wayOut?.proxies?.find(this.origin);
    const isGuarded = options.lookup !== undefined && options.lookup.isNamed !== true;
    const isTunnel = this.origin.protocol === 'https:' || isGuarded;
    this.isRelayed = this.proxy !== undefined && !isTunnel;
  }

  send(request: OutboundRequest, handler: ResponseHandler): void {
    const head = this.heads.write(request);
    if (head === undefined) {
      refuse(handler, 'the path or a header has a character that may not stand in it');
      return;
    }
    if (this.isDestroyed) {
      refuse(handler, 'the pool was closed');
      return;
    }
    const connection = this.takeIdle();
    const written = this.isRelayed ? this.relayed(head) : head;
    const { method, body } = request;
    const waiting = { head: written, isHead: method === 'HEAD', body, handler };
    if (connection !== undefined) connection.send(waiting, handler);
    else this.wait(waiting);
  }

  async destroy(): Promise<void> {
    this.isDestroyed = true;
    clearInterval(this.sweeper);
    const reason = new Error('the pool was closed');
    for (const { handler } of this.waiting.splice(0)) tellFailure(handler, null, reason);
    for (const dialing of this.opening) dialing.stop();
    this.opening.clear();
    for (const connection of this.all) connection.destroy(reason);
    await Promise.resolve();
  }

  private takeIdle(): Connection | undefined {
    for (;;) {
      const connection = this.idle.pop();
      if (connection === undefined || isFresh(connection, performance.now())) return connection;
    }
  }

  private wait(waiting: Waiting): void {
    const bytes = this.waitingBytes + sizeOf(waiting);
    if (this.waiting.length >= MAX_WAITING || bytes > MAX_WAITING_BYTES) {
      refuse(waiting.handler, 'too many requests wait for a connection');
      return;
    }
    this.waitingBytes = bytes;
    this.waiting.push(waiting);
    this.openMore();
  }

  private nextWaiting(): Waiting | undefined {
    const next = this.waiting.shift();
    if (next !== undefined) this.waitingBytes -= sizeOf(next);
    return next;
  }

  private openMore(): void {
    const used = this.all.size - this.asideCount + this.opening.size;
    const room = this.options.maxConnections - used;
    if (room > 0 && this.waiting.length > this.opening.size) this.open();
  }

  private open(): void {
    const inbox: Inbox = { receive: () => undefined };
    const { origin, proxy, options, readBuffer } = this;
    const isTunnel = proxy !== undefined && !this.isRelayed;
    const to = { origin, proxy, isTunnel, options, inbox, readBuffer };
    const dialing = dial(to, (outcome) => {
      this.opening.delete(dialing);
      if (outcome instanceof Error) this.failed(outcome);
      else this.adopt(outcome, inbox);
    });
    this.opening.add(dialing);
  }

  private failed(error: Error): void {
    const next = this.nextWaiting();
    if (next !== undefined) tellFailure(next.handler, null, error);
    this.openMore();
  }

  /** The request with its whole address, as a proxy takes it (RFC 9112, section 3.2.2). */
  private relayed(head: string): string {
    const login = this.proxy?.authorization ?? '';
    const whole = head.replace(' ', ` ${this.origin.origin}`);
    if (login === '') return whole;
    return `${whole.slice(0, -2)}proxy-authorization: ${login}\r\n\r\n`;
  }

  private adopt(socket: Socket, inbox: Inbox): void {
    const connection = new Connection(
      socket,
      {
        turnEnd: this.turnEnd,
        freed: (free) => this.serve(free),
        closed: (gone) => {
          this.all.delete(gone);
          this.openMore();
        },
        aside: ({ isAside }) => {
          this.asideCount += isAside ? 1 : -1;
          if (isAside) this.openMore();
        },
      },
      DEFAULT_IDLE_MS,
    );
    inbox.receive = (bytes) => connection.receive(bytes);
    this.all.add(connection);
    this.serve(connection);
  }

  /** Gives a free connection to whoever waits longest, or keeps it for later. */
  private serve(connection: Connection): void {
    const next = this.nextWaiting();
    if (next !== undefined) {
      connection.send(next, next.handler);
      return;
    }
    connection.idleSinceMs = performance.now();
    this.idle.push(connection);
    this.sweeper ??= setInterval(() => this.sweep(), SWEEP_MS).unref();
  }

  private sweep(): void {
    const nowMs = performance.now();
    const kept = this.idle.filter((connection) => isFresh(connection, nowMs));
    this.idle.splice(0, this.idle.length, ...kept);
    if (this.all.size > 0) return;
    clearInterval(this.sweeper);
    this.sweeper = undefined;
  }
}

/** Whether an idle connection may still be used; ends it where it was idle for too long. */
function isFresh(connection: Connection, nowMs: number): boolean {
  if (!connection.isUsable) return false;
  if (nowMs - connection.idleSinceMs < connection.idleMs) return true;
  connection.destroy(new Error('it was idle for too long'));
  return false;
}

function sizeOf(waiting: Waiting): number {
  return waiting.head.length + (waiting.body?.length ?? 0);
}

function refuse(handler: ResponseHandler, why: string): void {
  queueMicrotask(() => tellFailure(handler, null, new Error(why)));
}

/**
 * Opens a pool; nothing is connected before the first request.
 * @param origin scheme, host and port
 */
export function openPool(origin: string, options: PoolOptions): OutboundPool {
  return new HttpPool(origin, options);
}
