/**
 * HTTP with SSE (2024-11-05): a stream that is opened by GET, and messages that are posted beside it.
 * Every message is walked as one of a session that begins on the stream with `initialize`; what is
 * said to it comes as events of that stream. The session ends with the stream.
 */
import { randomBytes } from 'node:crypto';
import {
  DEFAULT_ENDPOINT,
  Refusal,
  type Call,
  type Clock,
  type Delivery,
  type Exchange,
  type Head,
  type OutHeaders,
  type Principal,
  type SessionRef,
} from '../kernel/index.ts';
import { Part, type PartReader, type Walk } from './part.ts';

export interface SseDeps {
  readonly clock: Clock;
  open(token: string, principal: Principal, endpoint: string): SessionRef | Refusal;
  end(session: SessionRef): void;
  onSlowReader(): void;
}

export type SseCall = Exchange & { readonly principal: Principal; readonly call: Call };

/** Makes a stream one of its session's, so that it is told of changes. */
export type Listen = () => unknown;

export class SseConnections {
  private readonly deps: SseDeps;
  private readonly connections = new Map<string, SseConnection>();

  constructor(deps: SseDeps) {
    this.deps = deps;
  }

  /** Opens a stream; its first event says where messages are posted. */
  open(x: SseCall, delivery: Delivery, listen: Listen): void {
    const id = randomBytes(24).toString('base64url');
    const connection = new SseConnection(this.deps, x, delivery, listen);
    delivery.openStream();
    const { endpoint } = x;
    x.outlet.write(`event: endpoint\ndata: /sse/${endpoint}/messages?sessionId=${id}\n\n`);
    this.connections.set(id, connection);
    x.cancellation.onCancel(() => {
      this.connections.delete(id);
      connection.close();
    });
  }

  /** Takes a message for a stream; refuses with `session_unknown` where it is not this principal's. */
  post(x: SseCall, delivery: Delivery, walk: Walk): void {
    const id = new URLSearchParams(x.head.query).get('sessionId') ?? '';
    const connection = this.connections.get(id);
    if (connection === undefined || !connection.isOf(x)) {
      delivery.finish(new Refusal('session_unknown', { text: 'Open the stream again.' }));
      return;
    }
    delivery.finish({ kind: 'accepted' });
    connection.take(x, walk);
  }
}

class SseConnection implements PartReader {
  private readonly deps: SseDeps;
  private readonly x: SseCall;
  private readonly delivery: Delivery;
  private readonly listen: Listen;
  private readonly parts = new Set<Part>();
  private token = '';

  constructor(deps: SseDeps, x: SseCall, delivery: Delivery, listen: Listen) {
    this.deps = deps;
    this.x = x;
    this.delivery = delivery;
    this.listen = listen;
  }

  isOf({ principal, endpoint }: SseCall): boolean {
    return principal.id === this.x.principal.id && endpoint === this.x.endpoint;
  }

  take({ head, call, epoch }: SseCall, walk: Walk): void {
    const part = new Part(this);
    this.parts.add(part);
    part.walk(walk, this.headOf(head), call.view.bytes, this.deps.clock.nowMs(), epoch);
  }

  close(): void {
    for (const part of this.parts) part.abandon();
    if (this.x.session !== undefined) this.deps.end(this.x.session);
    this.delivery.finish({ kind: 'ended', result: '' });
  }

  opened(): void {
    // The stream they share is open.
  }

  event(frame: Buffer | string): boolean {
    if (this.x.outlet.write(frame)) return true;
    this.deps.onSlowReader();
    this.x.cancellation.cancel('expired');
    return true;
  }

  answered(body: Buffer | string, headers: OutHeaders): void {
    const at = headers.indexOf('mcp-session-id');
    if (at >= 0 && this.token === '') this.begin(headers[at + 1] ?? '');
    if (body.length > 0) this.delivery.event({ kind: 'notice', text: body.toString() });
  }

  done(part: Part): void {
    this.parts.delete(part);
  }

  private begin(token: string): void {
    const session = this.deps.open(token, this.x.principal, this.x.endpoint);
    if (session instanceof Refusal) return;
    this.token = token;
    this.x.session = session;
    this.listen();
  }

  /** The head that the message would have as one of a session over Streamable HTTP. */
  private headOf(head: Head): Head {
    const { endpoint } = this.x;
    return {
      ...head,
      path: endpoint === DEFAULT_ENDPOINT ? '/mcp' : `/mcp/${endpoint}`,
      query: '',
      headers: { ...head.headers, 'mcp-session-id': this.token },
    };
  }
}
