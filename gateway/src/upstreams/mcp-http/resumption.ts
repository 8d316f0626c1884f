/**
 * Goes on with a stream of a legacy session that ended before the call was answered (2025-11-25,
 * resumability). The call is not sent again: only what its server has kept is fetched.
 */
import type { ResponseControl, ResponseHandler, ResponseHeaders } from '../../egress/index.ts';
import type { Timer } from '../../kernel/index.ts';
import type { LinkHost } from '../mcp/connector.ts';
import type { Flight } from '../mcp/flight.ts';
import { bodyKind } from './answers.ts';
import { takeEvent, type AskedOwner } from './call-events.ts';
import { SseReader } from './sse-reader.ts';
import type { HttpTarget } from './target.ts';

/** The session that the call was made in. */
export interface ResumeOwner extends AskedOwner {
  readonly host: LinkHost;
  readonly target: HttpTarget;
  /** Headers of a request in this session; names and values in turn. */
  headers(): string[];
  /** The server does not know the session any more. */
  lost(flight: undefined): void;
}

/** Attempts in a row that bring nothing new. */
const MAX_ATTEMPTS = 5;
/** Before an attempt where the server does not say; doubled with each that brings nothing. */
const BASE_MS = 250;
/** Bounds on what the server says. */
const LEAST_MS = 50;
const MOST_MS = 60_000;
const UNWANTED = new Error('nobody waits for the answer');

export class Resumption implements ResponseHandler {
  private readonly flight: Flight;
  private readonly session: ResumeOwner;
  private lastEventId: string;
  private retryMs: number | undefined;
  private attempts = 0;
  private timer: Timer | undefined;
  private control: ResponseControl | undefined;
  private reader: SseReader | undefined;

  /** @param broken the stream that ended; it named an event */
  constructor(flight: Flight, session: ResumeOwner, broken: SseReader) {
    this.flight = flight;
    this.session = session;
    this.lastEventId = broken.lastEventId;
    this.retryMs = broken.retryMs;
  }

  /** Makes the next attempt in a while. */
  begin(): void {
    const delayMs = this.retryMs ?? BASE_MS * 2 ** this.attempts;
    this.attempts++;
    const { clock } = this.session.host.deps;
    this.timer = clock.after(Math.min(MOST_MS, Math.max(LEAST_MS, delayMs)), () => this.open());
  }

  abort(): void {
    this.timer?.cancel();
    this.control?.abort(UNWANTED);
  }

  setAside(): void {
    this.control?.setAside();
  }

  onRequestStart(control: ResponseControl): void {
    if (this.isOver) {
      control.abort(UNWANTED);
      return;
    }
    this.control = control;
    if (this.flight.isAsked) control.setAside();
  }

  onResponseStart(control: ResponseControl, status: number, headers: ResponseHeaders): void {
    if (this.isOver) return;
    if (status === 200 && bodyKind(headers) === 'stream') {
      this.reader = new SseReader(this.flight.maxBytes, this);
      return;
    }
    control.abort(UNWANTED);
    if (status >= 500) return;
    if (status === 404) this.session.lost(undefined);
    this.flight.refuse('upstream_closed', 'It does not go on with a stream that broke.');
  }

  onResponseData(control: ResponseControl, chunk: Buffer): void {
    if (this.reader === undefined || this.reader.push(chunk)) return;
    const text = `The upstream sent more than ${this.flight.maxBytes} bytes.`;
    this.flight.refuse('result_too_large', text);
    control.abort(UNWANTED);
  }

  onResponseEnd(): void {
    this.ended();
  }

  onResponseError(): void {
    this.ended();
  }

  onData(data: Buffer): void {
    if (!takeEvent(data, this.flight, this.session)) this.control?.abort(UNWANTED);
  }

  private get isOver(): boolean {
    return this.flight.isSettled || this.flight.line !== this;
  }

  private open(): void {
    if (this.isOver) return;
    this.reader = undefined;
    this.control = undefined;
    const { path, pool } = this.session.target;
    const headers = [
      ...this.session.headers(),
      'Accept',
      'text/event-stream',
      'Last-Event-ID',
      this.lastEventId,
    ];
    pool.send({ method: 'GET', path, headers, body: null }, this);
  }

  private ended(): void {
    if (this.isOver) return;
    const { reader } = this;
    if (reader?.retryMs !== undefined) this.retryMs = reader.retryMs;
    if (reader !== undefined && reader.lastEventId !== '') {
      if (reader.lastEventId !== this.lastEventId) this.attempts = 0;
      this.lastEventId = reader.lastEventId;
    }
    if (this.attempts < MAX_ATTEMPTS) this.begin();
    else this.flight.refuse('upstream_closed', 'Its stream broke again and again.');
  }
}
