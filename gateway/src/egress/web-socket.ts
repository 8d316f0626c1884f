/** One WebSocket (RFC 6455) to an origin: dialled as every other connection, client side. */
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { dial, type Dialing } from './dial.ts';
import { InvalidResponse, type OutboundRequest, type PoolOptions } from './outbound.ts';

export interface WebSocketOptions extends Omit<PoolOptions, 'maxConnections'> {
  /** The subprotocol that the other side has to agree on. */
  readonly protocol: string;
  /** Longest message taken, bytes; a longer one ends the connection. */
  readonly maxMessageBytes: number;
}

/** How it ended. */
export interface WebSocketEnd {
  /** HTTP status of an answer that was no WebSocket; 0 where there was none. */
  readonly status: number;
  /** Close code (RFC 6455, section 7.4); 0 where the connection was not closed in order. */
  readonly code: number;
  /** What the other side said with the code; '' for nothing. */
  readonly reason: string;
  readonly error: Error | undefined;
}

export interface WebSocketEars {
  onOpen(): void;
  /** @param text UTF-8 */
  onMessage(text: Buffer): void;
  /** An answer to `ping`. */
  onPong(): void;
  /** Once, and the last that is heard. */
  onEnd(end: WebSocketEnd): void;
}

export interface WebSocketLink {
  /** Only after `onOpen`. */
  send(text: string): void;
  ping(): void;
  /** Says goodbye where that is possible, and ends it soon whatever the other side does. */
  close(): void;
  /** Ends it at once; nothing more is heard but the end. */
  destroy(reason: Error): void;
}

const NO_BYTES = { receive: () => undefined };
const GOODBYE_MS = 1000;
/** `WebSocket.OPEN`. */
const OPEN = 1;

/**
 * Opens a connection. Compression is not offered; a redirect is not followed; pings of the other side
 * are answered.
 * @param origin `http://host:port` or `https://host:port`
 * @param request path and headers; the handshake's own are added
 */
export function openWebSocket(
  origin: URL,
  request: Pick<OutboundRequest, 'path' | 'headers'>,
  options: WebSocketOptions,
  ears: WebSocketEars,
): WebSocketLink {
  return new DialledWebSocket(origin, request, options, ears);
}

class DialledWebSocket implements WebSocketLink {
  private readonly ears: WebSocketEars;
  private readonly dialing: Dialing;
  private socket: WebSocket | undefined;
  private status = 0;
  private error: Error | undefined;
  private isOver = false;

  constructor(
    origin: URL,
    request: Pick<OutboundRequest, 'path' | 'headers'>,
    options: WebSocketOptions,
    ears: WebSocketEars,
  ) {
    this.ears = ears;
    const proxy = options.wayOut?.proxies?.find(origin);
    this.dialing = dial(
      {
        origin,
        proxy,
        isTunnel: true,
        isOwnReader: true,
        options: { ...options, maxConnections: 1 },
        inbox: NO_BYTES,
        readBuffer: Buffer.alloc(0),
      },
      (outcome) => {
        if (this.isOver) {
          if (!(outcome instanceof Error)) outcome.destroy();
        } else if (outcome instanceof Error) this.fail(outcome);
        else {
          this.shakeHands(outcome, origin, request, options).catch((error: unknown) => {
            this.fail(error instanceof Error ? error : new Error(String(error)));
          });
        }
      },
    );
  }

  send(text: string): void {
    if (this.socket?.readyState === OPEN) this.socket.send(text);
  }

  ping(): void {
    if (this.socket?.readyState === OPEN) this.socket.ping();
  }

  close(): void {
    const { socket } = this;
    if (socket?.readyState !== OPEN) {
      this.destroy(new Error('it is not wanted any more'));
      return;
    }
    socket.close(1000);
    setTimeout(() => socket.terminate(), GOODBYE_MS).unref();
  }

  destroy(reason: Error): void {
    this.fail(reason);
  }

  private async shakeHands(
    socket: Socket,
    origin: URL,
    { path, headers }: Pick<OutboundRequest, 'path' | 'headers'>,
    { protocol, connectTimeoutMs, maxMessageBytes }: WebSocketOptions,
  ): Promise<void> {
    socket.on('error', (error) => this.fail(error));
    // Who opens none does not load it.
    const { WebSocket } = await import('ws');
    if (this.isOver) {
      socket.destroy();
      return;
    }
    // TLS is there already where it is wanted, so to what speaks from here on it is a plain socket.
    const url = `ws://${origin.host}${path}`;
    const made = new WebSocket(url, [protocol], {
      createConnection: () => socket,
      headers: { ...namedOf(headers), host: origin.host },
      perMessageDeflate: false,
      followRedirects: false,
      handshakeTimeout: connectTimeoutMs,
      maxPayload: maxMessageBytes,
    });
    this.socket = made;
    // A tunnel comes paused, and the other side says nothing before it is asked.
    socket.resume();
    made.on('open', () => this.ears.onOpen());
    made.on('pong', () => this.ears.onPong());
    made.on('message', (data, isBinary) => this.hear(data, isBinary));
    made.on('error', (error) => (this.error ??= inWords(error)));
    made.on('close', (code, reason) => this.end(code, reason.toString('utf8')));
    made.on('unexpected-response', (ask, answer) => {
      this.status = answer.statusCode ?? 0;
      ask.destroy();
      this.fail(new InvalidResponse(`it answered with HTTP ${this.status}, not as a WebSocket`));
    });
  }

  private hear(data: unknown, isBinary: boolean): void {
    if (this.isOver) return;
    if (isBinary || !Buffer.isBuffer(data)) this.fail(new InvalidResponse('it sent no text'));
    else this.ears.onMessage(data);
  }

  private fail(error: Error): void {
    this.error ??= error;
    this.dialing.stop();
    this.socket?.terminate();
    this.end(0, '');
  }

  private end(code: number, reason: string): void {
    if (this.isOver) return;
    this.isOver = true;
    const { status, error } = this;
    // 1005 and 1006 are no codes of the other side but say that there was none.
    this.ears.onEnd({ status, code: code === 1006 || code === 1005 ? 0 : code, reason, error });
  }
}

/** What the library says by a code, in the words of this room. */
function inWords(error: Error): Error {
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
    return new InvalidResponse('it sent a message that is longer than is taken');
  }
  return code.startsWith('WS_ERR_') ? new InvalidResponse('it sent no WebSocket message') : error;
}

function namedOf(headers: readonly string[]): Record<string, string> {
  const named: Record<string, string> = {};
  for (let at = 0; at < headers.length; at += 2) named[headers[at] ?? ''] = headers[at + 1] ?? '';
  return named;
}
