/**
 * Legacy client state (2024-11-05 to 2025-11-25). A session says how a client speaks and what it
 * can do; nothing is ever authorized by it. Any process with the key ring can serve a session; only
 * its log level, its end and its calls under way are remembered here.
 */
import {
  Deadlines,
  ROOT,
  type Delivery,
  type Exchange,
  type LastingOutlet,
  type Principal,
  type Refusal,
  type SessionRef,
} from '../kernel/index.ts';
import { carryBatch } from './batch.ts';
import { createSessionCarrier, type SessionCarrier } from './carrier.ts';
import { Graces } from './graces.ts';
import { LongCalls } from './long-calls.ts';
import { SessionMemory } from './memory.ts';
import type { Describe, SessionDeps } from './ports.ts';
import { REPLAY_LIMITS, ReplayStreams, isPrimed } from './replay-streams.ts';
import { Resumption } from './resumption.ts';
import type { Walk } from './part.ts';
import { SseConnections, type Listen, type SseCall } from './sse-connections.ts';

export type { Describe, SessionDeps } from './ports.ts';

export interface Sessions {
  /** Opens a token; `session_unknown` where it is foreign, expired or was ended by DELETE. */
  open(token: string, principal: Principal, endpoint: string): SessionRef | Refusal;
  logLevel(session: SessionRef): string;
  /** Carries out the methods of sessions, for one configuration snapshot. */
  carrier(describe: Describe): SessionCarrier;
  /**
   * A call of a session is under way and may be cancelled by the client. Its stream is opened when it
   * takes long, so that the client can come back for it.
   */
  callBegun(x: Exchange, delivery: Delivery): void;
  callEnded(x: Exchange): void;
  /**
   * A stream that can be resumed, where `x` belongs to a session; what is written to it is kept for a
   * while, and `lost` is called when nobody came back for it in time.
   */
  lastingStream(x: Exchange, lost: () => void): LastingOutlet | undefined;
  /** Calls `lost` when the time is over in which a caller may come back, unless `x` ended before. */
  afterGrace(x: Exchange, lost: () => void): void;
  /**
   * Goes on with the stream that a GET names in `Last-Event-ID`.
   * @returns false where it names none of its session, which makes it an ordinary GET
   */
  resume(x: Exchange, delivery: Delivery): boolean;
  /** Walks the messages of a batch (2025-03-26), or one posted to a stream of 2024-11-05. */
  unwrap(x: SseCall, delivery: Delivery, walk: Walk): void;
  /**
   * Opens a stream of 2024-11-05; its session begins on it and ends with it.
   * @param listen called when it has begun, so that the stream is told of changes
   */
  openSse(x: SseCall, delivery: Delivery, listen: Listen): void;
  /** Streams that can be resumed, and the bytes kept for them. */
  streamCounts(): { readonly streams: number; readonly bytes: number };
  /** Gives up what waits for callers to come back, and cancels their calls. */
  close(): void;
  /** Tells when a session was ended by its client. */
  onEnd(listener: (sessionKey: string) => void): void;
}

export function createSessions(deps: SessionDeps): Sessions {
  const { clock, sealer, onSlowReader = () => undefined, replay = REPLAY_LIMITS } = deps;
  const memory = new SessionMemory(sealer, clock);
  const deadlines = new Deadlines(clock);
  const streams = new ReplayStreams(deadlines, replay, onSlowReader);
  const resumption = new Resumption(streams);
  const longCalls = new LongCalls(clock);
  const graces = new Graces(deadlines, replay.graceMs);
  const sse = new SseConnections({
    clock,
    onSlowReader,
    open: (token, principal, endpoint) => memory.open(token, principal, endpoint),
    end: (session) => memory.end(session),
  });
  memory.onEnd((sessionKey) => streams.endSession(sessionKey));
  return {
    open: (token, principal, endpoint) => memory.open(token, principal, endpoint),
    logLevel: (session) => memory.logLevel(session),
    carrier: (describe) => createSessionCarrier(deps, describe, memory),
    callBegun: (x, delivery) => {
      if (x.session === undefined) return;
      memory.callBegun(x);
      if (isPrimed(x.session.revision)) longCalls.begun(x, delivery);
    },
    callEnded: (x) => {
      if (x.session === undefined) return;
      memory.callEnded(x);
      longCalls.ended(x);
      graces.end(x);
    },
    lastingStream: (x, lost) => resumption.begin(x, lost),
    afterGrace: (x, lost) => graces.begin(x, lost),
    resume: (x, delivery) => resumption.resume(x, delivery),
    unwrap: (x, delivery, walk) => {
      if (x.call.view.kind(ROOT) !== 'array') sse.post(x, delivery, walk);
      else carryBatch(x, delivery, walk, clock, (own) => resumption.sharedBy(own));
    },
    openSse: (x, delivery, listen) => sse.open(x, delivery, listen),
    streamCounts: () => streams.counts(),
    close: () => {
      streams.close();
      graces.close();
    },
    onEnd: (listener) => memory.onEnd(listener),
  };
}
