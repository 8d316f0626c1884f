/** Callers who come back for a stream (2025-11-25, resumability and redelivery). */
import type { Delivery, Exchange, LastingOutlet, Outlet } from '../kernel/index.ts';
import { Part } from './part.ts';
import type { Listener } from './replay-stream.ts';
import type { ReplayStreams } from './replay-streams.ts';

export class Resumption {
  private readonly streams: ReplayStreams;
  /** GETs that go on with a stream, and so have none of their own. */
  private readonly returning = new WeakSet<Exchange>();
  /** Streams of exchanges in which others are wrapped. */
  private readonly shared = new WeakMap<Exchange, Outlet>();

  constructor(streams: ReplayStreams) {
    this.streams = streams;
  }

  /**
   * A stream of a session; undefined where `x` belongs to none, goes on with another's stream, or is
   * a part of an exchange that has one.
   */
  begin(x: Exchange, lost: () => void): LastingOutlet | undefined {
    const { session, outlet } = x;
    if (session === undefined || x.dialect !== 'legacy') return undefined;
    if (outlet instanceof Part || this.returning.has(x)) return undefined;
    const stream = this.streams.open(session, outlet, lost);
    if (x.call?.kind === 'wrapped') this.shared.set(x, stream);
    return stream;
  }

  /** Where the parts of an exchange write, once its stream is open. */
  sharedBy(x: Exchange): Outlet {
    return this.shared.get(x) ?? x.outlet;
  }

  /** @returns false where `Last-Event-ID` names no stream of the session */
  resume(x: Exchange, delivery: Delivery): boolean {
    const eventId = x.head.headers['last-event-id'];
    if (typeof eventId !== 'string' || x.session === undefined) return false;
    if (x.call?.kind !== 'stream') return false;
    const found = this.streams.find(x.session.key, eventId);
    if (found === undefined) return false;
    this.returning.add(x);
    delivery.openStream();
    const listener = listenerOf(x, delivery);
    x.cancellation.onCancel(() => {
      found.stream.detach(listener);
      listener.end();
    });
    found.stream.resume(listener, found.after);
    return true;
  }
}

/** Frames are ready to be sent; only the end is this exchange's own. */
function listenerOf({ outlet }: Exchange, delivery: Delivery): Listener {
  return {
    write: (frame) => outlet.write(frame),
    end: (frame) => {
      if (frame !== undefined) outlet.write(frame);
      delivery.finish({ kind: 'ended', result: '' });
    },
  };
}
