/** Lines as the bytes they will be on disk. */
const INITIAL_BYTES = 128 * 1024;
/** A UTF-16 code unit is at most this many bytes of UTF-8. */
const MAX_BYTES_PER_UNIT = 3;

/** A number of whole lines. */
export interface Batch {
  readonly bytes: Buffer;
  readonly lines: number;
}

/**
 * Turns each line into bytes at once: a line is put together of dozens of pieces, which would
 * otherwise all live until the batch is written, and outlive the young generation.
 */
export class LineBuffer {
  lines = 0;
  private bytes = Buffer.alloc(0);
  private usedBytes = 0;

  add(line: string): void {
    const atMostBytes = this.usedBytes + line.length * MAX_BYTES_PER_UNIT;
    if (atMostBytes > this.bytes.length) this.grow(atMostBytes);
    this.usedBytes += this.bytes.write(line, this.usedBytes);
    this.lines++;
  }

  /** Hands over everything added so far. */
  take(): Batch {
    const batch = { bytes: this.bytes.subarray(0, this.usedBytes), lines: this.lines };
    this.bytes = Buffer.alloc(0);
    this.usedBytes = 0;
    this.lines = 0;
    return batch;
  }

  private grow(atLeastBytes: number): void {
    const grown = Buffer.allocUnsafe(Math.max(INITIAL_BYTES, atLeastBytes, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.usedBytes);
    this.bytes = grown;
  }
}
