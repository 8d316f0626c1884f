/**
 * One strict pass over the bytes of a JSON text (RFC 8259): it proves the grammar, bounds the
 * depth, refuses duplicate keys at every depth, and notes where values near the root stand, so
 * that they can be read and replaced without building or re-serialising anything.
 * Iterative on purpose: no input can exhaust the call stack.
 */
import { isUtf8 } from 'node:buffer';
import { KeySet } from './keys.ts';
import { LONG_RUN_BYTES, skipPlainRun } from './plain-run.ts';
import { ENTRY_SIZE, JsonView } from './view.ts';

/** What a scan accepts. `recordDepth` counts levels below the root whose places are noted. */
export interface ScanLimits {
  readonly maxDepth: number;
  readonly recordDepth: number;
}

/** Why a text was refused; `at` is the byte offset where it was noticed. */
export interface ScanFault {
  readonly fault: 'not_json' | 'not_utf8' | 'too_deep' | 'duplicate_key';
  readonly at: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;

/**
 * Scans `bytes` as one JSON text.
 * @returns a view over the same bytes (nothing is copied), or the fault that refused them
 */
export function scanJson(bytes: Buffer, limits: ScanLimits): JsonView | ScanFault {
  if (!isUtf8(bytes)) return { fault: 'not_utf8', at: 0 };
  return new Scan(bytes, limits).run();
}

class Scan {
  private readonly bytes: Buffer;
  private readonly limits: ScanLimits;
  private readonly entries: number[] = [];
  /** Per open container: 1 for an object, 0 for an array. */
  private readonly isObject: number[] = [];
  /** Per open container: its entry index, or -1 where places are no longer noted. */
  private readonly entryOf: number[] = [];
  private readonly keys: KeySet;
  private pos = 0;
  private depth = 0;
  private keyStart = -1;
  private keyEnd = -1;
  private escaped = false;
  /** A container was opened and nothing in it was read yet. */
  private isFresh = false;
  private fault: ScanFault['fault'] | '' = '';

  constructor(bytes: Buffer, limits: ScanLimits) {
    this.bytes = bytes;
    this.limits = limits;
    this.keys = new KeySet(bytes);
  }

  run(): JsonView | ScanFault {
    this.skipSpace();
    if (!this.value()) return this.refusal();
    while (this.depth > 0) {
      if (!this.next()) return this.refusal();
    }
    this.skipSpace();
    if (this.pos !== this.bytes.length) return this.refusal();
    return new JsonView(this.bytes, this.entries);
  }

  private refusal(): ScanFault {
    return { fault: this.fault === '' ? 'not_json' : this.fault, at: this.pos };
  }

  /** Continues inside the innermost open container: at its begin or just behind one of its values. */
  private next(): boolean {
    this.skipSpace();
    const inObject = this.isObject[this.depth - 1] === 1;
    const byte = this.bytes[this.pos];
    if (this.isFresh) {
      this.isFresh = false;
      if (byte !== (inObject ? CLOSE_OBJECT : CLOSE_ARRAY)) {
        return inObject ? this.member() : this.value();
      }
    } else if (byte === COMMA) {
      this.pos++;
      this.skipSpace();
      return inObject ? this.member() : this.value();
    }
    if (byte !== (inObject ? CLOSE_OBJECT : CLOSE_ARRAY)) return false;
    this.pos++;
    this.close();
    return true;
  }

  private close(): void {
    this.depth--;
    if (this.isObject[this.depth] === 1) this.keys.close();
    const entry = this.entryOf[this.depth] ?? -1;
    if (entry >= 0) this.entries[entry * ENTRY_SIZE + 4] = this.pos;
  }

  private member(): boolean {
    if (this.bytes[this.pos] !== QUOTE) return false;
    const start = this.pos + 1;
    if (!this.string()) return false;
    const end = this.pos - 1;
    if (!this.keys.add(start, end, this.escaped)) {
      this.fault = 'duplicate_key';
      return false;
    }
    this.keyStart = start;
    this.keyEnd = this.escaped ? -end : end;
    this.skipSpace();
    if (this.bytes[this.pos] !== COLON) return false;
    this.pos++;
    this.skipSpace();
    return this.value();
  }

  /** Reads one value; a container is only opened here and continued by `next`. */
  private value(): boolean {
    const byte = this.bytes[this.pos];
    const entry = this.note();
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) return this.open(byte === OPEN_OBJECT, entry);
    const ok = byte === QUOTE ? this.string() : this.scalar(byte ?? 0);
    if (ok && entry >= 0) this.entries[entry * ENTRY_SIZE + 4] = this.pos;
    return ok;
  }

  private note(): number {
    const { depth, keyStart, keyEnd } = this;
    this.keyStart = -1;
    this.keyEnd = -1;
    if (depth > this.limits.recordDepth) return -1;
    const parent = depth === 0 ? -1 : (this.entryOf[depth - 1] ?? -1);
    const entry = this.entries.length / ENTRY_SIZE;
    this.entries.push(parent, keyStart, keyEnd, this.pos, this.pos);
    return entry;
  }

  private open(object: boolean, entry: number): boolean {
    if (this.depth >= this.limits.maxDepth) {
      this.fault = 'too_deep';
      return false;
    }
    this.isObject[this.depth] = object ? 1 : 0;
    this.entryOf[this.depth] = entry;
    this.depth++;
    this.pos++;
    if (object) this.keys.open();
    this.isFresh = true;
    return true;
  }

  private skipSpace(): void {
    const bytes = this.bytes;
    let pos = this.pos;
    for (;;) {
      const byte = bytes[pos] ?? 0;
      // Most often there is none, which one comparison shows.
      if (byte > 0x20) break;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
      pos++;
    }
    this.pos = pos;
  }

  /** Reads a string from its opening quote to just behind the closing one. */
  private string(): boolean {
    const bytes = this.bytes;
    const end = bytes.length;
    const start = this.pos + 1;
    let pos = start;
    let longFrom = start + LONG_RUN_BYTES;
    this.escaped = false;
    while (pos < end) {
      if (pos === longFrom) {
        const run = skipPlainRun(bytes, pos);
        longFrom = run + LONG_RUN_BYTES;
        pos = run;
        if (pos >= end) break;
      }
      const byte = bytes[pos] ?? 0;
      if (byte === QUOTE) {
        this.pos = pos + 1;
        return true;
      }
      if (byte < 0x20) break;
      if (byte === BACKSLASH) {
        this.escaped = true;
        const length = escapeLength(bytes, pos);
        if (length === 0) break;
        pos += length;
        longFrom = pos + LONG_RUN_BYTES;
      } else {
        pos++;
      }
    }
    this.pos = pos;
    return false;
  }

  private scalar(byte: number): boolean {
    if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) return this.number();
    const word = byte === 0x74 ? 'true' : byte === 0x66 ? 'false' : byte === 0x6e ? 'null' : '';
    if (word === '') return false;
    for (let i = 0; i < word.length; i++) {
      if (this.bytes[this.pos + i] !== word.charCodeAt(i)) return false;
    }
    this.pos += word.length;
    return true;
  }

  private number(): boolean {
    const bytes = this.bytes;
    let pos = this.pos;
    if (bytes[pos] === 0x2d) pos++;
    if (bytes[pos] === 0x30) pos++;
    else {
      const whole = digits(bytes, pos);
      if (whole === pos) return false;
      pos = whole;
    }
    if (bytes[pos] === 0x2e) {
      const fraction = digits(bytes, pos + 1);
      if (fraction === pos + 1) return false;
      pos = fraction;
    }
    if (bytes[pos] === 0x65 || bytes[pos] === 0x45) {
      pos++;
      if (bytes[pos] === 0x2b || bytes[pos] === 0x2d) pos++;
      const exponent = digits(bytes, pos);
      if (exponent === pos) return false;
      pos = exponent;
    }
    this.pos = pos;
    return true;
  }
}

function digits(bytes: Buffer, from: number): number {
  let pos = from;
  for (;;) {
    const byte = bytes[pos] ?? 0;
    if (byte < 0x30 || byte > 0x39) return pos;
    pos++;
  }
}

/** Length of the escape that starts at `pos`, or 0 where it is none of RFC 8259's. */
function escapeLength(bytes: Buffer, pos: number): number {
  const byte = bytes[pos + 1];
  switch (byte) {
    case 0x22:
    case 0x5c:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return 2;
    case 0x75:
      for (let i = 2; i < 6; i++) {
        if (!isHex(bytes[pos + i] ?? 0)) return 0;
      }
      return 6;
    default:
      return 0;
  }
}

function isHex(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x46) ||
    (byte >= 0x61 && byte <= 0x66)
  );
}
