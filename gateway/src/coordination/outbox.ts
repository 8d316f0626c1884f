/** Messages that wait until they were heard, in their order. */
export class Outbox {
  private readonly all: { bytes: number };
  private readonly maxBytes: number;
  private waiting: { readonly seq: number; readonly message: string; readonly bytes: number }[] =
    [];
  private saidMs = 0;
  nextSeq = 1;

  /**
   * @param all what waits in this and all others together
   * @param maxBytes what may wait in all together
   */
  constructor(all: { bytes: number }, maxBytes: number) {
    this.all = all;
    this.maxBytes = maxBytes;
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** Keeps the message with the number `nextSeq`. @returns false where too much waits already */
  add(message: string, nowMs: number): boolean {
    const bytes = Buffer.byteLength(message);
    const isFull = this.all.bytes + bytes > this.maxBytes || this.waiting.length >= MAX_MESSAGES;
    if (isFull && bytes > ALWAYS_FITS_BYTES) return false;
    if (isFull && this.waiting.length > 0) return false;
    if (this.isEmpty) this.saidMs = nowMs;
    this.waiting.push({ seq: this.nextSeq++, message, bytes });
    this.all.bytes += bytes;
    return true;
  }

  /** Everything up to this number was heard. */
  heard(seq: number, nowMs: number): void {
    const left = this.waiting.filter((one) => one.seq > seq);
    if (left.length === this.waiting.length) return;
    for (const one of this.waiting) if (one.seq <= seq) this.all.bytes -= one.bytes;
    this.waiting = left;
    this.saidMs = nowMs;
  }

  /** What has to be said again: the oldest ones, where nothing was heard for a while. */
  overdue(nowMs: number): readonly string[] {
    if (this.isEmpty || nowMs - this.saidMs < AGAIN_AFTER_MS) return [];
    this.saidMs = nowMs;
    let bytes = 0;
    const fits = this.waiting.findIndex((one) => (bytes += one.bytes) > MAX_AGAIN_BYTES);
    // At least the first one, however long it is.
    const count = fits < 0 ? this.waiting.length : Math.max(1, fits);
    return this.waiting.slice(0, count).map((one) => one.message);
  }

  clear(): void {
    for (const one of this.waiting) this.all.bytes -= one.bytes;
    this.waiting = [];
  }
}

const MAX_MESSAGES = 10_000;
/** The word that it was too much has to fit, where nothing else waits. */
const ALWAYS_FITS_BYTES = 1024;
const AGAIN_AFTER_MS = 1000;
const MAX_AGAIN_BYTES = 1024 * 1024;
