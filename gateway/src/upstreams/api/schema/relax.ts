/** What is promised of answers: real ones keep to little more than names and types. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../kernel/index.ts';
import { put, type Draft } from './json.ts';
import { typesOf } from './merge.ts';
import { mapDefinitions, pruneDefinitions } from './definitions.ts';
import { SchemaMemo } from './memo.ts';
import { mapSubschemas, type Subschema } from './walk.ts';

/** Everything else constrains more than answers can be trusted with. */
const KEPT: ReadonlySet<string> = new Set([
  '$ref',
  '$defs',
  'type',
  'title',
  'description',
  'properties',
  'items',
  'prefixItems',
  'additionalProperties',
  'anyOf',
  'oneOf',
  'allOf',
]);

/**
 * A schema of answers that real answers keep: types only, each of them or null; nothing required,
 * nothing closed, no enumeration, pattern or bound.
 * @param memo of definitions that several roots share
 */
export function relaxOutput(schema: JsonObject, memo = new SchemaMemo()): JsonObject {
  const { $defs, ...own } = pruneDefinitions(schema, memo);
  const root = relax(own, true);
  if ($defs === undefined) return root;
  const all = mapDefinitions({ ...root, $defs }, memo.relaxed, (definition) =>
    relax(definition, false),
  );
  return pruneDefinitions(all, memo);
}

function relax(schema: JsonObject, isRoot: boolean): JsonObject {
  const draft: Draft = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (KEPT.has(keyword) && value !== false) put(draft, keyword, value);
  }
  const types = typesOf(draft['type']);
  if (types !== undefined) draft['type'] = relaxTypes(types, isRoot);
  if (isJsonArray(draft['oneOf'])) {
    const others = isJsonArray(draft['anyOf']) ? draft['anyOf'] : [];
    draft['anyOf'] = [...others, ...draft['oneOf']];
    delete draft['oneOf'];
  }
  return mapSubschemas(draft, relaxPart);
}

function relaxTypes(types: readonly string[], isRoot: boolean): Json {
  const known = types.map((type) => (type === 'integer' ? 'number' : type));
  const all = [...new Set(isRoot ? known : [...known, 'null'])];
  return all.length === 1 ? (all[0] ?? 'object') : all;
}

function relaxPart(part: Subschema, keyword: string): Json {
  if (typeof part === 'boolean') return keyword === 'additionalProperties' ? true : {};
  return isJsonObject(part) ? relax(part, false) : {};
}
