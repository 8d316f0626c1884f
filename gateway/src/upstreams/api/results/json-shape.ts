/** What a JSON value is, and how long its text will be, without writing it. */
import { ExactNumber, type Json, type JsonArray, type JsonObject } from '../../../kernel/index.ts';

export function isList(value: Json | undefined): value is JsonArray {
  return Array.isArray(value);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof ExactNumber)
  );
}

/** The object's own member; never what every object inherits. */
export function memberOf(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Measures values, each list and object once. */
export interface Sizes {
  /** Length of the compact JSON text, characters. */
  of(value: Json): number;
}

export function createSizes(): Sizes {
  const known = new WeakMap<object, number>();
  const measure = (value: JsonArray | JsonObject): number => {
    let size = 2;
    if (isList(value)) for (const item of value) size += sizes.of(item) + 1;
    else for (const [key, item] of Object.entries(value)) size += memberSize(key, sizes.of(item));
    return size > 2 ? size - 1 : size;
  };
  const sizes: Sizes = {
    of: (value) => {
      if (typeof value === 'string') return JSON.stringify(value).length;
      if (value instanceof ExactNumber) return value.text.length;
      if (typeof value !== 'object' || value === null) return String(value).length;
      const before = known.get(value);
      if (before !== undefined) return before;
      const size = measure(value);
      known.set(value, size);
      return size;
    },
  };
  return sizes;
}

/** What a member adds to its object's text, the comma included. */
export function memberSize(key: string, valueSize: number): number {
  return JSON.stringify(key).length + valueSize + 2;
}

/** A text of at most `maxChars` that does not end within a character of two units. */
export function headOf(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const last = text.charCodeAt(maxChars - 1);
  const splits = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, Math.max(0, splits ? maxChars - 1 : maxChars));
}
