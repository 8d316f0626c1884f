/** What a JSON value is, and what an object of JSON holds. */
import { ExactNumber, type Json, type JsonArray, type JsonObject } from './exact.ts';

export function isJsonArray(value: Json | undefined): value is JsonArray {
  return Array.isArray(value);
}

/** Whether a value has members; an exact number is no object of JSON. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof ExactNumber)
  );
}

/** The object's own member; never what every object inherits. */
export function ownMember(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
