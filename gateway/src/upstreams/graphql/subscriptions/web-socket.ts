/** One subscription over one WebSocket (graphql-transport-ws). */
import {
  failureWords,
  openWebSocket,
  type GuardedLookup,
  type OutboundPool,
  type ResponseHandler,
  type WayOut,
  type WebSocketEnd,
  type WebSocketLink,
} from '../../../egress/index.ts';
import { scanJson, type Clock, type JsonView, type Timer } from '../../../kernel/index.ts';
import type { Streams } from '../../api/http/caller.ts';
import { refusalIn } from '../../credential-port.ts';
import { firstMessage, SCAN, type Connect, type Hearing, type Wanted } from './connection.ts';

export interface SocketSettings {
  readonly origin: URL;
  /** Path and query. */
  readonly path: string;
  readonly streams: Pick<Streams, 'bind' | 'headers'>;
  readonly clock: Clock;
  readonly connectTimeoutMs: number;
  readonly maxMessageBytes: number;
  readonly lookup: GuardedLookup;
  readonly wayOut: WayOut | undefined;
  readonly credentialsIn: 'both' | 'headers' | 'connection_init';
  readonly connectionInit: Readonly<Record<string, string>>;
}

const PROTOCOL = 'graphql-transport-ws';
const ACKNOWLEDGE_MS = 10_000;
const PING_EVERY_MS = 30_000;
const PONG_WITHIN_MS = 15_000;
/** Unauthorized and Forbidden, as the protocol closes with them. */
const UNAUTHORIZED: ReadonlySet<number> = new Set([4401, 4403]);
/** Close codes after which the same question gets the same answer. */
const FINAL: ReadonlySet<number> = new Set([4400, 4401, 4403, 4409]);
const CREDENTIAL = /auth|key|token|secret|cookie|passw|signature/i;

export function socketConnect(settings: SocketSettings): Connect {
  return (wanted, hearing) => {
    const talk = new Talk(settings, wanted, hearing);
    return () => talk.close();
  };
}

class Talk {
  private readonly settings: SocketSettings;
  private readonly wanted: Wanted;
  private readonly hearing: Hearing;
  private link: WebSocketLink | undefined;
  private handler: ResponseHandler | undefined;
  private timer: Timer | undefined;
  private isUp = false;
  private isOver = false;
  private why = '';

  constructor(settings: SocketSettings, wanted: Wanted, hearing: Hearing) {
    this.settings = settings;
    this.wanted = wanted;
    this.hearing = hearing;
    const { streams, path } = settings;
    const way: OutboundPool = {
      send: (request, handler) => this.dial(request.headers, request.path, handler),
      destroy: () => Promise.resolve(),
    };
    streams
      .bind(way, wanted.principal)
      .send({ method: 'GET', path, headers: streams.headers, body: null }, this.refusals());
  }

  close(): void {
    this.isOver = true;
    this.timer?.cancel();
    if (this.isUp) this.link?.send('{"id":"1","type":"complete"}');
    this.link?.close();
  }

  /** Hears only of handshakes that failed for their credentials; others end the link itself. */
  private refusals(): ResponseHandler {
    return {
      onRequestStart: () => undefined,
      onResponseStart: (_control, status) => this.end('done', this.why || refusedWords(status)),
      onResponseData: () => undefined,
      onResponseEnd: () => undefined,
      onResponseError: (_control, error) => this.end('lost', refusalIn(error)?.text ?? 'it broke'),
    };
  }

  private dial(headers: readonly string[], path: string, handler: ResponseHandler): void {
    if (this.isOver) return;
    const { origin, clock, maxMessageBytes, connectTimeoutMs, lookup, wayOut } = this.settings;
    const isShown = this.settings.credentialsIn !== 'connection_init';
    const shown = isShown ? headers : pairsOf(headers, (name) => !CREDENTIAL.test(name));
    this.handler = handler;
    const late = (): void => this.link?.destroy(new Error('it did not acknowledge in time'));
    const link = openWebSocket(
      origin,
      { path, headers: shown },
      { protocol: PROTOCOL, maxMessageBytes, connectTimeoutMs, lookup, wayOut },
      {
        onOpen: () => {
          link.send(`{"type":"connection_init","payload":${this.initOf(headers)}}`);
          this.timer = clock.after(ACKNOWLEDGE_MS, late);
        },
        onMessage: (text) => this.hear(text),
        onPong: () => this.watch(),
        onEnd: (end) => this.linkEnded(end),
      },
    );
    this.link = link;
  }

  /** What servers look for in it: headers by their names, in the open and under `headers`. */
  private initOf(headers: readonly string[]): string {
    const { credentialsIn, connectionInit } = this.settings;
    const isCarried = credentialsIn !== 'headers';
    const pairs = isCarried ? pairsOf(headers, (name) => CREDENTIAL.test(name)) : [];
    const named: Record<string, string> = {};
    for (let at = 0; at < pairs.length; at += 2) named[pairs[at] ?? ''] = pairs[at + 1] ?? '';
    const nested = pairs.length === 0 ? {} : { headers: named };
    return JSON.stringify({ ...named, ...nested, ...connectionInit });
  }

  private hear(text: Buffer): void {
    if (this.isOver) return;
    const view = scanJson(text, SCAN);
    if ('fault' in view) {
      if (this.isUp) this.hearing.unreadable();
      else this.link?.destroy(new Error('it does not speak graphql-transport-ws'));
      return;
    }
    this.take(view, view.string(view.member(0, 'type')) ?? '');
  }

  private take(view: JsonView, type: string): void {
    const payload = view.member(0, 'payload');
    if (type === 'connection_ack' && !this.isUp) {
      this.isUp = true;
      this.link?.send(`{"id":"1","type":"subscribe","payload":${this.wanted.payload}}`);
      this.watch();
      this.hearing.up();
    } else if (type === 'ping') this.link?.send('{"type":"pong"}');
    else if (type === 'next' && this.isUp) {
      if (view.kind(payload) === 'object') this.hearing.result(view, payload);
      else this.hearing.unreadable();
    } else if (type === 'error') this.end('done', firstMessage(view, payload) || 'it was refused');
    else if (type === 'complete') this.end('done', '');
  }

  /** Looks from time to time whether the other side is still there. */
  private watch(): void {
    if (this.isOver || !this.isUp) return;
    const { clock } = this.settings;
    this.timer?.cancel();
    this.timer = clock.after(PING_EVERY_MS, () => {
      this.link?.ping();
      this.timer = clock.after(PONG_WITHIN_MS, () => {
        this.link?.destroy(new Error('the connection is dead'));
      });
    });
  }

  private linkEnded({ status, code, reason, error }: WebSocketEnd): void {
    if (this.isOver) return;
    const isRefused = status === 401 || status === 403 || UNAUTHORIZED.has(code);
    if (isRefused) {
      // Whoever bound the credentials may have better ones, and then dials again.
      this.why = reason;
      this.timer?.cancel();
      this.isUp = false;
      this.handler?.onResponseStart(
        { abort: () => undefined, setAside: () => undefined },
        status || 401,
        {},
      );
      return;
    }
    const isOther = code === 4406 || /subprotocol/i.test(error?.message ?? '');
    if ((status > 0 && status < 500 && status !== 429) || isOther) {
      this.end('unsupported', `it does not speak ${PROTOCOL}`);
      return;
    }
    const said = code === 0 ? '' : `it closed the connection (${code}${reason && `: ${reason}`})`;
    const words = said || (error === undefined ? 'the connection was closed' : failureWords(error));
    this.end(FINAL.has(code) ? 'done' : 'lost', words);
  }

  private end(how: 'done' | 'lost' | 'unsupported', why: string): void {
    if (this.isOver) return;
    this.close();
    this.hearing.ended({ how, why });
  }
}

function refusedWords(status: number): string {
  return `it refuses the credentials (HTTP ${status})`;
}

function pairsOf(headers: readonly string[], takes: (name: string) => boolean): string[] {
  return headers.filter((_each, at) => takes(headers[at - (at % 2)] ?? ''));
}
