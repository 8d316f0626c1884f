/** Values of JSON as the words that stand in addresses, headers and forms. */
import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonArray,
  type JsonObject,
  stringifyExact,
} from '../../../kernel/index.ts';

/** One value as text: numbers as they were written, lists and objects as JSON. */
export function wordOf(value: Json): string {
  if (typeof value === 'string') return value;
  if (value instanceof ExactNumber) return value.text;
  return stringifyExact(value);
}

/** The items that are sent: null says nothing. */
export function itemsOf(list: JsonArray): Json[] {
  return list.filter((item) => item !== null);
}

/** The members that are sent: null says nothing. */
export function membersOf(object: JsonObject): [string, Json][] {
  return Object.entries(object).filter((member) => member[1] !== null);
}

/** Whether every text in a value is well-formed Unicode, without halves of surrogate pairs. */
export function isWellFormed(value: Json): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (isJsonArray(value)) return value.every(isWellFormed);
  if (!isJsonObject(value)) return true;
  return Object.entries(value).every(([name, item]) => name.isWellFormed() && isWellFormed(item));
}
