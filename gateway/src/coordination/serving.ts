import type { Clock } from '../kernel/index.ts';
import type { Lease } from './lease.ts';
import { Outbox } from './outbox.ts';
import { encodeMessage } from './peer-message.ts';
import type { AskRefusal, TakenAsk } from './port.ts';

export interface ServingDeps {
  readonly ownerId: string;
  readonly clock: Clock;
  readonly lease: Pick<Lease, 'watch'>;
  readonly tell: (ownerId: string, message: string) => void;
  readonly onBug: (error: unknown) => void;
  /** Longest text that is said at once, bytes. */
  readonly maxTextBytes: number;
}

interface Served {
  readonly from: string;
  readonly controller: AbortController;
  readonly outbox: Outbox;
  isEnded: boolean;
  unwatch: () => void;
}

/** Asks of others that are open at once. */
const MAX_SERVED = 4096;
/** Bytes that wait to be heard, over all asks. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** How long the id of an ask that is over is known, so that a late copy does not begin it again. */
const REMEMBERED_MS = 60_000;
const MAX_REMEMBERED = 100_000;

/** The asks of others at this process. Each begins at most once, however often it arrives. */
export class Serving {
  private readonly deps: ServingDeps;
  private readonly handlers = new Map<string, (ask: TakenAsk) => void>();
  private readonly served = new Map<string, Served>();
  /** Ids of asks that are over, with when they are forgotten; the oldest first. */
  private readonly over = new Map<string, number>();
  private readonly waiting = { bytes: 0 };

  constructor(deps: ServingDeps) {
    this.deps = deps;
  }

  handle(kind: string, handler: (ask: TakenAsk) => void): () => void {
    if (this.handlers.has(kind)) throw new Error(`Asks of the kind ${kind} are taken already.`);
    this.handlers.set(kind, handler);
    return () => {
      if (this.handlers.get(kind) === handler) this.handlers.delete(kind);
    };
  }

  asked(id: string, from: string, kind: string, text: string): void {
    if (this.over.has(id)) return;
    if (this.served.has(id)) {
      this.deps.tell(from, encodeMessage({ is: 'begun', id }));
      return;
    }
    const handler = this.handlers.get(kind);
    if (handler === undefined) return this.refuse(id, from, 'unknown_kind');
    if (this.served.size >= MAX_SERVED) return this.refuse(id, from, 'busy');
    const one = this.begin(id, from);
    this.deps.tell(from, encodeMessage({ is: 'begun', id }));
    try {
      handler({
        from,
        text,
        signal: one.controller.signal,
        event: (said) => this.say(id, one, 'event', said),
        end: (said) => this.say(id, one, 'end', said),
      });
    } catch (error) {
      this.deps.onBug(error);
      this.fail(id, one, 'failed');
    }
  }

  heard(id: string, seq: number): void {
    const one = this.served.get(id);
    if (one === undefined) return;
    one.outbox.heard(seq, this.deps.clock.nowMs());
    if (one.isEnded && one.outbox.isEmpty) this.forget(id, one);
  }

  /** The asker does not wait any more. */
  stopped(id: string): void {
    const one = this.served.get(id);
    if (one === undefined) return this.remember(id);
    this.forget(id, one);
    this.abort(one, 'cancelled');
  }

  beat(): void {
    const nowMs = this.deps.clock.nowMs();
    for (const one of this.served.values()) {
      for (const message of one.outbox.overdue(nowMs)) this.deps.tell(one.from, message);
    }
    for (const [id, untilMs] of this.over) {
      if (untilMs > nowMs && this.over.size <= MAX_REMEMBERED) break;
      this.over.delete(id);
    }
  }

  /** Everybody hears at once that this process is going. */
  close(): void {
    this.handlers.clear();
    for (const [id, one] of this.served) {
      if (!one.isEnded) this.put(id, one, 'fail', 'gone');
      this.forget(id, one);
      this.abort(one, 'closed');
    }
  }

  private begin(id: string, from: string): Served {
    const one: Served = {
      from,
      controller: new AbortController(),
      outbox: new Outbox(this.waiting, MAX_WAITING_BYTES),
      isEnded: false,
      unwatch: () => undefined,
    };
    this.served.set(id, one);
    one.unwatch = this.deps.lease.watch(from, (loss) => {
      this.forget(id, one);
      this.abort(one, loss);
    });
    return one;
  }

  private say(id: string, one: Served, is: 'event' | 'end', text: string): void {
    if (one.isEnded || one.controller.signal.aborted) return;
    const isTooLong = Buffer.byteLength(text) > this.deps.maxTextBytes;
    if (isTooLong || !this.put(id, one, is, text)) this.fail(id, one, 'too_large');
    else if (is === 'end') one.isEnded = true;
  }

  private fail(id: string, one: Served, why: AskRefusal): void {
    if (one.isEnded || one.controller.signal.aborted) return;
    one.isEnded = true;
    // Nothing that waits will make sense any more, and this has to fit.
    one.outbox.clear();
    this.put(id, one, 'fail', why);
    one.controller.abort(new Error(why));
  }

  private put(id: string, one: Served, is: 'event' | 'end' | 'fail', text: string): boolean {
    const message = encodeMessage(
      { is, id, from: this.deps.ownerId, seq: one.outbox.nextSeq },
      text,
    );
    if (!one.outbox.add(message, this.deps.clock.nowMs())) return false;
    this.deps.tell(one.from, message);
    return true;
  }

  private refuse(id: string, from: string, why: AskRefusal): void {
    this.remember(id);
    const head = { is: 'fail', id, from: this.deps.ownerId, seq: 1 } as const;
    this.deps.tell(from, encodeMessage(head, why));
  }

  private forget(id: string, one: Served): void {
    this.served.delete(id);
    this.remember(id);
    one.unwatch();
    one.outbox.clear();
  }

  private remember(id: string): void {
    this.over.delete(id);
    this.over.set(id, this.deps.clock.nowMs() + REMEMBERED_MS);
  }

  private abort(one: Served, why: string): void {
    if (!one.isEnded) one.controller.abort(new Error(why));
  }
}
