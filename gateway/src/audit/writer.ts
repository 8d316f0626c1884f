/** Batches of lines on their way to the sink, and the places that bound them. */
import type { Clock, Timer } from '../kernel/index.ts';
import { LineBuffer, type Batch } from './line-buffer.ts';
import type { Sink } from './sink.ts';

const BATCH_MS = 50;
const BATCH_LINES = 500;
/** How often a failing sink is tried again. */
const RETRY_MS = 250;

export interface WriterOptions {
  readonly sink: Sink;
  readonly clock: Clock;
  /** Bound on places promised and lines not yet written, together. */
  readonly maxPending: number;
  /** Makes the line that says how many records were lost. */
  readonly gapLine: (lost: number) => string;
  /** Told once when the sink begins to fail. */
  readonly onFailure: (error: unknown) => void;
}

export class AuditWriter {
  written = 0;
  lost = 0;
  /** Places promised to calls under way. */
  reserved = 0;
  /** Whether the last attempt to write failed, so that nothing may be promised. */
  isFailing = false;
  private readonly options: WriterOptions;
  private readonly next = new LineBuffer();
  private batch: Batch | undefined;
  private added = 0;
  private toldLost = 0;
  private timer: Timer | undefined;
  private writing: Promise<void> | undefined;
  private isClosed = false;

  /** Opens the sink at once, so that what is wrong with it is known before the first call. */
  constructor(options: WriterOptions) {
    this.options = options;
    void this.write();
  }

  /** Lines that are not on disk yet. */
  get waiting(): number {
    return this.next.lines + (this.batch?.lines ?? 0);
  }

  /** Promises a place; false where none is free or the sink is failing. */
  take(): boolean {
    if (this.isFailing || this.isFull) return false;
    this.reserved++;
    return true;
  }

  /** Ends a promise, after its line was added. */
  giveBack(): void {
    if (this.reserved > 0) this.reserved--;
  }

  /**
   * Takes a line. Without a promised place it is lost, and counted, where no place is free.
   * @returns whether it was taken
   */
  add(line: string, isPromised: boolean): boolean {
    if (this.isClosed || (!isPromised && this.isFull)) {
      this.lost++;
      return false;
    }
    this.next.add(line);
    this.added++;
    if (this.isFailing || this.writing !== undefined) return true;
    if (this.next.lines >= BATCH_LINES) void this.write();
    else this.schedule(BATCH_MS);
    return true;
  }

  /** Resolves when everything added so far is written, or an attempt to write it failed. */
  async flush(): Promise<void> {
    const upTo = this.added;
    await this.writing;
    while (this.written < upTo) {
      await this.write();
      if (this.isFailing) return;
    }
  }

  /** Writes what can be written; what is left then is lost and counted. */
  async close(): Promise<void> {
    do await this.flush();
    while (this.waiting > 0 && !this.isFailing);
    this.isClosed = true;
    this.timer?.cancel();
    await this.writing;
    this.lost += this.waiting;
    this.batch = undefined;
    this.next.take();
    await this.options.sink.close();
  }

  private get isFull(): boolean {
    return this.isClosed || this.reserved + this.waiting >= this.options.maxPending;
  }

  private schedule(delayMs: number): void {
    if (this.isClosed) return;
    this.timer ??= this.options.clock.after(delayMs, () => {
      this.timer = undefined;
      void this.write();
    });
  }

  /** One batch at a time, in order; what could not be written is kept and tried again. */
  private write(): Promise<void> {
    this.writing ??= this.writeBatch().finally(() => {
      this.writing = undefined;
      if (this.isFailing) this.schedule(RETRY_MS);
      else if (this.next.lines > 0) this.schedule(this.isBehind ? 0 : BATCH_MS);
    });
    return this.writing;
  }

  private get isBehind(): boolean {
    return this.next.lines >= BATCH_LINES;
  }

  private async writeBatch(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    this.batch ??= this.takeLines();
    try {
      await this.options.sink.write(this.batch.bytes);
      this.written += this.batch.lines;
      this.batch = undefined;
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.options.onFailure(error);
      this.isFailing = true;
    }
  }

  private takeLines(): Batch {
    if (this.lost > this.toldLost) {
      this.next.add(this.options.gapLine(this.lost - this.toldLost));
      this.added++;
      this.toldLost = this.lost;
    }
    return this.next.take();
  }
}
