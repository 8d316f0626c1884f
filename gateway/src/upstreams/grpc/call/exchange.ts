/** One call over HTTP/2: messages there, messages back, and the status that ends it. */
import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  IncomingHttpHeaders,
  OutgoingHttpHeaders,
} from 'node:http2';
import { constants } from 'node:http2';
import type { Channel } from './channel.ts';
import { frameOf, FrameFault, FrameReader } from './frames.ts';
import { statusOf, type CallStatus } from './status.ts';

export interface ExchangeRequest {
  /** `/package.Service/Method`. */
  readonly path: string;
  /** Names in lower case and values in turn. */
  readonly metadata: readonly string[];
  readonly timeoutMs: number;
  readonly isCompressed: boolean;
  /** Of one message, bytes. */
  readonly maxMessageBytes: number;
  readonly signal: AbortSignal;
}

/** Ends a call from our side before its status came. */
export class NotTaken extends Error {}

export interface Exchange {
  send(message: Uint8Array): void;
  /** Nothing more is sent. */
  end(): void;
  /** Messages as they come; throws FrameFault, NotTaken or what broke the connection. */
  messages(): AsyncGenerator<Buffer, CallStatus>;
  /** Tells the server that nobody listens any more (RST_STREAM with CANCEL). */
  cancel(): void;
}

/** Opens a call; rejects with why there is no connection. Nothing was sent then. */
export async function openExchange(channel: Channel, request: ExchangeRequest): Promise<Exchange> {
  const session = await abortable(channel.open(), request.signal);
  const stream = streamOn(session, request);
  const over = channel.begin();
  stream.once('close', over);
  return new Http2Exchange(stream, request);
}

/** The same call, each of its messages cleaned of what nobody may see. */
export function cleaned(exchange: Exchange, clean: (bytes: Buffer) => Buffer): Exchange {
  return {
    send: (message) => exchange.send(message),
    end: () => exchange.end(),
    cancel: () => exchange.cancel(),
    async *messages() {
      const incoming = exchange.messages();
      for (;;) {
        const next = await incoming.next();
        if (next.done === true) return next.value;
        yield clean(next.value);
      }
    },
  };
}

function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new Error('cancelled'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function streamOn(session: ClientHttp2Session, request: ExchangeRequest): ClientHttp2Stream {
  const headers: Record<string, string> = {};
  for (let at = 0; at < request.metadata.length; at += 2) {
    headers[request.metadata[at] ?? ''] = request.metadata[at + 1] ?? '';
  }
  return begun(session, {
    ...headers,
    ':method': 'POST',
    ':path': request.path,
    'content-type': 'application/grpc+proto',
    te: 'trailers',
    'grpc-timeout': timeoutText(request.timeoutMs),
    'grpc-accept-encoding': 'gzip,identity',
    ...(request.isCompressed ? { 'grpc-encoding': 'gzip' } : {}),
  });
}

/** @throws NotTaken where the connection was about to end, so that nothing was sent */
function begun(session: ClientHttp2Session, headers: OutgoingHttpHeaders): ClientHttp2Stream {
  try {
    return session.request(headers);
  } catch (error) {
    const isOver = session.closed || session.destroyed;
    throw isOver ? new NotTaken('the connection was just closed') : error;
  }
}

/** At most eight digits and a unit. */
function timeoutText(timeoutMs: number): string {
  const whole = Math.max(1, Math.floor(timeoutMs));
  return whole < 100_000_000 ? `${whole}m` : `${Math.floor(whole / 1000)}S`;
}

class Http2Exchange implements Exchange {
  private readonly stream: ClientHttp2Stream;
  private readonly request: ExchangeRequest;
  private headers: IncomingHttpHeaders | undefined;
  private trailers: IncomingHttpHeaders | undefined;
  private readonly answered: Promise<void>;

  constructor(stream: ClientHttp2Stream, request: ExchangeRequest) {
    this.stream = stream;
    this.request = request;
    const { signal } = request;
    const stop = (): void => this.cancel();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    this.answered = new Promise((resolve) => {
      stream.once('response', (headers) => {
        this.headers = headers;
        resolve();
      });
      stream.once('close', () => {
        signal.removeEventListener('abort', stop);
        resolve();
      });
    });
    stream.on('trailers', (trailers: IncomingHttpHeaders) => {
      this.trailers = trailers;
    });
    // Whoever reads hears of it; without a listener it would end the process.
    stream.on('error', () => undefined);
  }

  send(message: Uint8Array): void {
    this.stream.write(frameOf(message, this.request.isCompressed));
  }

  end(): void {
    this.stream.end();
  }

  cancel(): void {
    this.stream.close(constants.NGHTTP2_CANCEL);
  }

  async *messages(): AsyncGenerator<Buffer, CallStatus> {
    await this.answered;
    const { headers, stream } = this;
    if (headers === undefined) throw this.brokenBy(undefined);
    const early = this.earlyStatus(headers);
    if (early !== undefined) {
      this.cancel();
      return early;
    }
    const coding = String(headers['grpc-encoding'] ?? 'identity');
    const reader = new FrameReader(this.request.maxMessageBytes, coding);
    try {
      for await (const chunk of stream) {
        if (Buffer.isBuffer(chunk)) yield* await reader.take(chunk);
      }
    } catch (error) {
      this.cancel();
      if (error instanceof FrameFault) throw error;
      throw this.brokenBy(error);
    }
    const status = statusOf(this.trailers ?? headers);
    if (status === undefined) throw this.brokenBy(undefined);
    if (status.code === 0) reader.end();
    return status;
  }

  /** A status without messages, or an answer that is not gRPC at all. */
  private earlyStatus(headers: IncomingHttpHeaders): CallStatus | undefined {
    const http = Number(headers[':status'] ?? 200);
    const own = statusOf(headers);
    if (own !== undefined) return own;
    const type = String(headers['content-type'] ?? '');
    if (http === 200 && type.startsWith('application/grpc')) return undefined;
    if (http === 200) {
      throw new FrameFault('upstream_invalid', 'its answer is not gRPC');
    }
    const retryAfterMs = secondsToMs(headers['retry-after']);
    return { code: codeOfHttp(http), message: `HTTP ${http}`, details: undefined, retryAfterMs };
  }

  private brokenBy(error: unknown): Error {
    if (this.stream.rstCode === constants.NGHTTP2_REFUSED_STREAM && this.headers === undefined) {
      return new NotTaken('the server took no more calls on this connection');
    }
    return error instanceof Error ? error : new Error('the connection was closed');
  }
}

function secondsToMs(written: string | undefined): number {
  return written !== undefined && /^\d{1,6}$/.test(written) ? Number(written) * 1000 : -1;
}

/** As gRPC over HTTP/2 maps the statuses of whatever stands in between. */
function codeOfHttp(status: number): number {
  switch (status) {
    case 400:
      return 13;
    case 401:
      return 16;
    case 403:
      return 7;
    case 404:
      return 12;
    case 429:
    case 502:
    case 503:
    case 504:
      return 14;
    default:
      return 2;
  }
}
