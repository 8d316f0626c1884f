/**
 * A session of 2024-11-05 over HTTP with SSE: everything the server says comes on one long stream,
 * and the session lives as long as that.
 */
import { Refusal } from '../../kernel/index.ts';
import { sendAside } from '../mcp-http/session-requests.ts';
import type { HttpTarget } from '../mcp-http/target.ts';
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
import { SharedInbox } from '../mcp/shared-inbox.ts';
import { EventStream } from './event-stream.ts';
import { readMessageAddress } from './message-address.ts';
import { MessagePost } from './message-post.ts';

/** A server has this long to say where messages go. */
const NAMED_WITHIN_MS = 5000;
/** The longest list of a server comes in one event. */
const LEAST_MAX_EVENT_BYTES = 32 * 1024 * 1024;

export class SseSession implements PooledLink {
  readonly era = 'legacy';
  readonly key: string;
  readonly register = new CallRegister();
  readonly host: LinkHost;
  revision: string;
  head: PeerHead | undefined = undefined;
  isWatching = false;
  private readonly target: HttpTarget;
  private readonly levels: SessionLogLevel;
  readonly mayBabble = false;
  private readonly inbox: SharedInbox;
  private readonly desk: QuestionDesk;
  private readonly stream: EventStream;
  /** Path and query that take messages, or why there are none. */
  private readonly named = Promise.withResolvers<string | Refusal>();
  private messagePath = '';
  /** Why the session is over; undefined while it is not. */
  private over: Refusal | undefined;

  constructor(host: LinkHost, target: HttpTarget, key: string, revision: string) {
    this.host = host;
    this.target = target;
    this.key = key;
    this.revision = revision;
    this.levels = new SessionLogLevel(host, this);
    this.inbox = new SharedInbox(host, this);
    this.desk = new QuestionDesk(host, this.register, (bytes) => void this.tell(bytes));
    const maxEventBytes = Math.max(LEAST_MAX_EVENT_BYTES, host.deps.maxAnswerBytes);
    this.stream = new EventStream(maxEventBytes, {
      named: (address) =>
        this.named.resolve(readMessageAddress(address, target.origin + target.path)),
      message: (data) => this.inbox.take(data),
      ended: (why) => this.ended(why),
    });
  }

  get inFlight(): number {
    return this.register.size;
  }

  get mayAsk(): boolean {
    return this.register.askable().length > 0;
  }

  send(flight: Flight): void {
    if (this.over !== undefined) {
      flight.settle(this.over);
      return;
    }
    flight.link = this;
    this.register.enter(flight);
    const raised = this.levels.raise(flight.logLevel);
    if (raised === undefined) this.post(flight);
    else void raised.then(() => this.post(flight));
  }

  abandon(flight: Flight): void {
    const params = `"requestId":${flight.rawId}`;
    if (this.over === undefined && flight.method !== 'initialize') {
      void this.notify('notifications/cancelled', params);
    }
  }

  forget(flight: Flight): void {
    this.register.leave(flight);
    flight.line?.abort();
  }

  asked(request: Incoming): void {
    this.desk.take(request, undefined);
  }

  close(): Promise<void> {
    this.end(new Refusal('upstream_closed'));
    return Promise.resolve();
  }

  /** Opens the stream and asks for the session. @returns the refusal where there is none */
  async begin(): Promise<Refusal | undefined> {
    const { host, target } = this;
    const headers = [...target.headers, 'Accept', 'text/event-stream'];
    target.pool.send({ method: 'GET', path: target.path, headers, body: null }, this.stream);
    const late = host.deps.clock.after(NAMED_WITHIN_MS, () => this.named.resolve(silence()));
    const path = await this.named.promise;
    late.cancel();
    if (path instanceof Refusal) return this.failed(path);
    this.messagePath = path;
    const begun = await initialize(host, this, this.revision);
    if (begun instanceof Refusal) return this.failed(begun);
    this.revision = begun.revision;
    this.head = begun.head;
    await this.notify('notifications/initialized', '');
    return this.over;
  }

  private failed(why: Refusal): Refusal {
    this.end(why);
    return why;
  }

  private post(flight: Flight): void {
    if (flight.isSettled) return;
    const { target, messagePath: path } = this;
    const post = new MessagePost(flight, this.host.deps.clock, (lost) => this.lost(lost));
    flight.line = post;
    const body = flight.encode(this);
    target.pool.send({ method: 'POST', path, headers: this.headers(), body }, post);
  }

  /** The server does not know the session any more, so it took nothing of this. */
  private lost(flight: Flight): void {
    if (flight.isSettled) return;
    if (flight.wasResent) {
      this.host.gone(this);
      flight.refuse('upstream_unavailable', 'It ends every session at once.');
    } else {
      this.register.leave(flight);
      flight.link = undefined;
      flight.line = undefined;
      flight.wasResent = true;
      this.host.sendAgain(flight, this);
    }
    this.end(new Refusal('upstream_closed', { text: 'It ended the session.' }));
  }

  /** The stream is over, and with it all that waits for something to come on it. */
  private ended(why: Refusal): void {
    this.named.resolve(why);
    if (this.over !== undefined) return;
    this.end(why);
    this.host.gone(this);
  }

  private end(why: Refusal): void {
    if (this.over !== undefined) return;
    this.over = why;
    this.stream.close();
    for (const flight of this.register.all()) flight.settle(why);
  }

  private headers(): string[] {
    const headers = [...this.target.headers, 'Content-Type', 'application/json'];
    if (this.head !== undefined) headers.push('MCP-Protocol-Version', this.revision);
    return headers;
  }

  private notify(method: string, params: string): Promise<number> {
    return this.tell(encodeNotification(method, params));
  }

  private tell(body: Buffer): Promise<number> {
    const request = { method: 'POST', headers: this.headers(), body } as const;
    const target = { ...this.target, path: this.messagePath };
    return sendAside(target, this.host.deps.clock, request);
  }
}

function silence(): Refusal {
  const text = `It did not say where messages go within ${NAMED_WITHIN_MS / 1000} s.`;
  return new Refusal('upstream_timeout', { text });
}

/** Opens a session; it is initialized when this resolves. Never rejects. */
export async function openSseSession(
  host: LinkHost,
  target: HttpTarget,
  key: string,
  revision: string,
): Promise<SseSession | Refusal> {
  const session = new SseSession(host, target, key, revision);
  return (await session.begin()) ?? session;
}
