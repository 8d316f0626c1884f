/** A legacy session over Streamable HTTP (2025-11-25 and before). */
import type { ResponseHeaders } from '../../egress/index.ts';
import { Refusal } from '../../kernel/index.ts';
import { CallRegister } from '../mcp/call-register.ts';
import type { LinkHost } from '../mcp/connector.ts';
import type { Flight } from '../mcp/flight.ts';
import { initialize } from '../mcp/initialize.ts';
import type { PooledLink } from '../mcp/link.ts';
import type { Incoming } from '../mcp/message.ts';
import { encodeNotification } from '../mcp/outgoing.ts';
import type { PeerHead } from '../mcp/peer-head.ts';
import { QuestionDesk } from '../mcp/question-desk.ts';
import { SessionLogLevel } from '../mcp/session-log-level.ts';
import { Post, type PostOwner } from './post.ts';
import { Resumption } from './resumption.ts';
import { sendAside } from './session-requests.ts';
import { SessionStream } from './session-stream.ts';
import type { SseReader } from './sse-reader.ts';
import type { HttpTarget } from './target.ts';

/** A session id is visible ASCII (2025-11-25, session management). */
const SESSION_ID = /^[\x21-\x7e]{1,1024}$/;
const FAREWELL_MS = 2000;

export class HttpSession implements PooledLink, PostOwner {
  readonly era = 'legacy';
  readonly key: string;
  readonly register = new CallRegister();
  readonly host: LinkHost;
  readonly target: HttpTarget;
  revision: string;
  head: PeerHead | undefined = undefined;
  isWatching = false;
  /** HTTP status with which `initialize` was refused; 0 where it was not. */
  refusedWith = 0;
  private sessionId = '';
  private isOver = false;
  private readonly levels: SessionLogLevel;
  private readonly stream: SessionStream;
  private readonly desk: QuestionDesk;

  constructor(host: LinkHost, target: HttpTarget, key: string, revision: string) {
    this.host = host;
    this.target = target;
    this.key = key;
    this.revision = revision;
    this.levels = new SessionLogLevel(host, this);
    this.stream = new SessionStream(this);
    this.desk = new QuestionDesk(host, this.register, (bytes, flight) => {
      void this.reply(bytes, flight);
    });
  }

  get inFlight(): number {
    return this.register.size;
  }

  get mayAsk(): boolean {
    return this.register.askable().length > 0;
  }

  send(flight: Flight): void {
    flight.link = this;
    this.register.enter(flight);
    const raised = this.levels.raise(flight.logLevel);
    if (raised === undefined) this.post(flight);
    else void raised.then(() => this.post(flight));
  }

  /** Closing the stream says nothing in this era; the server has to be told. */
  abandon(flight: Flight): void {
    flight.line?.abort();
    const params = `"requestId":${flight.rawId}`;
    if (!this.isOver && flight.method !== 'initialize') {
      void this.notify('notifications/cancelled', params);
    }
  }

  forget(flight: Flight): void {
    this.register.leave(flight);
  }

  headCame(flight: Flight, status: number, headers: ResponseHeaders): boolean {
    if (status === 404 && this.sessionId !== '') {
      this.lost(flight);
      return false;
    }
    if (flight.method === 'initialize' && status !== 200) this.refusedWith = status;
    const id = headers['mcp-session-id'];
    if (flight.method !== 'initialize' || status !== 200 || id === undefined) return true;
    if (typeof id === 'string' && SESSION_ID.test(id)) {
      this.sessionId = id;
      return true;
    }
    flight.refuse('upstream_invalid', 'It gave a session an id that is not visible ASCII.');
    return false;
  }

  asked(request: Incoming, flight: Flight | undefined): void {
    this.desk.take(request, flight);
  }

  resume(flight: Flight, broken: SseReader): boolean {
    if (this.isOver) return false;
    const resumption = new Resumption(flight, this, broken);
    flight.line = resumption;
    resumption.begin();
    return true;
  }

  /** The server does not know the session any more, so it took nothing that was sent in it. */
  lost(flight: Flight | undefined): void {
    if (flight !== undefined) {
      this.register.leave(flight);
      flight.link = undefined;
      flight.line = undefined;
    }
    this.isOver = true;
    this.stream.close();
    for (const each of this.register.all()) {
      if (each.isAsked) each.refuse('upstream_closed', 'It ended the session that it asked in.');
    }
    if (flight === undefined || flight.wasResent) {
      this.host.gone(this);
      flight?.refuse('upstream_unavailable', 'It ends every session at once.');
      return;
    }
    flight.wasResent = true;
    this.host.sendAgain(flight, this);
  }

  async close(): Promise<void> {
    if (this.isOver) return;
    this.isOver = true;
    this.stream.close();
    for (const flight of this.register.all()) {
      flight.refuse('upstream_closed');
      flight.line?.abort();
    }
    if (this.sessionId === '') return;
    const request = { method: 'DELETE', headers: this.headers(), body: null } as const;
    await sendAside(this.target, this.host.deps.clock, request, FAREWELL_MS);
  }

  /** Asks for the session. @returns the refusal where there is none to be had */
  async begin(): Promise<Refusal | undefined> {
    const begun = await initialize(this.host, this, this.revision);
    if (begun instanceof Refusal) {
      void this.close();
      return begun;
    }
    this.revision = begun.revision;
    this.head = begun.head;
    await this.notify('notifications/initialized', '');
    this.stream.open();
    return undefined;
  }

  /** Headers of a request in this session; names and values in turn. */
  headers(): string[] {
    const headers = [...this.target.headers];
    if (this.head !== undefined) headers.push('MCP-Protocol-Version', this.revision);
    if (this.sessionId !== '') headers.push('Mcp-Session-Id', this.sessionId);
    return headers;
  }

  private post(flight: Flight): void {
    if (flight.isSettled) return;
    const post = new Post(flight, this);
    flight.line = post;
    const body = flight.encode(this);
    const { path } = this.target;
    this.target.pool.send({ method: 'POST', path, headers: this.postHeaders(), body }, post);
  }

  private postHeaders(): string[] {
    const accept = 'application/json, text/event-stream';
    return [...this.headers(), 'Content-Type', 'application/json', 'Accept', accept];
  }

  /** Without its answer the server would wait for ever, and the call with it. */
  private async reply(bytes: Buffer, flight: Flight | undefined): Promise<void> {
    if (this.isOver) return;
    const status = await this.tell(bytes);
    if (status !== 404 && status !== 0) return;
    if (status === 404 && !this.isOver) this.lost(undefined);
    flight?.refuse('upstream_closed', 'It did not take the answer to its question.');
  }

  private notify(method: string, params: string): Promise<number> {
    return this.tell(encodeNotification(method, params));
  }

  private tell(body: Buffer): Promise<number> {
    const request = { method: 'POST', headers: this.postHeaders(), body } as const;
    return sendAside(this.target, this.host.deps.clock, request);
  }
}
