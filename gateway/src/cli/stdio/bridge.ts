/**
 * A client on standard input and output, the gateway behind HTTP requests. Every line becomes one
 * request; what is answered becomes lines. Which era a message is of, it says itself: an envelope is
 * 2026-07-28, everything else belongs to the session that `initialize` began.
 */
import { ROOT, type Clock, type LogLevel, type MethodRow } from '../../kernel/index.ts';
import { readSaid, type Said } from './answer.ts';
import { readIncoming, type Incoming } from './incoming.ts';
import { learnTools } from './learn-tools.ts';
import { gatewayGone, tooMany, unreadable } from './outgoing.ts';
import type { Hearing, Peer, Reach } from './peer.ts';
import { PendingRequests, type Era, type Pending } from './pending.ts';
import { modernHeaders } from './request-headers.ts';
import { Session } from './session.ts';
import { ToolHeaders } from './tool-headers.ts';

export interface BridgeDeps {
  readonly reach: Reach;
  readonly clock: Clock;
  readonly methods: ReadonlyMap<string, MethodRow>;
  /** Takes one message for the client. */
  readonly write: (text: string) => void;
  readonly log: (level: LogLevel, text: string, fields?: Readonly<Record<string, unknown>>) => void;
}

const HEADER_MISMATCH = '-32020';
const MAX_RESUMES = 5;
const RESUME_MS = 250;
/** At its end, how long requests may still take. */
const GRACE_MS = 700;

export class Bridge {
  private readonly deps: BridgeDeps;
  private readonly pending = new PendingRequests();
  private readonly tools = new ToolHeaders();
  private session: Session | undefined = undefined;
  /** Lines are sent in their order; what has to arrive before the next one holds it up. */
  private turn: Promise<void> = Promise.resolve();
  private isEnding = false;

  constructor(deps: BridgeDeps) {
    this.deps = deps;
    deps.reach.onChange(() => void this.session?.restore());
  }

  /** Takes one line of the client. */
  line(bytes: Buffer): void {
    const incoming = readIncoming(bytes);
    if ('code' in incoming) this.deps.write(unreadable(incoming.code, incoming.message));
    else if (!this.isCancellation(incoming)) {
      this.turn = this.turn.then(() => this.take(incoming));
    }
  }

  /** A line was longer than a message may be. */
  tooLong(maxBytes: number): void {
    this.deps.write(unreadable(4134, `The message is longer than ${maxBytes} bytes.`));
  }

  /** The client has left: what is under way gets a moment, then everything is ended. */
  async end(): Promise<void> {
    const { clock } = this.deps;
    const late = new Promise<void>((resolve) => clock.after(GRACE_MS, resolve));
    await Promise.race([this.turn.then(() => this.pending.idle()), late]);
    this.isEnding = true;
    for (const pending of this.pending.all()) {
      pending.isCancelled = true;
      if (pending.era === 'modern') this.leave(pending);
    }
    await this.session?.end();
    for (const pending of this.pending.all()) this.leave(pending);
    await this.deps.reach.close();
  }

  /**
   * A cancellation of 2026-07-28 is the end of its request and goes no further (stdio,
   * "Cancellation"); one of a session is passed on, and its answer is not waited for.
   */
  private isCancellation({ method, view }: Incoming): boolean {
    if (method !== 'notifications/cancelled') return false;
    const rawId = view.raw(view.member(view.member(ROOT, 'params'), 'requestId'));
    const pending = this.pending.find(rawId);
    if (pending === undefined) return false;
    pending.isCancelled = true;
    if (pending.era === 'legacy') return false;
    this.leave(pending);
    return true;
  }

  private leave(pending: Pending): void {
    pending.leave();
    this.pending.finish(pending);
  }

  /** Resolves when the next line may follow. */
  private async take(incoming: Incoming): Promise<void> {
    if (this.isEnding) return;
    if (incoming.kind === 'request' || incoming.kind === 'batch') return this.takeRequest(incoming);
    const peer = await this.deps.reach.peer();
    if (typeof peer === 'string') return;
    await this.session?.settled;
    const status = await this.tell(peer, incoming);
    if (status >= 400) {
      const what = incoming.method === '' ? 'an answer' : incoming.method;
      this.deps.log('warn', `the gateway did not take ${what}`, { status });
    }
    if (incoming.method === 'notifications/initialized') await this.session?.begin();
  }

  /** Sends what has no answer. @returns the HTTP status, 0 where there was none */
  private tell(peer: Peer, incoming: Incoming): Promise<number> {
    const headers = this.headersOf(incoming, this.eraOf(incoming));
    return new Promise((resolve) => {
      peer.ask(
        { httpMethod: 'POST', headers, message: incoming.view.bytes },
        { head: resolve, message: () => undefined, end: () => resolve(0) },
      );
    });
  }

  private takeRequest(incoming: Incoming): Promise<void> | void {
    const era = this.eraOf(incoming);
    const pending = this.pending.enter(incoming.rawIds, era, incoming.method);
    if (pending === undefined) {
      for (const rawId of incoming.rawIds) this.deps.write(tooMany(rawId));
      return undefined;
    }
    if (incoming.method === 'initialize' && era === 'legacy') {
      const before = this.session;
      this.session = new Session(this.deps, incoming.view);
      void before?.end();
      return this.forward(incoming, pending, true);
    }
    if (era === 'legacy') this.session?.note(incoming);
    return this.forward(incoming, pending, false);
  }

  private eraOf({ revision, method, kind }: Incoming): Era {
    if (revision !== '') return 'modern';
    const isAlone = this.session === undefined && kind !== 'batch';
    // Without a session, only `initialize` and what came too early can be meant.
    return isAlone && method.startsWith('server/') ? 'modern' : 'legacy';
  }

  private headersOf(incoming: Incoming, era: Era): Record<string, string> {
    if (era === 'legacy') {
      return incoming.method === 'initialize' ? {} : (this.session?.headers ?? {});
    }
    const { method, view } = incoming;
    const headers = modernHeaders(incoming, this.deps.methods.get(method));
    return method === 'tools/call' ? { ...headers, ...this.tools.headersFor(view) } : headers;
  }

  /** @param isAwaited the next line waits for the answer */
  private async forward(
    incoming: Incoming,
    pending: Pending,
    isAwaited: boolean,
    attempt = 0,
  ): Promise<void> {
    const peer = await this.deps.reach.peer();
    if (pending.era === 'legacy' && incoming.method !== 'initialize') await this.session?.settled;
    if (pending.isOver || this.isEnding) return;
    if (typeof peer === 'string') return this.fail(pending, peer);
    const over = Promise.withResolvers<void>();
    const headers = this.headersOf(incoming, pending.era);
    const hearing = this.hear({ incoming, pending, attempt, peer, over: over.resolve });
    pending.leave = peer.ask(
      { httpMethod: 'POST', headers, message: incoming.view.bytes },
      hearing,
    );
    if (isAwaited) await over.promise;
  }

  private hear(call: Call): Hearing {
    const { pending, incoming } = call;
    let status = 0;
    let sessionId = '';
    let lastEventId = '';
    let resumes = 0;
    let isRepeated = false;
    const hearing: Hearing = {
      head: (code, id) => {
        status = code;
        sessionId = id === '' ? sessionId : id;
      },
      message: (text, eventId) => {
        lastEventId = eventId;
        const said = readSaid(text);
        if (said === undefined || pending.isOver) return;
        if (!said.isAnswer) return this.deps.write(text);
        isRepeated = this.isToBeRepeated(call, said, status);
        if (isRepeated) return;
        this.answer(call, said, text);
        if (incoming.method === 'initialize' && status < 300) this.session?.opened(sessionId, text);
        call.over();
      },
      end: (why) => {
        if (isRepeated) return;
        if (pending.isOver) return call.over();
        const { session } = this;
        if (lastEventId !== '' && session !== undefined && resumes < MAX_RESUMES) {
          resumes += 1;
          this.deps.clock.after(RESUME_MS, () => {
            if (pending.isOver) return;
            pending.leave = session.resume(call.peer, lastEventId, hearing);
          });
          return;
        }
        this.fail(pending, why === '' ? 'the gateway gave no answer' : why);
        call.over();
      },
    };
    return hearing;
  }

  /** Refusals that are the bridge's own matter: a session that is lost, headers not known yet. */
  private isToBeRepeated(call: Call, said: Said, status: number): boolean {
    const { incoming, pending, attempt, peer } = call;
    if (attempt > 0 || incoming.method === 'initialize') return false;
    const again = (isReady: boolean, why: string): void => {
      if (isReady && !pending.isOver) void this.forward(incoming, pending, false, 1);
      else this.fail(pending, why);
    };
    const { session } = this;
    if (status === 404 && pending.era === 'legacy' && session !== undefined) {
      if (said.reason !== 'session_unknown') return false;
      pending.leave = () => undefined;
      void session
        .revive()
        .then((isReady) => again(isReady, 'the session was lost and could not be begun again'));
      return true;
    }
    if (said.errorCode !== HEADER_MISMATCH || incoming.method !== 'tools/call') return false;
    void learnTools(peer, this.tools, incoming, this.deps.clock).then(() => again(true, ''));
    return true;
  }

  private answer({ pending, incoming }: Call, said: Said, text: string): void {
    if (incoming.method === 'tools/list' && pending.era === 'modern') this.tools.learn(text);
    const [rawId] = pending.rawIds;
    const isForeign = said.rawError !== '' && (said.rawId === '' || said.rawId === 'null');
    this.pending.finish(pending);
    // A refusal that was given before the id was known is still the answer to this request.
    if (isForeign && rawId !== undefined) {
      for (const each of pending.rawIds) {
        this.deps.write(`{"jsonrpc":"2.0","id":${each},"error":${said.rawError}}`);
      }
    } else this.deps.write(text);
  }

  private fail(pending: Pending, why: string): void {
    if (pending.isOver) return;
    this.pending.finish(pending);
    if (pending.isCancelled) return;
    for (const rawId of pending.rawIds) this.deps.write(gatewayGone(rawId, why));
  }
}

interface Call {
  readonly incoming: Incoming;
  readonly pending: Pending;
  readonly attempt: number;
  readonly peer: Peer;
  /** The client has its answer. */
  readonly over: () => void;
}
