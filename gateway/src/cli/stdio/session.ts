/** A legacy client's session: begun once by the client, begun again by itself when it is lost. */
import {
  ROOT,
  replaceValue,
  scanJson,
  splice,
  type Clock,
  type JsonView,
} from '../../kernel/index.ts';
import { askOnce } from './ask-once.ts';
import type { Incoming } from './incoming.ts';
import type { Asking, Hearing, Peer, Reach } from './peer.ts';

export interface SessionDeps {
  readonly reach: Reach;
  readonly clock: Clock;
  /** Takes a message for the client. */
  readonly write: (text: string) => void;
}

const PATIENCE_MS = 10_000;
const END_MS = 300;
const RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;
const MAX_REMEMBERED = 1000;
const INITIALIZED = Buffer.from('{"jsonrpc":"2.0","method":"notifications/initialized"}');

export class Session {
  private readonly deps: SessionDeps;
  private readonly opening: JsonView;
  /** What the client asked for beyond one request: its log level, the resources it follows. */
  private readonly remembered = new Map<string, Buffer>();
  private id = '';
  private revision = '';
  private hasBegun = false;
  private isEnded = false;
  private lastEventId = '';
  private leaveStream: (() => void) | undefined = undefined;
  private retryMs = RETRY_MS;
  private reviving: Promise<boolean> | undefined = undefined;

  /** @param opening the client's `initialize` */
  constructor(deps: SessionDeps, opening: JsonView) {
    this.deps = deps;
    this.opening = opening;
  }

  /** Headers that every message of the session carries. */
  get headers(): Record<string, string> {
    if (this.id === '') return {};
    return this.revision === ''
      ? { 'mcp-session-id': this.id }
      : { 'mcp-session-id': this.id, 'mcp-protocol-version': this.revision };
  }

  /** Resolves when it is not being begun again; undefined where nothing has to be waited for. */
  get settled(): Promise<unknown> | undefined {
    return this.reviving;
  }

  /** The gateway has answered `initialize`. @param answer the whole message */
  opened(sessionId: string, answer: string): void {
    const view = scanJson(Buffer.from(answer), { maxDepth: 512, recordDepth: 2 });
    if ('fault' in view) return;
    const result = view.member(ROOT, 'result');
    if (result < 0) return;
    this.id = sessionId;
    this.revision = view.string(view.member(result, 'protocolVersion')) ?? '';
    this.lastEventId = '';
  }

  /** The client has taken the answer: from now on the gateway may speak by itself. */
  async begin(): Promise<void> {
    this.hasBegun = true;
    const peer = await this.deps.reach.peer();
    if (typeof peer !== 'string') this.openStream(peer);
  }

  /** Remembers what has to be said again in a new session. */
  note({ method, view }: Incoming): void {
    const uri = view.string(view.member(view.member(ROOT, 'params'), 'uri')) ?? '';
    if (method === 'resources/unsubscribe') this.remembered.delete(uri);
    const isLasting = method === 'logging/setLevel' || method === 'resources/subscribe';
    if (isLasting && this.remembered.size < MAX_REMEMBERED) this.remembered.set(uri, view.bytes);
  }

  /** Another gateway has taken the place of the one before: what that one knew is said again. */
  async restore(): Promise<void> {
    const peer = await this.deps.reach.peer();
    if (typeof peer === 'string' || this.id === '' || this.isEnded) return;
    if (this.hasBegun) this.openStream(peer);
    await this.repeat(peer);
  }

  /** Begins the session again, once for all who ask. @returns whether there is one now */
  revive(): Promise<boolean> {
    this.reviving ??= this.beginAgain().finally(() => (this.reviving = undefined));
    return this.reviving;
  }

  /** Goes on with a stream that broke off, as far as the gateway kept it (2025-11-25, resumability). */
  resume(peer: Peer, eventId: string, hearing: Hearing): () => void {
    return peer.ask(this.get({ 'last-event-id': eventId }), hearing);
  }

  /** Ends it at the gateway. */
  async end(): Promise<void> {
    this.isEnded = true;
    this.leaveStream?.();
    const { id } = this;
    if (id === '') return;
    const peer = await this.deps.reach.peer();
    if (typeof peer === 'string') return;
    const { headers } = this;
    const asking: Asking = { httpMethod: 'DELETE', headers, message: Buffer.alloc(0) };
    await askOnce(peer, asking, this.deps.clock, END_MS);
  }

  private async beginAgain(): Promise<boolean> {
    const peer = await this.deps.reach.peer();
    if (typeof peer === 'string') return false;
    this.leaveStream?.();
    this.id = '';
    const answer = await this.post(peer, withId(this.opening, 'initialize'));
    this.opened(answer.sessionId, answer.text);
    if (this.id === '') return false;
    if (!this.hasBegun) return true;
    await this.post(peer, INITIALIZED);
    this.openStream(peer);
    await this.repeat(peer);
    return true;
  }

  private async repeat(peer: Peer): Promise<void> {
    for (const [key, message] of this.remembered) {
      const view = scanJson(message, { maxDepth: 512, recordDepth: 1 });
      if (!('fault' in view)) await this.post(peer, withId(view, `again:${key}`));
    }
  }

  private post(peer: Peer, message: Buffer) {
    const asking: Asking = { httpMethod: 'POST', headers: this.headers, message };
    return askOnce(peer, asking, this.deps.clock, PATIENCE_MS);
  }

  private get(more: Record<string, string>): Asking {
    return { httpMethod: 'GET', headers: { ...this.headers, ...more }, message: Buffer.alloc(0) };
  }

  /** The stream on which the gateway speaks by itself; opened again when it ends. */
  private openStream(peer: Peer): void {
    this.leaveStream?.();
    const { id } = this;
    let status = 0;
    const last: Record<string, string> =
      this.lastEventId === '' ? {} : { 'last-event-id': this.lastEventId };
    this.leaveStream = peer.ask(this.get(last), {
      head: (code) => (status = code),
      message: (text, eventId) => {
        if (status !== 200) return;
        this.retryMs = RETRY_MS;
        this.lastEventId = eventId;
        this.deps.write(text);
      },
      end: () => {
        if (status === 200 || status === 0) this.streamEnded(id);
        else if (status === 404 && this.id === id) void this.revive();
      },
    });
  }

  private streamEnded(id: string): void {
    const delayMs = this.retryMs;
    this.retryMs = Math.min(delayMs * 2, MAX_RETRY_MS);
    this.deps.clock.after(delayMs, () => {
      if (this.isEnded || this.id !== id) return;
      void this.deps.reach.peer().then((peer) => {
        // Where there is none, the next gateway brings the stream with it.
        if (typeof peer !== 'string' && this.id === id && !this.isEnded) this.openStream(peer);
      });
    });
  }
}

/** A message of the client under an id of our own. */
function withId(view: JsonView, id: string): Buffer {
  const text = JSON.stringify(`drawbridge:${id}`);
  return splice(view.bytes, [replaceValue(view, view.member(ROOT, 'id'), text)]);
}
