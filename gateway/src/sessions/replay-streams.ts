/** All streams that can be resumed, and the bounds of what is kept for them. */
import { randomBytes } from 'node:crypto';
import type { Deadlines, Outlet, SessionRef } from '../kernel/index.ts';
import { ReplayStream, type StreamKeeper } from './replay-stream.ts';

export interface ReplayLimits {
  /** Most bytes of events that are kept for a stream, a session, and all of them. */
  readonly maxStreamBytes: number;
  readonly maxSessionBytes: number;
  readonly maxBytes: number;
  /** How long a stream waits for its caller, and is kept after its end. */
  readonly graceMs: number;
}

export const REPLAY_LIMITS: ReplayLimits = {
  maxStreamBytes: 1024 * 1024,
  maxSessionBytes: 4 * 1024 * 1024,
  maxBytes: 64 * 1024 * 1024,
  graceMs: 60_000,
};

/** Whether clients of a revision know events without data, which only tell an id. */
export function isPrimed(revision: string): boolean {
  return revision >= '2025-11-25';
}

interface SessionStreams {
  readonly byId: Map<string, ReplayStream>;
  bytes: number;
}

export class ReplayStreams implements StreamKeeper {
  private readonly deadlines: Deadlines;
  private readonly limits: ReplayLimits;
  private readonly onSlowReader: () => void;
  private readonly sessions = new Map<string, SessionStreams>();
  /** Streams of which something is kept, in the order in which that began. */
  private readonly holding = new Set<ReplayStream>();
  /** Sets the ids of this process apart from those it gave out before it was started again. */
  private readonly prefix = randomBytes(5).toString('hex');
  private lastNumber = 0;
  private bytes = 0;

  constructor(deadlines: Deadlines, limits: ReplayLimits, onSlowReader: () => void) {
    this.deadlines = deadlines;
    this.limits = limits;
    this.onSlowReader = onSlowReader;
  }

  /** Streams that can be resumed, and the bytes kept for them. */
  counts(): { readonly streams: number; readonly bytes: number } {
    let streams = 0;
    for (const { byId } of this.sessions.values()) streams += byId.size;
    return { streams, bytes: this.bytes };
  }

  /** @param lost called when nobody came back for it in time */
  open(session: SessionRef, begunOn: Outlet, lost: () => void): ReplayStream {
    const id = `${this.prefix}-${(++this.lastNumber).toString(36)}`;
    const stream = new ReplayStream(
      {
        id,
        sessionKey: session.key,
        isPrimed: isPrimed(session.revision),
        maxBytes: this.limits.maxStreamBytes,
      },
      this,
      begunOn,
      lost,
    );
    const own = this.sessions.get(session.key) ?? { byId: new Map(), bytes: 0 };
    own.byId.set(id, stream);
    this.sessions.set(session.key, own);
    return stream;
  }

  /** The stream of this session that had an event of this id; undefined where it is not known. */
  find(sessionKey: string, eventId: string): { stream: ReplayStream; after: number } | undefined {
    const dash = eventId.lastIndexOf('-');
    const number = eventId.slice(dash + 1);
    if (!/^[0-9a-z]{1,10}$/.test(number)) return undefined;
    const stream = this.sessions.get(sessionKey)?.byId.get(eventId.slice(0, Math.max(dash, 0)));
    return stream === undefined ? undefined : { stream, after: Number.parseInt(number, 36) };
  }

  /** Nothing of the session can be fetched any more. */
  endSession(sessionKey: string): void {
    for (const stream of this.sessions.get(sessionKey)?.byId.values() ?? []) stream.giveUp();
  }

  /** Gives everything up. */
  close(): void {
    for (const { byId } of this.sessions.values()) {
      for (const stream of byId.values()) stream.expire();
    }
  }

  kept(stream: ReplayStream, bytes: number): void {
    const own = this.sessions.get(stream.terms.sessionKey);
    if (own === undefined) return;
    own.bytes += bytes;
    this.bytes += bytes;
    if (bytes < 0) {
      if (stream.isEmpty) this.holding.delete(stream);
      return;
    }
    this.holding.add(stream);
    while (own.bytes > this.limits.maxSessionBytes) forgetFirst(own.byId.values());
    while (this.bytes > this.limits.maxBytes) forgetFirst(this.holding);
  }

  waits(stream: ReplayStream): void {
    this.deadlines.remove(stream);
    this.deadlines.add(stream, this.limits.graceMs);
  }

  resumed(stream: ReplayStream): void {
    this.deadlines.remove(stream);
  }

  gone(stream: ReplayStream): void {
    const { sessionKey, id } = stream.terms;
    this.deadlines.remove(stream);
    this.holding.delete(stream);
    const own = this.sessions.get(sessionKey);
    own?.byId.delete(id);
    if (own?.byId.size === 0) this.sessions.delete(sessionKey);
  }

  slowReader(): void {
    this.onSlowReader();
  }
}

function forgetFirst(streams: Iterable<ReplayStream>): void {
  for (const stream of streams) {
    if (stream.isEmpty) continue;
    stream.forgetOldest();
    return;
  }
}
