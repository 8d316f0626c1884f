/** The shapes of JSON values, and ways to build them that no member name can surprise. */
import { isJsonArray, type Json, type JsonObject } from '../../../kernel/index.ts';

/** An object under construction; members named by others go in with `put`. */
export type Draft = Record<string, Json>;

/** Sets an own member, `__proto__` included. */
export function put(draft: Draft, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(draft, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  } else {
    draft[key] = value;
  }
}

/** A copy without the members in `keys`. */
export function omit(object: JsonObject, ...keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** @returns whether both are the same JSON, member order included */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** The values without those that came before, in order. */
export function distinct(values: readonly Json[]): readonly Json[] {
  const seen = new Set<string>();
  return values.filter((value) => {
    const text = JSON.stringify(value);
    return seen.has(text) ? false : seen.add(text);
  });
}

/** The strings of a list, each once; [] where it is none. */
export function stringsOf(value: Json | undefined): readonly string[] {
  if (!isJsonArray(value)) return [];
  return [...new Set(value.filter((item) => typeof item === 'string'))];
}

/** Joins sentences to a description; '' where there are none. */
export function joinText(...parts: readonly (Json | undefined)[]): string {
  return parts
    .filter((part) => typeof part === 'string')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join(' ');
}
