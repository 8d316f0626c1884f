/** One of several messages that came together: an exchange whose answer goes where the others go. */
import { Exchange, type Body, type Head, type OutHeaders, type Outlet } from '../kernel/index.ts';

/** Takes an exchange of the same configuration along the path. */
export type Walk = (x: Exchange) => { disconnected(): void };

/** What becomes of the answer of a part. */
export interface PartReader {
  /** It comes as a stream. */
  opened(): void;
  /** An event, framed. */
  event(frame: Buffer | string): boolean;
  /** A whole answer with the headers it has; the text of a JSON-RPC message, or ''. */
  answered(body: Buffer | string, headers: OutHeaders): void;
  /** Nothing more comes. */
  done(part: Part): void;
}

export class Part implements Outlet {
  private readonly reader: PartReader;
  private journey: { disconnected(): void } | undefined;
  private x: Exchange | undefined;
  private isOver = false;

  constructor(reader: PartReader) {
    this.reader = reader;
  }

  /** Starts it on its way. */
  walk(walk: Walk, head: Head, bytes: Buffer, nowMs: number, epoch: number): void {
    this.x = new Exchange(head, bodyOf(bytes), this, nowMs, epoch);
    this.journey = walk(this.x);
  }

  /** Whoever sent it is gone for good. */
  abandon(): void {
    this.journey?.disconnected();
    this.x?.cancellation.cancel('disconnected');
  }

  send(_status: number, headers: OutHeaders, body: Buffer | string): void {
    if (this.isOver) return;
    this.reader.answered(body, headers);
    this.finish();
  }

  open(): void {
    if (!this.isOver) this.reader.opened();
  }

  write(frame: Buffer | string): boolean {
    return this.isOver || this.reader.event(frame);
  }

  end(frame?: Buffer | string): void {
    if (this.isOver) return;
    if (frame !== undefined) this.reader.event(frame);
    this.finish();
  }

  private finish(): void {
    this.isOver = true;
    this.reader.done(this);
  }
}

/** The bytes are there already and within the bound of the body they came in. */
function bodyOf(bytes: Buffer): Body {
  return { read: () => bytes };
}
