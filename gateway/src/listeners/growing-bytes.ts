/** Bytes that come in pieces of any size, in one buffer: many tiny pieces cost what one large does. */

const FIRST_BYTES = 4096;

export class GrowingBytes {
  private buffer: Buffer | undefined;
  private used = 0;

  get length(): number {
    return this.used;
  }

  push(bytes: Buffer): void {
    const needed = this.used + bytes.length;
    if (this.buffer === undefined || needed > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(FIRST_BYTES, needed, this.used * 2));
      this.buffer?.copy(larger, 0, 0, this.used);
      this.buffer = larger;
    }
    bytes.copy(this.buffer, this.used);
    this.used = needed;
  }

  /** What was pushed; nothing may be pushed afterwards. */
  take(): Buffer {
    return this.buffer?.subarray(0, this.used) ?? Buffer.alloc(0);
  }
}
