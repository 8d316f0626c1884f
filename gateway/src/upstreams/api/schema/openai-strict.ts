/** The dialect in which OpenAI's models are held to a schema exactly. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../kernel/index.ts';
import { joinText, put, type Draft } from './json.ts';
import { mergeSchemas, typesOf } from './merge.ts';
import { mapSubschemas } from './walk.ts';

/** Keywords that the dialect knows; everything else is refused there. */
const KNOWN: ReadonlySet<string> = new Set([
  '$ref',
  '$defs',
  'type',
  'description',
  'enum',
  'const',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'anyOf',
  'pattern',
  'format',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
]);

const FORMATS: ReadonlySet<string> = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uuid',
]);

/**
 * Closes every object and requires every property; what was optional may be null instead. Objects
 * with names of the caller's choice, and values of any type, become JSON text.
 * @param notes collects what changed its shape
 */
export function openaiStrict(schema: JsonObject, notes: Set<string>): JsonObject {
  const flat = withoutParts(schema, notes);
  const isMap = isJsonObject(flat['additionalProperties']) || flat['additionalProperties'] === true;
  const properties = isJsonObject(flat['properties']) ? flat['properties'] : {};
  const isObjectType = typesOf(flat['type'])?.includes('object') === true;
  if (isShapeless(flat) || (isObjectType && Object.keys(properties).length === 0)) {
    notes.add('Values without a fixed shape are given as JSON text.');
    return asText(flat);
  }
  if (isMap) notes.add('Properties beyond those named cannot be given.');
  const draft: Draft = {};
  for (const [keyword, value] of Object.entries(flat)) {
    if (KNOWN.has(keyword)) put(draft, keyword, value);
  }
  if (!FORMATS.has(typeof draft['format'] === 'string' ? draft['format'] : ''))
    delete draft['format'];
  if (isObjectType) closeObject(draft, properties);
  return mapSubschemas(draft, (part) =>
    typeof part === 'boolean' ? part : openaiStrict(part, notes),
  );
}

function closeObject(draft: Draft, properties: JsonObject): void {
  const required = isJsonArray(draft['required']) ? draft['required'] : [];
  const all = Object.entries(properties).map(([name, property]): [string, Json] => [
    name,
    required.includes(name) || !isJsonObject(property) ? property : orNull(property),
  ]);
  draft['properties'] = Object.fromEntries(all);
  draft['required'] = Object.keys(properties);
  draft['additionalProperties'] = false;
}

function orNull(schema: JsonObject): JsonObject {
  const types = typesOf(schema['type']);
  const isSimple = types !== undefined && !types.includes('object') && schema['enum'] === undefined;
  if (isSimple && schema['anyOf'] === undefined) {
    return types.includes('null') ? schema : { ...schema, type: [...types, 'null'] };
  }
  const { description, ...rest } = schema;
  const told = description === undefined ? {} : { description };
  const variants =
    isJsonArray(rest['anyOf']) && Object.keys(rest).length === 1 ? rest['anyOf'] : [rest];
  return { ...told, anyOf: [...variants, { type: 'null' }] };
}

function withoutParts(schema: JsonObject, notes: Set<string>): JsonObject {
  const { allOf, ...own } = schema;
  if (!isJsonArray(allOf)) return schema;
  const parts = allOf.filter(isJsonObject);
  const merged = mergeSchemas([...parts, own]) ?? own;
  const { allOf: rest, ...flat } = merged;
  if (rest !== undefined) notes.add('Some conditions were left out.');
  const [only] = isJsonArray(rest) ? rest.filter(isJsonObject) : [];
  const isReference = Object.keys(flat).every((keyword) => keyword === 'description');
  return only !== undefined && isReference ? { ...only, ...flat } : flat;
}

function isShapeless(schema: JsonObject): boolean {
  return ['type', '$ref', 'anyOf', 'enum', 'const'].every(
    (keyword) => schema[keyword] === undefined,
  );
}

function asText(schema: JsonObject): JsonObject {
  return { type: 'string', description: joinText(schema['description'], 'JSON text.') };
}
