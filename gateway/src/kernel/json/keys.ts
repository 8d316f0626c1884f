/**
 * The keys of every open object of a scan. Small objects compare bytes; large ones, and those with
 * escapes in a key, use a set of decoded strings, so that no input makes the check quadratic.
 */
const LINEAR_LIMIT = 24;

/** Remembers keys per open object and tells when one comes twice. */
export class KeySet {
  private readonly bytes: Buffer;
  /** Starts and ends of the keys of all open objects, innermost last; `top` is where they end. */
  private readonly spans: number[] = [];
  private top = 0;
  /** Per open object: where its keys begin, and the set it was given when it grew large. */
  private readonly bases: number[] = [];
  private readonly sets: (Set<string> | undefined)[] = [];
  private depth = -1;
  private base = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  open(): void {
    this.depth++;
    this.base = this.top;
    this.bases[this.depth] = this.top;
    this.sets[this.depth] = undefined;
  }

  close(): void {
    this.top = this.base;
    this.depth--;
    this.base = this.bases[this.depth] ?? 0;
  }

  /** Adds the key between `start` and `end`; false when the object has it already. */
  add(start: number, end: number, escaped: boolean): boolean {
    const { spans, top, base } = this;
    let set = this.sets[this.depth];
    if (set === undefined && (escaped || top - base >= LINEAR_LIMIT * 2)) {
      set = this.decodeAll();
      this.sets[this.depth] = set;
    }
    if (set !== undefined) {
      const key = decodeKey(this.bytes, start, end, escaped);
      if (set.has(key)) return false;
      set.add(key);
      return true;
    }
    for (let i = base; i < top; i += 2) {
      if (this.same(spans[i] ?? 0, spans[i + 1] ?? 0, start, end)) return false;
    }
    spans[top] = start;
    spans[top + 1] = end;
    this.top = top + 2;
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
    for (let i = this.base; i < this.top; i += 2) {
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
