/** The dialect of Gemini's function declarations, which is a part of OpenAPI 3.0. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../kernel/index.ts';
import { joinText, put, type Draft } from './json.ts';
import { mergeSchemas, typesOf } from './merge.ts';
import { mapSubschemas } from './walk.ts';

const KNOWN: ReadonlySet<string> = new Set([
  'type',
  'nullable',
  'description',
  'format',
  'enum',
  'properties',
  'required',
  'items',
  'anyOf',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'pattern',
]);

const FORMATS: ReadonlySet<string> = new Set([
  'date-time',
  'enum',
  'int32',
  'int64',
  'float',
  'double',
]);

/**
 * One type each, `nullable` in place of null, values only of texts; takes a schema that refers to
 * nothing.
 * @param notes collects what was left out
 */
export function gemini(schema: JsonObject, notes: Set<string>): JsonObject {
  const flat = withoutParts(schema, notes);
  const draft: Draft = {};
  for (const [keyword, value] of Object.entries(flat)) {
    if (KNOWN.has(keyword)) put(draft, keyword, value);
  }
  if (isJsonObject(flat['additionalProperties'])) {
    notes.add('Names of the caller’s choice are only told in words.');
    draft['description'] = joinText(flat['description'], 'Takes names of your choice.');
  }
  if (!FORMATS.has(typeof draft['format'] === 'string' ? draft['format'] : ''))
    delete draft['format'];
  tellValues(draft);
  const typed = oneType(draft);
  return mapSubschemas(typed, (part) => (typeof part === 'boolean' ? {} : gemini(part, notes)));
}

function withoutParts(schema: JsonObject, notes: Set<string>): JsonObject {
  const { allOf, ...own } = schema;
  if (!isJsonArray(allOf)) return schema;
  const merged = mergeSchemas([...allOf.filter(isJsonObject), own]) ?? own;
  const { allOf: rest, ...flat } = merged;
  if (rest !== undefined) notes.add('Some conditions were left out.');
  return flat;
}

/** Values can be listed only of texts. */
function tellValues(draft: Draft): void {
  const values = draft['enum'];
  if (!isJsonArray(values)) return;
  const texts = values.filter((value) => value !== null);
  if (texts.length > 0 && texts.every((value) => typeof value === 'string' && value !== '')) {
    draft['enum'] = texts;
    return;
  }
  delete draft['enum'];
  if (texts.length === 0) return;
  const told = `One of ${texts.map((value) => JSON.stringify(value)).join(', ')}.`;
  draft['description'] = joinText(draft['description'], told);
}

function oneType(draft: Draft): JsonObject {
  const variants = draft['anyOf'];
  if (isJsonArray(variants)) return oneOfVariants(draft, variants);
  const types = typesOf(draft['type']) ?? [];
  const named = types.filter((type) => type !== 'null');
  const nullable = named.length < types.length ? { nullable: true } : {};
  const [first] = named;
  if (named.length <= 1) {
    const type = first ?? (draft['properties'] === undefined ? 'string' : 'object');
    const items = type === 'array' && draft['items'] === undefined ? { items: {} } : {};
    return { ...draft, type, ...items, ...nullable };
  }
  const { description, type: _, ...rest } = draft;
  const told = description === undefined ? {} : { description };
  return { ...told, anyOf: named.map((type) => ({ ...rest, type, ...nullable })) };
}

/** Null belongs to a variant: beside a choice there is no type that it could be added to. */
function oneOfVariants(draft: Draft, variants: readonly Json[]): JsonObject {
  const others = variants.filter((it) => !isJsonObject(it) || it['type'] !== 'null');
  const { anyOf: _, nullable: outer, ...rest } = draft;
  const isNullable = outer === true || others.length < variants.length;
  const [first, ...further] = others;
  const own = isJsonObject(first) ? { ...first, ...(isNullable ? { nullable: true } : {}) } : first;
  if (further.length === 0 && isJsonObject(own)) return oneType({ ...own, ...rest });
  return { ...rest, anyOf: own === undefined ? [] : [own, ...further] };
}
