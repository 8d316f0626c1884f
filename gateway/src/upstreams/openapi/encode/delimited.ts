/** The lists and objects of all styles that put items beside each other in one text. */
import { itemsOf, membersOf, wordOf } from './scalars.ts';
import { isJsonArray, isJsonObject, type Json } from '../../../kernel/index.ts';
import type { Percent } from './percent.ts';

/**
 * @param separator stands bare between items; `encode` must write it otherwise inside them
 * @param pair stands between a name and its value
 */
export function join(value: Json, separator: string, pair: string, encode: Percent): string {
  if (isJsonArray(value)) {
    return itemsOf(value)
      .map((item) => encode(wordOf(item)))
      .join(separator);
  }
  if (!isJsonObject(value)) return encode(wordOf(value));
  return membersOf(value)
    .map(([name, item]) => encode(name) + pair + encode(wordOf(item)))
    .join(separator);
}

/** Nothing to be sent: a list without items or an object without members. */
export function isVoid(value: Json): boolean {
  if (isJsonArray(value)) return value.every((item) => item === null);
  return isJsonObject(value) && Object.values(value).every((item) => item === null);
}
