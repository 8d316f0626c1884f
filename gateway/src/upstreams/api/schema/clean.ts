/** One schema, and all in it, in the dialect that every known client takes. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../kernel/index.ts';
import { distinct, omit, stringsOf, type Draft } from './json.ts';
import { typesOf } from './merge.ts';
import { mapSubschemas, type Subschema } from './walk.ts';

/** Keywords that clients ignore at best: what they constrain is checked by the API. */
const DROPPED: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  '$anchor',
  '$dynamicAnchor',
  '$dynamicRef',
  '$comment',
  '$vocabulary',
  'definitions',
  'examples',
  'readOnly',
  'writeOnly',
  'if',
  'then',
  'else',
  'dependentSchemas',
  'dependentRequired',
  'unevaluatedProperties',
  'unevaluatedItems',
  'contains',
  'minContains',
  'maxContains',
  'propertyNames',
  'contentEncoding',
  'contentMediaType',
  'contentSchema',
]);

/** Formats that no client refuses. */
export const FORMATS: ReadonlySet<string> = new Set([
  'date-time',
  'date',
  'time',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uri',
  'uuid',
]);

/** Formats that say how a text has to be written, for the description. */
const TOLD_FORMATS: ReadonlyMap<string, string> = new Map([
  ['byte', 'Base64.'],
  ['base64url', 'Base64url.'],
  ['uri-template', 'A URI template.'],
  ['json-pointer', 'A JSON Pointer.'],
  ['regex', 'A regular expression.'],
]);

/** Beside a `$ref` only words stay. */
const BESIDE_REF: ReadonlySet<string> = new Set(['$ref', 'description', 'title', 'default']);

/** Cleans a schema and everything in it; references stay as they are. */
export function cleanSchema(schema: JsonObject): JsonObject {
  const kept = Object.entries(schema).filter(([keyword]) => !DROPPED.has(keyword));
  const draft: Draft = { ...mapSubschemas(Object.fromEntries(kept), cleanPart) };
  nameVariants(draft);
  nameValues(draft);
  foldNull(draft);
  tellFormat(draft, schema);
  tellDeprecation(draft);
  if (isArrayType(draft) && draft['items'] === undefined) draft['items'] = {};
  if (typeof draft['title'] === 'string' && draft['description'] === undefined) {
    draft['description'] = draft['title'];
  }
  delete draft['title'];
  return besideReference(draft);
}

function cleanPart(part: Subschema, keyword: string): Json {
  if (typeof part === 'object') return cleanSchema(part);
  if (keyword === 'additionalProperties' || (keyword === 'items' && !part)) return part;
  return part ? {} : { not: {} };
}

/** Variants of real documents overlap; `oneOf` would refuse what fits two of them. */
function nameVariants(draft: Draft): void {
  const { oneOf } = draft;
  if (oneOf === undefined) return;
  delete draft['oneOf'];
  if (draft['anyOf'] === undefined) {
    draft['anyOf'] = oneOf;
  } else {
    const parts = isJsonArray(draft['allOf']) ? draft['allOf'] : [];
    draft['allOf'] = [...parts, { anyOf: oneOf }];
  }
}

function nameValues(draft: Draft): void {
  const value = draft['const'];
  if (value === undefined) return;
  delete draft['const'];
  draft['enum'] ??= [value];
}

/** Keywords of a choice that still hold when its only other variant is null and folded in. */
const BESIDE_CHOICE: ReadonlySet<string> = new Set([
  'anyOf',
  'description',
  'title',
  'default',
  'deprecated',
]);

/** A choice between one type and null is a list of two types. */
function foldNull(draft: Draft): void {
  const variants = isJsonArray(draft['anyOf']) ? draft['anyOf'].filter(isJsonObject) : [];
  const others = variants.filter((it) => it['type'] !== 'null' || Object.keys(it).length > 1);
  const [only] = others;
  const types = typesOf(only?.['type']);
  if (only === undefined || types === undefined || variants.length !== 2 || others.length !== 1)
    return;
  if (!Object.keys(draft).every((keyword) => BESIDE_CHOICE.has(keyword))) return;
  if (only['anyOf'] !== undefined || only['allOf'] !== undefined || only['not'] !== undefined)
    return;
  const values = only['enum'];
  delete draft['anyOf'];
  for (const [keyword, value] of Object.entries(only)) draft[keyword] ??= value;
  draft['type'] = [...new Set([...types, 'null'])];
  if (isJsonArray(values)) draft['enum'] = distinct([...values, null]);
}

function tellFormat(draft: Draft, schema: JsonObject): void {
  const { format } = draft;
  const isEncoded = schema['contentEncoding'] === 'base64';
  const told = isEncoded ? 'Base64.' : TOLD_FORMATS.get(typeof format === 'string' ? format : '');
  if (typeof format !== 'string' || !FORMATS.has(format)) delete draft['format'];
  if (told === undefined) return;
  const { description } = draft;
  draft['description'] = typeof description === 'string' ? `${description} (${told})` : told;
}

function tellDeprecation(draft: Draft): void {
  const { deprecated, description } = draft;
  delete draft['deprecated'];
  if (deprecated !== true) return;
  const text = typeof description === 'string' ? description : '';
  draft['description'] = /deprecated/i.test(text) ? text : `Deprecated. ${text}`.trim();
}

function isArrayType(draft: Draft): boolean {
  return draft['type'] === 'array' || stringsOf(draft['type']).includes('array');
}

function besideReference(draft: Draft): JsonObject {
  const reference = draft['$ref'];
  if (reference === undefined) return draft;
  const beside = Object.keys(draft).filter((keyword) => !BESIDE_REF.has(keyword));
  if (beside.length === 0) return omit(draft, 'default');
  const parts = isJsonArray(draft['allOf']) ? draft['allOf'].filter(isJsonObject) : [];
  return { ...omit(draft, '$ref'), allOf: [{ $ref: reference }, ...parts] };
}
