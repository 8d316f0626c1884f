/** Replacing parts of a JSON text and leaving every other byte as it was received. */
import type { JsonView } from './view.ts';

/** One replacement of the bytes from `start` to `end` (exclusive); edits never overlap. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Replaces the value of `entry` by the JSON text `text`. */
export function replaceValue(view: JsonView, entry: number, text: string): Edit {
  return { start: view.start(entry), end: view.end(entry), text };
}

/**
 * Adds members (`"a":1,"b":2`, no braces) at the front of the object `entry`. Of the edits that are
 * applied together only one may add to an object, and none may take its last member away.
 */
export function addMembers(view: JsonView, entry: number, members: string): Edit {
  const at = view.start(entry) + 1;
  return { start: at, end: at, text: isEmpty(view.bytes, at) ? members : `${members},` };
}

/** Whether only white space stands between an opening brace and its closing one. */
function isEmpty(bytes: Buffer, behindBrace: number): boolean {
  let at = behindBrace;
  while ((bytes[at] ?? 0) <= 0x20 && at < bytes.length) at++;
  return bytes[at] === 0x7d;
}

/**
 * Removes members of one object, each with the comma that belongs to it.
 * @param entries members of the object `parent`, in any order
 */
export function removeMembers(view: JsonView, parent: number, entries: readonly number[]): Edit[] {
  if (entries.length === 0) return [];
  const gone = new Set(entries);
  const all = view.children(parent);
  const edits: Edit[] = [];
  let keptEnd = -1;
  for (let i = 0; i < all.length;) {
    const entry = all[i] ?? -1;
    if (!gone.has(entry)) {
      keptEnd = view.end(entry);
      i++;
      continue;
    }
    let last = i;
    while (last + 1 < all.length && gone.has(all[last + 1] ?? -1)) last++;
    const next = all[last + 1];
    const end = next === undefined ? view.end(all[last] ?? -1) : view.keyStart(next);
    const start = next === undefined && keptEnd >= 0 ? keptEnd : view.keyStart(entry);
    edits.push({ start, end, text: '' });
    i = last + 1;
  }
  return edits;
}

/**
 * Applies edits to a text.
 * @param edits in any order; two that overlap are a programming error and throw
 * @param from first byte to keep, `to` one behind the last: the result covers only that part
 */
export function splice(bytes: Buffer, edits: readonly Edit[], from = 0, to = bytes.length): Buffer {
  if (edits.length === 0) return bytes.subarray(from, to);
  const sorted =
    edits.length > 1 ? edits.toSorted((a, b) => a.start - b.start || a.end - b.end) : edits;
  let size = to - from;
  for (const edit of sorted) size += Buffer.byteLength(edit.text) - (edit.end - edit.start);
  const out = Buffer.allocUnsafe(size);
  let read = from;
  let write = 0;
  for (const edit of sorted) {
    if (edit.start < read || edit.end > to) throw new RangeError('edits overlap or leave the text');
    write += bytes.copy(out, write, read, edit.start);
    write += out.write(edit.text, write);
    read = edit.end;
  }
  bytes.copy(out, write, read, to);
  return out;
}
