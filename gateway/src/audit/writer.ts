/** Batches of lines on their way to the sink. */
import type { Clock, Timer } from '../kernel/index.ts';
import type { Sink } from './sink.ts';

const BATCH_MS = 50;
const BATCH_LINES = 500;
/** How often a failing sink is tried again. */
const RETRY_MS = 250;

export class AuditWriter {
  written = 0;
  lost = 0;
  private readonly sink: Sink;
  private readonly clock: Clock;
  private readonly maxPending: number;
  /** Places promised to calls under way. */
  private promised = 0;
  private lines: string[] = [];
  private timer: Timer | undefined;
  private writing: Promise<void> | undefined;
  private isFailing = false;

  constructor(sink: Sink, clock: Clock, maxPending: number) {
    this.sink = sink;
    this.clock = clock;
    this.maxPending = maxPending;
  }

  /** Promises a place; false where none is free or the sink is failing. */
  take(): boolean {
    if (this.isFailing || this.promised + this.lines.length >= this.maxPending) return false;
    this.promised++;
    return true;
  }

  giveBack(): void {
    this.promised--;
  }

  /** Takes a line; while the sink fails, lines beyond the bound are lost and counted. */
  add(line: string): void {
    if (this.lines.length >= this.maxPending) {
      this.lost++;
      return;
    }
    this.lines.push(line);
    if (this.isFailing || this.writing !== undefined) return;
    if (this.lines.length >= BATCH_LINES) void this.write();
    else this.schedule(BATCH_MS);
  }

  async flush(): Promise<void> {
    await this.writing;
    if (this.lines.length > 0) await this.write();
  }

  async close(): Promise<void> {
    this.timer?.cancel();
    await this.flush();
    this.timer?.cancel();
    this.lost += this.lines.length;
    await this.sink.close();
  }

  private schedule(delayMs: number): void {
    this.timer ??= this.clock.after(delayMs, () => {
      this.timer = undefined;
      void this.write();
    });
  }

  /** One batch at a time, in order; what could not be written is kept and tried again. */
  private write(): Promise<void> {
    this.writing ??= this.writeBatch().finally(() => {
      this.writing = undefined;
      if (this.isFailing) this.schedule(RETRY_MS);
      else if (this.lines.length > 0)
        this.schedule(this.lines.length >= BATCH_LINES ? 0 : BATCH_MS);
    });
    return this.writing;
  }

  private async writeBatch(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    const batch = this.lines;
    this.lines = [];
    try {
      await this.sink.write(batch.join(''));
      this.written += batch.length;
      this.isFailing = false;
    } catch {
      this.lines = [...batch, ...this.lines];
      this.isFailing = true;
    }
  }
}
