/**
 * Legacy client state (2024-11-05 to 2025-11-25). A session says how a client speaks and what it
 * can do; nothing is ever authorized by it. Any process with the key ring can serve a session; only
 * its log level, its end and its calls under way are remembered here.
 */
import { LRUCache } from 'lru-cache';
import {
  Deadlines,
  Refusal,
  type Delivery,
  type Exchange,
  type LastingOutlet,
  type Principal,
  type SessionRef,
} from '../kernel/index.ts';
import { createSessionCarrier, type SessionCarrier } from './carrier.ts';
import type { Describe, SessionDeps } from './ports.ts';
import { REPLAY_LIMITS, ReplayStreams } from './replay-streams.ts';
import { Resumption } from './resumption.ts';
import { openSession, type OpenedSession } from './token.ts';

export type { Describe, SessionDeps } from './ports.ts';

/** Opened tokens, log levels and ended sessions that are remembered at most. */
const MAX_REMEMBERED = 20_000;

export interface Sessions {
  /** Opens a token; `session_unknown` where it is foreign, expired or was ended by DELETE. */
  open(token: string, principal: Principal, endpoint: string): SessionRef | Refusal;
  logLevel(session: SessionRef): string;
  /** Carries out the methods of sessions, for one configuration snapshot. */
  carrier(describe: Describe): SessionCarrier;
  /** A call of a session is under way and may be cancelled by the client. */
  callBegun(x: Exchange): void;
  callEnded(x: Exchange): void;
  /**
   * A stream that can be resumed, where `x` belongs to a session; what is written to it is kept for a
   * while, and `lost` is called when nobody came back for it in time.
   */
  lastingStream(x: Exchange, lost: () => void): LastingOutlet | undefined;
  /** Calls `lost` when the time is over in which a caller may come back. */
  afterGrace(lost: () => void): void;
  /**
   * Goes on with the stream that a GET names in `Last-Event-ID`.
   * @returns false where it names none of its session, which makes it an ordinary GET
   */
  resume(x: Exchange, delivery: Delivery): boolean;
  /** Streams that can be resumed, and the bytes kept for them. */
  streamCounts(): { readonly streams: number; readonly bytes: number };
  /** Gives up what waits for callers to come back, and cancels their calls. */
  close(): void;
  /** Tells when a session was ended by its client. */
  onEnd(listener: (sessionKey: string) => void): void;
}

export function createSessions(deps: SessionDeps): Sessions {
  const opened = new LRUCache<string, OpenedSession>({ max: MAX_REMEMBERED });
  const ended = new LRUCache<string, true>({ max: MAX_REMEMBERED });
  const levels = new LRUCache<string, string>({ max: MAX_REMEMBERED });
  const underWay = new Map<string, Exchange>();
  const endListeners: ((sessionKey: string) => void)[] = [];
  const deadlines = new Deadlines(deps.clock);
  const limits = deps.replay ?? REPLAY_LIMITS;
  const streams = new ReplayStreams(deadlines, limits, deps.onSlowReader ?? (() => undefined));
  const resumption = new Resumption(streams);
  return {
    open: (token, principal, endpoint) => {
      // Headers and names of endpoints have no line ends, so no two triples look alike.
      const cacheKey = `${token}\n${endpoint}\n${principal.id}`;
      const found = opened.get(cacheKey) ?? openSession(deps.sealer, token, principal, endpoint);
      if (found === undefined || found.expiresAtMs <= deps.clock.nowMs()) {
        opened.delete(cacheKey);
        return new Refusal('session_unknown');
      }
      if (ended.has(found.session.key)) return new Refusal('session_unknown');
      opened.set(cacheKey, found);
      return found.session;
    },
    logLevel: (session) => levels.get(session.key) ?? '',
    carrier: (describe) =>
      createSessionCarrier(deps, describe, {
        setLevel: (session, level) => levels.set(session.key, level),
        cancel: (session, rawId) =>
          underWay.get(callKey(session, rawId))?.cancellation.cancel('cancelled'),
        end: (session) => {
          ended.set(session.key, true);
          for (const [key, x] of underWay) {
            if (key.startsWith(`${session.key}\n`)) x.cancellation.cancel('cancelled');
          }
          for (const listener of endListeners) listener(session.key);
          streams.endSession(session.key);
        },
      }),
    callBegun: (x) => {
      if (x.session !== undefined && x.rawId !== '') underWay.set(callKey(x.session, x.rawId), x);
    },
    callEnded: (x) => {
      if (x.session === undefined || x.rawId === '') return;
      const key = callKey(x.session, x.rawId);
      if (underWay.get(key) === x) underWay.delete(key);
    },
    lastingStream: (x, lost) => resumption.begin(x, lost),
    afterGrace: (lost) => {
      const due = { deadlineMs: 0, next: undefined, previous: undefined, expire: lost };
      deadlines.add(due, limits.graceMs);
    },
    resume: (x, delivery) => resumption.resume(x, delivery),
    streamCounts: () => streams.counts(),
    close: () => streams.close(),
    onEnd: (listener) => {
      endListeners.push(listener);
    },
  };
}

function callKey(session: SessionRef, rawId: string): string {
  return `${session.key}\n${rawId}`;
}
