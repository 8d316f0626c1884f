/**
 * Where the values of a scanned JSON text stand. An entry is a number: 0 is the root, -1 is
 * "not there". Values are read from the bytes when asked for and stay exactly as written.
 */
import { isAscii } from 'node:buffer';
import { decodeKey } from './keys.ts';

/** Numbers per entry: parent, key start, key end (negative: escaped), value start, value end. */
export const ENTRY_SIZE = 5;

/** The root entry of every view. */
export const ROOT = 0;

export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

/** Longer texts are not held twice. */
const MAX_ASCII_BYTES = 16 * 1024;

function asciiOf(bytes: Buffer): string {
  return bytes.length <= MAX_ASCII_BYTES && isAscii(bytes) ? bytes.toString('latin1') : '';
}

export class JsonView {
  readonly bytes: Buffer;
  private readonly entries: readonly number[];
  /** All of it as one string where it is short ASCII, so that values are cheap slices; else ''. */
  private ascii: string | undefined = undefined;

  constructor(bytes: Buffer, entries: readonly number[]) {
    this.bytes = bytes;
    this.entries = entries;
  }

  /** The member `key` (ASCII) of the object `parent`, or -1. */
  member(parent: number, key: string): number {
    if (parent < 0) return -1;
    const entries = this.entries;
    const end = this.end(parent);
    const length = key.length;
    for (let at = (parent + 1) * ENTRY_SIZE; at < entries.length; at += ENTRY_SIZE) {
      if ((entries[at + 3] ?? 0) >= end) break;
      if (entries[at] !== parent) continue;
      const keyStart = entries[at + 1] ?? -1;
      const keyEnd = entries[at + 2] ?? -1;
      if (keyEnd < 0) {
        if (keyStart >= 0 && decodeKey(this.bytes, keyStart, -keyEnd, true) === key) {
          return at / ENTRY_SIZE;
        }
      } else if (keyEnd - keyStart === length && this.spells(keyStart, key)) {
        return at / ENTRY_SIZE;
      }
    }
    return -1;
  }

  private spells(start: number, key: string): boolean {
    const bytes = this.bytes;
    for (let i = 0; i < key.length; i++) {
      if (bytes[start + i] !== key.charCodeAt(i)) return false;
    }
    return true;
  }

  /** The noted members or elements of a container, in the order of the text. */
  children(parent: number): number[] {
    const found: number[] = [];
    if (parent < 0) return found;
    const entries = this.entries;
    const end = this.end(parent);
    for (let at = (parent + 1) * ENTRY_SIZE; at < entries.length; at += ENTRY_SIZE) {
      if ((entries[at + 3] ?? 0) >= end) break;
      if (entries[at] === parent) found.push(at / ENTRY_SIZE);
    }
    return found;
  }

  /** The decoded key of a member; '' for elements and the root. */
  key(entry: number): string {
    const start = this.entries[entry * ENTRY_SIZE + 1] ?? -1;
    const end = this.entries[entry * ENTRY_SIZE + 2] ?? -1;
    if (start < 0) return '';
    return end < 0
      ? decodeKey(this.bytes, start, -end, true)
      : decodeKey(this.bytes, start, end, false);
  }

  /** Offset of the quote that opens the member's key; -1 for elements and the root. */
  keyStart(entry: number): number {
    const start = this.entries[entry * ENTRY_SIZE + 1] ?? -1;
    return start < 0 ? -1 : start - 1;
  }

  start(entry: number): number {
    return this.entries[entry * ENTRY_SIZE + 3] ?? 0;
  }

  end(entry: number): number {
    return this.entries[entry * ENTRY_SIZE + 4] ?? 0;
  }

  kind(entry: number): JsonKind | 'absent' {
    if (entry < 0) return 'absent';
    switch (this.bytes[this.start(entry)]) {
      case 0x7b:
        return 'object';
      case 0x5b:
        return 'array';
      case 0x22:
        return 'string';
      case 0x74:
      case 0x66:
        return 'boolean';
      case 0x6e:
        return 'null';
      default:
        return 'number';
    }
  }

  /** The value exactly as written. */
  raw(entry: number): string {
    return entry < 0 ? '' : this.textOf(this.start(entry), this.end(entry));
  }

  private textOf(start: number, end: number): string {
    this.ascii ??= asciiOf(this.bytes);
    return this.ascii === ''
      ? this.bytes.toString('utf8', start, end)
      : this.ascii.slice(start, end);
  }

  /** The value's own bytes, shared with the view. */
  slice(entry: number): Buffer {
    return this.bytes.subarray(this.start(entry), this.end(entry));
  }

  /** The decoded string, or undefined where the value is not one. */
  string(entry: number): string | undefined {
    if (this.kind(entry) !== 'string') return undefined;
    const text = this.textOf(this.start(entry) + 1, this.end(entry) - 1);
    return text.includes('\\') ? String(JSON.parse(`"${text}"`)) : text;
  }

  /** Whether the value is written exactly as `text` (ASCII). */
  isWritten(entry: number, text: string): boolean {
    if (entry < 0) return false;
    const start = this.start(entry);
    return this.end(entry) - start === text.length && this.spells(start, text);
  }

  /** The value as JavaScript sees it; numbers may lose digits, so never send this on. */
  value(entry: number): unknown {
    return entry < 0 ? undefined : JSON.parse(this.raw(entry));
  }
}
