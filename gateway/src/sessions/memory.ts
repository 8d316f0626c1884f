/** What this process remembers of sessions: opened tokens, log levels, ends, and calls under way. */
import { LRUCache } from 'lru-cache';
import {
  FleetingMap,
  Refusal,
  type Clock,
  type Exchange,
  type Principal,
  type SessionRef,
} from '../kernel/index.ts';
import type { TokenSealer } from './ports.ts';
import { openSession, type OpenedSession } from './token.ts';

/** Opened tokens, log levels and ended sessions that are remembered at most. */
const MAX_REMEMBERED = 20_000;

export class SessionMemory {
  private readonly sealer: TokenSealer;
  private readonly clock: Clock;
  private readonly opened = new LRUCache<string, OpenedSession>({ max: MAX_REMEMBERED });
  private readonly ended = new LRUCache<string, true>({ max: MAX_REMEMBERED });
  private readonly levels = new LRUCache<string, string>({ max: MAX_REMEMBERED });
  private readonly underWay = new FleetingMap<string, Exchange>();
  private readonly endListeners: ((sessionKey: string) => void)[] = [];

  constructor(sealer: TokenSealer, clock: Clock) {
    this.sealer = sealer;
    this.clock = clock;
  }

  open(token: string, principal: Principal, endpoint: string): SessionRef | Refusal {
    // Headers and names of endpoints have no line ends, so no two triples look alike.
    const cacheKey = `${token}\n${endpoint}\n${principal.id}`;
    const found = this.opened.get(cacheKey) ?? openSession(this.sealer, token, principal, endpoint);
    if (found === undefined || found.expiresAtMs <= this.clock.nowMs()) {
      this.opened.delete(cacheKey);
      return new Refusal('session_unknown');
    }
    if (this.ended.has(found.session.key)) return new Refusal('session_unknown');
    this.opened.set(cacheKey, found);
    return found.session;
  }

  logLevel(session: SessionRef): string {
    return this.levels.get(session.key) ?? '';
  }

  setLevel(session: SessionRef, level: string): void {
    this.levels.set(session.key, level);
  }

  cancel(session: SessionRef, rawId: string): void {
    this.underWay.get(callKey(session, rawId))?.cancellation.cancel('cancelled');
  }

  /** Ends a session and cancels its calls. */
  end(session: SessionRef): void {
    this.ended.set(session.key, true);
    const prefix = callKey(session, '');
    for (const [key, x] of this.underWay.entries()) {
      if (key.startsWith(prefix)) x.cancellation.cancel('cancelled');
    }
    for (const listener of this.endListeners) listener(session.key);
  }

  onEnd(listener: (sessionKey: string) => void): void {
    this.endListeners.push(listener);
  }

  callBegun(x: Exchange): void {
    if (x.session === undefined || x.rawId === '') return;
    this.underWay.set(callKey(x.session, x.rawId), x);
  }

  callEnded(x: Exchange): void {
    if (x.session === undefined || x.rawId === '') return;
    const key = callKey(x.session, x.rawId);
    if (this.underWay.get(key) === x) this.underWay.delete(key);
  }
}

function callKey(session: SessionRef, rawId: string): string {
  return `${session.key}\n${rawId}`;
}
