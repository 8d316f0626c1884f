/** The stream on which a legacy server says what belongs to no request (2025-11-25, GET). */
import type { ResponseControl, ResponseHandler, ResponseHeaders } from '../../egress/index.ts';
import type { Timer } from '../../kernel/index.ts';
import type { CallRegister } from '../mcp/call-register.ts';
import type { LinkHost } from '../mcp/connector.ts';
import { isBatch, splitBatch } from '../mcp/batch.ts';
import { ANSWER_DEPTH, readMessage, type Incoming } from '../mcp/message.ts';
import { readPeerEvent } from '../mcp/peer-events.ts';
import type { PeerHead } from '../mcp/peer-head.ts';
import { createBackoff } from '../mcp-stdio/backoff.ts';
import { bodyKind } from './answers.ts';
import { SseReader } from './sse-reader.ts';
import type { HttpTarget } from './target.ts';

const BACKOFF = { baseMs: 1000, maxMs: 60_000, maxRestarts: 1000, windowMs: 3_600_000 };
const GIVEN_UP_MS = 300_000;
const MAX_RETRY_MS = 60_000;
const MAX_EVENT_BYTES = 1024 * 1024;
const OVER = new Error('the session is over');

/** The session that a stream belongs to. */
export interface StreamOwner {
  readonly host: LinkHost;
  readonly target: HttpTarget;
  readonly revision: string;
  readonly head: PeerHead | undefined;
  readonly register: CallRegister;
  /** Headers of a request in this session; names and values in turn. */
  headers(): string[];
  asked(request: Incoming, flight: undefined): void;
  /** The server does not know the session any more. */
  lost(flight: undefined): void;
}

export class SessionStream {
  private readonly session: StreamOwner;
  private readonly backoff;
  private attempt: Attempt | undefined;
  private timer: Timer | undefined;
  private isClosed = false;
  private wasOpen = false;
  private lastEventId = '';

  constructor(session: StreamOwner) {
    this.session = session;
    this.backoff = createBackoff(BACKOFF, session.host.deps.clock);
  }

  open(): void {
    if (this.isClosed) return;
    const { session } = this;
    const headers = [...session.headers(), 'Accept', 'text/event-stream'];
    if (this.lastEventId !== '') headers.push('Last-Event-ID', this.lastEventId);
    const attempt = new Attempt(session, {
      opened: () => this.opened(),
      ended: (reader) => this.ended(attempt, reader),
      declined: (status) => this.declined(status),
    });
    this.attempt = attempt;
    const { path, pool } = session.target;
    pool.send({ method: 'GET', path, headers, body: null }, attempt);
  }

  close(): void {
    this.isClosed = true;
    this.timer?.cancel();
    this.attempt?.abort();
  }

  /** Without a place to go on from, changes may have been missed since the last stream. */
  private opened(): void {
    this.backoff.succeeded();
    const { host, head } = this.session;
    if (this.wasOpen && this.lastEventId === '') {
      for (const kind of head?.announces ?? []) {
        host.tell({ upstream: host.id, kind: `${kind}_changed` });
      }
    }
    this.wasOpen = true;
  }

  private ended(attempt: Attempt, reader: SseReader | undefined): void {
    if (this.isClosed || this.attempt !== attempt) return;
    if (reader !== undefined && reader.lastEventId !== '') this.lastEventId = reader.lastEventId;
    const asked = Math.min(reader?.retryMs ?? 0, MAX_RETRY_MS);
    const delayMs = Math.max(asked, this.backoff.nextDelayMs() ?? GIVEN_UP_MS);
    this.timer = this.session.host.deps.clock.after(delayMs, () => this.open());
  }

  /** 404: the session is over. Other refusals of the client's side: there is no such stream. */
  private declined(status: number): void {
    if (this.isClosed) return;
    if (status === 404) this.session.lost(undefined);
    if (status < 500 && status !== 409 && status !== 429) this.close();
  }
}

interface AttemptEnds {
  opened(): void;
  declined(status: number): void;
  ended(reader: SseReader | undefined): void;
}

class Attempt implements ResponseHandler {
  private readonly session: StreamOwner;
  private readonly ends: AttemptEnds;
  private control: ResponseControl | undefined;
  private reader: SseReader | undefined;
  private isAborted = false;

  constructor(session: StreamOwner, ends: AttemptEnds) {
    this.session = session;
    this.ends = ends;
  }

  abort(): void {
    this.isAborted = true;
    this.control?.abort(OVER);
  }

  onRequestStart(control: ResponseControl): void {
    if (this.isAborted) control.abort(OVER);
    else this.control = control;
  }

  onResponseStart(control: ResponseControl, status: number, headers: ResponseHeaders): void {
    if (status !== 200 || bodyKind(headers) !== 'stream') {
      this.ends.declined(status === 200 ? 405 : status);
      control.abort(OVER);
      return;
    }
    this.reader = new SseReader(MAX_EVENT_BYTES, this);
    this.ends.opened();
  }

  onResponseData(control: ResponseControl, chunk: Buffer): void {
    if (this.reader?.push(chunk) === false) control.abort(OVER);
  }

  onResponseEnd(): void {
    this.ends.ended(this.reader);
  }

  onResponseError(): void {
    this.ends.ended(this.reader);
  }

  onData(data: Buffer): void {
    if (!isBatch(data, this.session.revision)) this.take(data);
    else for (const part of splitBatch(data)) this.take(part);
  }

  /** What is no message is passed over: it can be attributed to nobody. */
  private take(data: Buffer): void {
    const incoming = readMessage(data, ANSWER_DEPTH);
    const { host, register } = this.session;
    if (incoming.kind === 'request') this.session.asked(incoming, undefined);
    if (incoming.kind !== 'notification') return;
    const event = readPeerEvent(host.id, incoming);
    if (event === undefined) register.concerned(incoming)?.heard(incoming);
    else if (event !== 'consumed') host.tell(event);
  }
}
