/** Where JSON Schema 2020-12 holds schemas inside schemas. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../kernel/index.ts';

/** Keywords whose value is one schema. */
const SINGLE: ReadonlySet<string> = new Set([
  'items',
  'additionalProperties',
  'unevaluatedProperties',
  'unevaluatedItems',
  'propertyNames',
  'contains',
  'contentSchema',
  'not',
  'if',
  'then',
  'else',
]);

/** Keywords whose value is a list of schemas. */
const LISTS: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);

/** Keywords whose value maps names to schemas. */
const MAPS: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  '$defs',
]);

/** What stands at a place of a schema: a schema object or a boolean. */
export type Subschema = JsonObject | boolean;

/** How a schema sees a part of its own: the keyword and, under maps and lists, the name or index. */
export type Visit = (schema: Subschema, keyword: string, name: string) => Json;

/** @returns whether a value can stand where a schema is expected */
export function isSchema(value: Json | undefined): value is Subschema {
  return typeof value === 'boolean' || isJsonObject(value);
}

/** A copy of `schema` whose direct subschemas are what `visit` makes of them. */
export function mapSubschemas(schema: JsonObject, visit: Visit): JsonObject {
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => [keyword, mapKeyword(keyword, value, visit)]),
  );
}

function mapKeyword(keyword: string, value: Json, visit: Visit): Json {
  if (SINGLE.has(keyword)) return isSchema(value) ? visit(value, keyword, '') : value;
  if (LISTS.has(keyword)) {
    if (!isJsonArray(value)) return value;
    return value.map((item, i) => (isSchema(item) ? visit(item, keyword, String(i)) : item));
  }
  if (!MAPS.has(keyword) || !isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      isSchema(item) ? visit(item, keyword, name) : item,
    ]),
  );
}

/** Calls `visit` with every direct subschema that is an object. */
export function eachSubschema(
  schema: JsonObject,
  visit: (schema: JsonObject, keyword: string, name: string) => void,
): void {
  for (const keyword of Object.keys(schema)) {
    const value = schema[keyword];
    if (SINGLE.has(keyword)) {
      if (isJsonObject(value)) visit(value, keyword, '');
    } else if (LISTS.has(keyword)) {
      if (isJsonArray(value))
        value.forEach((v, i) => isJsonObject(v) && visit(v, keyword, String(i)));
    } else if (MAPS.has(keyword) && isJsonObject(value)) {
      for (const name of Object.keys(value)) {
        const item = value[name];
        if (isJsonObject(item)) visit(item, keyword, name);
      }
    }
  }
}

const PREFIX = '#/$defs/';

/** The reference to a definition; names need no escapes, see `definitionNamed`. */
export function definitionRef(name: string): string {
  return PREFIX + name;
}

/** @returns the name of the definition that a schema refers to; undefined where it refers to none */
export function referredName(schema: JsonObject): string | undefined {
  const reference = schema['$ref'];
  if (typeof reference !== 'string' || !reference.startsWith(PREFIX)) return undefined;
  return reference.slice(PREFIX.length).replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Adds to `names` every definition that `schema` names, its own `$defs` not looked into. */
export function collectReferred(schema: JsonObject, names: Set<string>): void {
  const name = referredName(schema);
  if (name !== undefined) names.add(name);
  eachSubschema(schema, (inner, keyword) => {
    if (keyword !== '$defs') collectReferred(inner, names);
  });
}
