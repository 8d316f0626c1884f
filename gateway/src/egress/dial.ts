/** From an origin to an open socket: straight there or through a proxy, TLS included. */
import { connect as connectPlain, isIP, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { PoolOptions } from './outbound.ts';
import { ProxyRefused, type Proxy } from './proxies.ts';
import { readConnectAnswer } from './connect-answer.ts';

/** Where a socket's bytes go; known to the socket before there is a connection to take them. */
export interface Inbox {
  receive(bytes: Buffer): void;
}

export interface DialTo {
  readonly origin: URL;
  readonly proxy: Proxy | undefined;
  /** The proxy is asked for a tunnel, and not for each request. */
  readonly isTunnel: boolean;
  readonly options: PoolOptions;
  readonly inbox: Inbox;
  /** All plain sockets of a pool read into it. */
  readonly readBuffer: Buffer;
  /** Whoever asked reads the socket, and the inbox hears nothing. */
  readonly isOwnReader?: boolean;
  /** What is agreed on with TLS (ALPN); `http/1.1` where left out. */
  readonly alpn?: 'h2' | 'http/1.1';
}

/** A socket on its way. */
export interface Dialing {
  /** Gives up without telling anybody. */
  stop(): void;
}

type Told = (outcome: Socket | Error) => void;

/**
 * Opens a connection; `told` hears of a socket that may be written to, or why there is none, once and
 * never before this returns. Whatever fails, nothing less safe is tried in its place.
 */
export function dial(to: DialTo, told: Told): Dialing {
  return new Dial(to, told);
}

class Dial implements Dialing {
  private readonly to: DialTo;
  private readonly told: Told;
  private readonly timer: NodeJS.Timeout;
  private socket: Socket | undefined;
  private isOver = false;

  constructor(to: DialTo, told: Told) {
    this.to = to;
    this.told = told;
    const { connectTimeoutMs } = to.options;
    this.timer = setTimeout(() => {
      this.fail(new Error(`no connection within ${connectTimeoutMs} ms`));
    }, connectTimeoutMs);
    const { proxy } = to;
    if (proxy === undefined) this.direct();
    else if (proxy.fault !== '') queueMicrotask(() => this.fail(new ProxyRefused(proxy.fault)));
    else if (to.isTunnel) this.tunnel(proxy);
    else this.follow(proxySocket(proxy, this.reading()), proxy.isTls, () => this.ready());
  }

  stop(): void {
    this.isOver = true;
    clearTimeout(this.timer);
    this.socket?.destroy();
  }

  private readonly fail = (error: Error): void => {
    if (this.isOver) return;
    this.stop();
    this.told(error);
  };

  private readonly closed = (): void => this.fail(new Error('the connection was closed'));

  /** Watches over a socket until it is up. */
  private follow(socket: Socket, isTls: boolean, up: () => void): void {
    this.socket = socket;
    socket.on('error', this.fail);
    socket.on('close', this.closed);
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      if (!this.isOver) up();
    });
  }

  private ready(): void {
    const { socket } = this;
    if (socket === undefined || this.isOver) return;
    this.isOver = true;
    clearTimeout(this.timer);
    socket.off('error', this.fail);
    socket.off('close', this.closed);
    this.told(socket);
  }

  private direct(): void {
    const { origin, options } = this.to;
    const { lookup } = options;
    const peer = { host: hostOf(origin), port: portOf(origin) };
    const found = lookup === undefined ? peer : { ...peer, lookup };
    if (origin.protocol !== 'https:') {
      const reading = this.to.isOwnReader === true ? {} : { onread: this.reading() };
      const socket = connectPlain({ ...found, noDelay: true, ...reading });
      this.follow(socket, false, () => this.ready());
      return;
    }
    this.secure(found);
  }

  /** TLS with the origin, over a connection of its own or a tunnel. */
  private secure(over: ConnectionOptions): void {
    const { origin, options, inbox, isOwnReader = false, alpn = 'http/1.1' } = this.to;
    const host = hostOf(origin);
    const secured = options.wayOut?.tls?.securing(origin.host);
    if (secured instanceof Error) {
      queueMicrotask(() => this.fail(secured));
      return;
    }
    const name = secured?.serverName ?? host;
    const socket = connectTls({
      ...over,
      ...(secured === undefined ? {} : { secureContext: secured.secureContext }),
      ...(isIP(name) === 0 ? { servername: name } : { host: name }),
      ALPNProtocols: [alpn],
      minVersion: 'TLSv1.2',
      // Said in so many words: an environment variable could turn it off otherwise.
      rejectUnauthorized: true,
    });
    if (!isOwnReader) socket.on('data', (bytes: Buffer) => inbox.receive(bytes));
    this.follow(socket.setNoDelay(true), true, () => this.ready());
  }

  private tunnel(proxy: Proxy): void {
    const { origin, options } = this.to;
    const { lookup } = options;
    const host = hostOf(origin);
    if (lookup === undefined || lookup.isNamed === true || isIP(host) !== 0) {
      this.askFor(proxy, host);
      return;
    }
    // The proxy would find an address of its own: it is asked for the one that was judged here.
    lookup(host, { all: false }, (error, address) => {
      queueMicrotask(() => {
        if (this.isOver) return;
        if (error === null && typeof address === 'string') this.askFor(proxy, address);
        else this.fail(error !== null && !('code' in error) ? error : unknownHere());
      });
    });
  }

  private askFor(proxy: Proxy, host: string): void {
    const { origin } = this.to;
    const target = `${isIP(host) === 6 ? `[${host}]` : host}:${portOf(origin)}`;
    const login =
      proxy.authorization === '' ? '' : `proxy-authorization: ${proxy.authorization}\r\n`;
    const socket = proxySocket(proxy, undefined);
    this.follow(socket, proxy.isTls, () => {
      // HTTP/2 without TLS: the server sends its settings as soon as it is reached.
      const isOriginFirst = origin.protocol === 'http:' && this.to.alpn === 'h2';
      readConnectAnswer(socket, isOriginFirst, (why) => {
        if (this.isOver) return;
        if (why === '') this.through(socket);
        else this.fail(new ProxyRefused(why));
      });
      socket.write(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n${login}\r\n`, 'latin1');
    });
  }

  /** The tunnel stands. */
  private through(socket: Socket): void {
    const { origin, inbox, isOwnReader = false } = this.to;
    if (origin.protocol !== 'https:') {
      if (!isOwnReader) {
        socket.on('data', (bytes: Buffer) => inbox.receive(bytes));
        socket.resume();
      }
      this.ready();
      return;
    }
    socket.off('close', this.closed);
    this.secure({ socket, host: hostOf(origin) });
    const { socket: inner } = this;
    socket.on('close', () => inner?.destroy());
    inner?.on('close', () => socket.destroy());
  }

  private reading(): OnReadOpts {
    return readInto(this.to.readBuffer, this.to.inbox);
  }
}

/**
 * Reads into one buffer instead of a new one each time, past the stream machinery. All sockets of a
 * pool share it: what was read is copied before anything else is read, and one of its own would cost
 * every open stream more than all the rest of its connection.
 */
function readInto(buffer: Buffer, inbox: Inbox): OnReadOpts {
  return {
    buffer,
    callback: (length) => {
      inbox.receive(Buffer.from(buffer.subarray(0, length)));
      return true;
    },
  };
}

/** @param onread undefined where the answer to CONNECT is read first */
function proxySocket({ host, port, isTls }: Proxy, onread: OnReadOpts | undefined): Socket {
  if (!isTls) {
    return connectPlain({ host, port, noDelay: true, ...(onread === undefined ? {} : { onread }) });
  }
  const name = isIP(host) === 0 ? { servername: host } : {};
  const socket = connectTls({
    host,
    port,
    ...name,
    ALPNProtocols: ['http/1.1'],
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
  });
  return socket.setNoDelay(true);
}

function hostOf(origin: URL): string {
  return origin.hostname.replace(/^\[|\]$/g, '');
}

function portOf({ port, protocol }: URL): number {
  return Number(port === '' ? (protocol === 'https:' ? 443 : 80) : port);
}

function unknownHere(): Error {
  return new ProxyRefused(
    'its name is not known here, and a proxy is asked only for what was looked at here, unless the configuration names the host',
  );
}
