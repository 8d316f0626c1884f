/** What a JSON value is, and how long its text will be, without writing it. */
import {
  ExactNumber,
  isJsonArray,
  type Json,
  type JsonArray,
  type JsonObject,
} from '../../../kernel/index.ts';

/** What is shorter is measured again rather than remembered. */
const REMEMBERED = 256;

/** Measures values; long lists and objects that were measured to their end only once. */
export interface Sizes {
  /**
   * Length of the compact JSON text, characters.
   * @param most beyond this only that it is longer is found out: any larger number is returned
   */
  of(value: Json, most?: number): number;
}

export function createSizes(): Sizes {
  const known = new WeakMap<object, number>();
  const measure = (value: JsonArray | JsonObject, most: number): number => {
    const before = known.get(value);
    if (before !== undefined) return before;
    let size = 1;
    if (isJsonArray(value)) {
      for (const item of value) {
        size += sizeOf(item, most - size) + 1;
        if (size > most) return size;
      }
    } else {
      for (const key in value) {
        if (!Object.hasOwn(value, key)) continue;
        size += memberSize(key, sizeOf(value[key] ?? null, most - size));
        if (size > most) return size;
      }
    }
    size = Math.max(2, size);
    if (size > REMEMBERED) known.set(value, size);
    return size;
  };
  const sizeOf = (value: Json, most: number): number => {
    if (typeof value === 'string') return textSize(value, most);
    if (value instanceof ExactNumber) return value.text.length;
    if (typeof value !== 'object' || value === null) return String(value).length;
    return measure(value, most);
  };
  return { of: (value, most = Infinity) => sizeOf(value, most) };
}

/** What is written with a backslash; lone surrogates are, pairs are only looked at more closely. */
const ESCAPED = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

function textSize(text: string, most: number): number {
  const least = text.length + 2;
  return least > most || !ESCAPED.test(text) ? least : JSON.stringify(text).length;
}

/** What a member adds to its object's text, the comma included. */
export function memberSize(key: string, valueSize: number): number {
  return textSize(key, Infinity) + valueSize + 2;
}

/** A text of at most `maxChars` that does not end within a character of two units. */
export function headOf(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const last = text.charCodeAt(maxChars - 1);
  const splits = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, Math.max(0, splits ? maxChars - 1 : maxChars));
}
