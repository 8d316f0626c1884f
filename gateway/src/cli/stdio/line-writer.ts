/** Messages as lines on standard output. */
import type { Writable } from 'node:stream';

/** Above this much unread, nothing more is read for the client. */
const FULL_BYTES = 1024 * 1024;

/** A client that leaves this much unread will not come back for it. */
const MAX_UNREAD_BYTES = 256 * 1024 * 1024;

export class LineWriter {
  private readonly stream: Writable;
  private readonly onStuck: () => void;
  private waiting: (() => void)[] = [];

  /** @param onStuck the client has stopped reading altogether */
  constructor(stream: Writable, onStuck: () => void) {
    this.stream = stream;
    this.onStuck = onStuck;
    stream.on('drain', () => {
      const waiting = this.waiting;
      this.waiting = [];
      for (const task of waiting) task();
    });
  }

  get isFull(): boolean {
    return this.stream.writableLength > FULL_BYTES;
  }

  /** Runs the task once, when there is room again. */
  whenDrained(task: () => void): void {
    this.waiting.push(task);
  }

  /** Writes one JSON text; line ends in it are white space between its tokens. */
  write(json: string): void {
    if (this.stream.destroyed || this.stream.writableEnded) return;
    this.stream.write(`${/[\r\n]/.test(json) ? json.replaceAll(/[\r\n]+/g, ' ') : json}\n`);
    if (this.stream.writableLength > MAX_UNREAD_BYTES) this.onStuck();
  }
}
