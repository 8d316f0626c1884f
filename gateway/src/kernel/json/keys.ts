/**
 * The keys of every open object of a scan. Small objects compare bytes; large ones, and those with
 * escapes in a key, use a set of decoded strings, so that no input makes the check quadratic.
 */
const LINEAR_LIMIT = 24;

/** Remembers keys per open object and tells when one comes twice. */
export class KeySet {
  private readonly bytes: Buffer;
  /** Starts and ends of the keys of all open objects, innermost last. */
  private readonly spans: number[] = [];
  private readonly bases: number[] = [];
  private readonly sets: (Set<string> | undefined)[] = [];
  private base = 0;
  private set: Set<string> | undefined;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  open(): void {
    this.bases.push(this.base);
    this.sets.push(this.set);
    this.base = this.spans.length;
    this.set = undefined;
  }

  close(): void {
    this.spans.length = this.base;
    this.base = this.bases.pop() ?? 0;
    this.set = this.sets.pop();
  }

  /** Adds the key between `start` and `end`; false when the object has it already. */
  add(start: number, end: number, escaped: boolean): boolean {
    if (this.set === undefined && (escaped || this.spans.length - this.base >= LINEAR_LIMIT * 2)) {
      this.set = this.decodeAll();
    }
    if (this.set !== undefined) {
      const key = decodeKey(this.bytes, start, end, escaped);
      if (this.set.has(key)) return false;
      this.set.add(key);
      return true;
    }
    for (let i = this.base; i < this.spans.length; i += 2) {
      if (this.same(this.spans[i] ?? 0, this.spans[i + 1] ?? 0, start, end)) return false;
    }
    this.spans.push(start, end);
    return true;
  }

  private same(aStart: number, aEnd: number, bStart: number, bEnd: number): boolean {
    const length = bEnd - bStart;
    if (aEnd - aStart !== length) return false;
    const bytes = this.bytes;
    for (let i = 0; i < length; i++) {
      if (bytes[aStart + i] !== bytes[bStart + i]) return false;
    }
    return true;
  }

  private decodeAll(): Set<string> {
    const set = new Set<string>();
    for (let i = this.base; i < this.spans.length; i += 2) {
      set.add(decodeKey(this.bytes, this.spans[i] ?? 0, this.spans[i + 1] ?? 0, false));
    }
    return set;
  }
}

/** The text of a key between its quotes. */
export function decodeKey(bytes: Buffer, start: number, end: number, escaped: boolean): string {
  if (!escaped) return bytes.toString('utf8', start, end);
  const decoded: unknown = JSON.parse(bytes.toString('utf8', start - 1, end + 1));
  return typeof decoded === 'string' ? decoded : '';
}
