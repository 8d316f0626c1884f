/** References that lead back to where they stand without entering a property or an item. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../kernel/index.ts';
import { omit } from '../../api/schema/json.ts';
import { referredName } from '../../api/schema/walk.ts';

/** Keywords that apply to the same value as the schema they stand in. */
const SAME_VALUE = ['allOf', 'anyOf', 'oneOf'];
const SAME_VALUE_SINGLE = ['not', 'if', 'then', 'else'];

/** Names of the definitions that a schema applies to the very value that it is applied to. */
export function namesInPlace(schema: JsonObject, names = new Set<string>()): ReadonlySet<string> {
  const name = referredName(schema);
  if (name !== undefined) names.add(name);
  for (const part of partsInPlace(schema)) namesInPlace(part, names);
  return names;
}

function partsInPlace(schema: JsonObject): readonly JsonObject[] {
  const lists = SAME_VALUE.flatMap((keyword) => {
    const list = schema[keyword];
    return isJsonArray(list) ? list.filter(isJsonObject) : [];
  });
  const { dependentSchemas } = schema;
  const dependent = isJsonObject(dependentSchemas) ? Object.values(dependentSchemas) : [];
  const single = SAME_VALUE_SINGLE.map((keyword) => schema[keyword]);
  return [...lists, ...[...single, ...dependent].filter(isJsonObject)];
}

/**
 * @param inPlace what `namesInPlace` says of a definition
 * @returns those names under `start` through which it applies itself to the same value again
 */
export function circularNames(
  start: string,
  inPlace: (name: string) => ReadonlySet<string>,
): ReadonlySet<string> {
  const circular = new Set<string>();
  for (const first of inPlace(start)) {
    const seen = new Set([first]);
    for (const name of seen) {
      if (name === start) circular.add(first);
      for (const next of inPlace(name)) seen.add(next);
    }
  }
  return circular;
}

/** `schema` without the references to `names` that apply to the same value. */
export function withoutCircular(schema: JsonObject, names: ReadonlySet<string>): JsonObject {
  if (names.size === 0) return schema;
  const name = referredName(schema);
  const own = name !== undefined && names.has(name) ? omit(schema, '$ref') : schema;
  const entries = Object.entries(own).flatMap(([keyword, value]): [string, Json][] => {
    if (keyword === 'dependentSchemas' || SAME_VALUE_SINGLE.includes(keyword)) {
      return isJsonObject(value) && mentions({ [keyword]: value }, names) ? [] : [[keyword, value]];
    }
    if (!SAME_VALUE.includes(keyword) || !isJsonArray(value)) return [[keyword, value]];
    const parts = value
      .filter((part) => !isJsonObject(part) || !isCircular(part, names))
      .map((part) => (isJsonObject(part) ? withoutCircular(part, names) : part));
    return parts.length === 0 ? [] : [[keyword, parts]];
  });
  return Object.fromEntries(entries);
}

function mentions(schema: JsonObject, names: ReadonlySet<string>): boolean {
  return [...namesInPlace(schema)].some((name) => names.has(name));
}

function isCircular(schema: JsonObject, names: ReadonlySet<string>): boolean {
  const name = referredName(schema);
  return name !== undefined && names.has(name);
}
