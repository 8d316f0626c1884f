/**
 * A stream of a legacy session that outlives its connections (2025-11-25, resumability). Every event
 * has an id; what was said is kept for a while, so that a caller who comes back gets what came after
 * the last event it saw, and the rest as it comes.
 */
import type { Due, LastingOutlet, OutHeaders, Outlet } from '../kernel/index.ts';

/** Who hears a stream at the moment: the connection it began on, or one that took it up again. */
export interface Listener {
  /** @returns false where it is too far behind to be told more */
  write(frame: Buffer | string): boolean;
  end(frame?: Buffer | string): void;
}

/** What a stream tells the keeper of all of them. */
export interface StreamKeeper {
  /** Bytes are kept for this stream, or no longer. */
  kept(stream: ReplayStream, bytes: number): void;
  /** Nobody hears it any more, or nothing more is to be heard. */
  waits(stream: ReplayStream): void;
  /** Somebody came back for it. */
  resumed(stream: ReplayStream): void;
  /** It is given up: nothing of it can be fetched any more. */
  gone(stream: ReplayStream): void;
  slowReader(): void;
}

interface KeptEvent {
  readonly number: number;
  readonly frame: Buffer | string;
  readonly bytes: number;
}

export interface StreamTerms {
  /** First part of the ids of its events. */
  readonly id: string;
  readonly sessionKey: string;
  /** Its client may be primed by an event that says nothing (2025-11-25). */
  readonly isPrimed: boolean;
  /** Most bytes that are kept, as long as that is more than one event. */
  readonly maxBytes: number;
}

/** What an event costs beside its text, its share of a short stream included. */
const EVENT_BYTES = 512;

/** How long a client waits before it comes back. */
const RETRY_MS = 1000;

export class ReplayStream implements LastingOutlet, Due {
  deadlineMs = 0;
  next: Due | undefined = undefined;
  previous: Due | undefined = undefined;

  readonly terms: StreamTerms;
  private readonly keeper: StreamKeeper;
  /** Both are let go at the end: what is only kept keeps no connection and no exchange. */
  private begunOn: Outlet | undefined;
  private lost: (() => void) | undefined;
  private listener: Listener | undefined;
  private events: KeptEvent[] = [];
  private bytes = 0;
  private lastNumber = 0;
  private isEnded = false;
  private wasHeard = false;
  private isGone = false;

  /** @param lost called when it is given up before it has ended */
  constructor(terms: StreamTerms, keeper: StreamKeeper, begunOn: Outlet, lost: () => void) {
    this.terms = terms;
    this.keeper = keeper;
    this.begunOn = begunOn;
    this.lost = lost;
    this.listener = begunOn;
  }

  get isReachable(): boolean {
    return this.wasHeard || this.events.at(-1)?.number === this.lastNumber;
  }

  /** Whether nothing of it is kept. */
  get isEmpty(): boolean {
    return this.events.length === 0;
  }

  send(status: number, headers: OutHeaders, body: Buffer | string): void {
    this.begunOn?.send(status, headers, body);
  }

  open(status: number, headers: OutHeaders): void {
    this.begunOn?.open(status, headers);
    if (this.terms.isPrimed) this.tell(`id: ${this.eventId(0)}\nretry: ${RETRY_MS}\ndata: \n\n`);
  }

  write(chunk: Buffer | string): boolean {
    this.tell(isComment(chunk) || this.isGone ? chunk : this.keep(chunk));
    return true;
  }

  end(chunk?: Buffer | string): void {
    if (this.isEnded) return;
    this.isEnded = true;
    const frame = chunk === undefined || this.isGone ? chunk : this.keep(chunk);
    const { listener } = this;
    this.wasHeard = listener !== undefined;
    this.listener = undefined;
    this.begunOn = undefined;
    this.lost = undefined;
    listener?.end(frame);
    if (this.isGone) return;
    if (this.isEmpty) this.giveUp();
    else this.keeper.waits(this);
  }

  detach(listener: Listener): void {
    if (this.listener !== listener) return;
    this.listener = undefined;
    this.keeper.waits(this);
  }

  /**
   * Goes on at `listener`, with what came after the event of this number. Whoever hears it so far is
   * told nothing more: a message is sent to one connection only.
   */
  resume(listener: Listener, after: number): void {
    const before = this.listener;
    this.listener = listener;
    before?.end();
    if (!this.isEnded) this.keeper.resumed(this);
    for (const { number, frame } of this.events) {
      if (number > after && this.listener === listener) this.tell(frame);
    }
    if (!this.isEnded || this.listener !== listener) return;
    this.listener = undefined;
    listener.end();
  }

  /** Drops the oldest event, so that others find room. */
  forgetOldest(): void {
    const oldest = this.events.shift();
    if (oldest === undefined) return;
    this.bytes -= oldest.bytes;
    this.keeper.kept(this, -oldest.bytes);
    if (this.isEnded && this.isEmpty) this.giveUp();
  }

  /** Its time is over. */
  expire(): void {
    const { lost } = this;
    this.giveUp();
    lost?.();
  }

  /** Nothing of it can be fetched any more; whoever still hears it hears it on. */
  giveUp(): void {
    if (this.isGone) return;
    this.isGone = true;
    const { bytes } = this;
    this.bytes = 0;
    this.events = [];
    if (bytes > 0) this.keeper.kept(this, -bytes);
    this.keeper.gone(this);
  }

  private keep(chunk: Buffer | string): Buffer | string {
    const number = ++this.lastNumber;
    const frame = withId(this.eventId(number), chunk);
    const bytes = frame.length + EVENT_BYTES;
    this.events.push({ number, frame, bytes });
    this.bytes += bytes;
    this.keeper.kept(this, bytes);
    while (this.bytes > this.terms.maxBytes && this.events.length > 1) this.forgetOldest();
    return frame;
  }

  /** A listener that is too far behind is let go; it may come back for the rest. */
  private tell(frame: Buffer | string): void {
    const { listener } = this;
    if (listener === undefined || listener.write(frame)) return;
    this.keeper.slowReader();
    this.detach(listener);
    listener.end();
  }

  private eventId(number: number): string {
    return `${this.terms.id}-${number.toString(36)}`;
  }
}

const COLON = 0x3a;

/** Comment lines keep a connection open and say nothing, so nobody misses them. */
function isComment(chunk: Buffer | string): boolean {
  return typeof chunk === 'string' ? chunk.startsWith(':') : chunk[0] === COLON;
}

function withId(id: string, chunk: Buffer | string): Buffer | string {
  const line = `id: ${id}\n`;
  return typeof chunk === 'string'
    ? `${line}${chunk}`
    : Buffer.concat([Buffer.from(line, 'latin1'), chunk]);
}
