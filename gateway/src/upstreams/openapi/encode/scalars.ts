/** Values of JSON as the words that stand in addresses, headers and forms. */
import {
  ExactNumber,
  stringifyExact,
  type Json,
  type JsonArray,
  type JsonObject,
} from '../../../kernel/index.ts';

export function isList(value: Json): value is JsonArray {
  return Array.isArray(value);
}

/** Whether a value has members; an exact number is no object of JSON. */
export function isRecord(value: Json): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !isList(value) && !(value instanceof ExactNumber)
  );
}

/** The member itself, never what every object inherits. */
export function ownMember(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

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
  if (isList(value)) return value.every(isWellFormed);
  if (!isRecord(value)) return true;
  return Object.entries(value).every(([name, item]) => name.isWellFormed() && isWellFormed(item));
}
