/** One schema that says what several say together. */
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  ownMember,
} from '../../../kernel/index.ts';
import { distinct, isSame, put, stringsOf, type Draft } from './json.ts';

/** Keywords of which the greater value is the narrower one, and of which the lesser is. */
const GREATER: ReadonlySet<string> = new Set([
  'minimum',
  'exclusiveMinimum',
  'minLength',
  'minItems',
  'minProperties',
  'minContains',
]);
const LESSER: ReadonlySet<string> = new Set([
  'maximum',
  'exclusiveMaximum',
  'maxLength',
  'maxItems',
  'maxProperties',
  'maxContains',
]);

/** Keywords that only tell: what was said first stays. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  'title',
  'description',
  'default',
  'examples',
  'format',
  'contentEncoding',
  'contentMediaType',
]);

/** What may stand beside a `$ref` without narrowing it. */
const BESIDE_REF: ReadonlySet<string> = new Set(['title', 'description', 'default', 'deprecated']);

/**
 * Merges schemas that hold together (`allOf`). Annotations of an earlier part win; a property that
 * two parts declare is merged likewise, and where they contradict each other the later one wins, as
 * it does in a language with inheritance. A closed part (`additionalProperties: false`) closes the
 * whole, but knows the properties of the others. What cannot be said in one schema stays in `allOf`.
 * @param parts own `$ref`s are kept as parts of `allOf`
 * @returns null where no value can satisfy all of them
 */
export function mergeSchemas(parts: readonly JsonObject[]): JsonObject | null {
  const draft: Draft = {};
  const rest: Json[] = [];
  for (const part of new Set(parts)) {
    const remainder: Draft = {};
    for (const [keyword, value] of Object.entries(part)) {
      if (keyword === '$ref') {
        rest.push({ $ref: value });
      } else if (keyword === 'allOf') {
        if (isJsonArray(value)) rest.push(...value);
      } else if (!Object.hasOwn(draft, keyword)) {
        put(draft, keyword, value);
      } else {
        const merged = mergeKeyword(keyword, draft[keyword] ?? null, value);
        if (merged === CONTRADICTION) return null;
        if (merged === undefined) put(remainder, keyword, value);
        else put(draft, keyword, merged);
      }
    }
    if (Object.keys(remainder).length > 0) rest.push(remainder);
  }
  return finish(draft, rest);
}

function finish(draft: Draft, rest: readonly Json[]): JsonObject {
  if (rest.length === 0) return draft;
  if (draft['additionalProperties'] === false) delete draft['additionalProperties'];
  const parts = distinct(rest);
  const [only] = parts;
  const isReference =
    parts.length === 1 && isJsonObject(only) && Object.keys(only).join() === '$ref';
  if (isReference && Object.keys(draft).every((key) => BESIDE_REF.has(key))) {
    return { ...only, ...draft };
  }
  return { ...draft, allOf: parts };
}

const CONTRADICTION = Symbol('contradiction');

/** @returns undefined where both have to be said one beside the other */
function mergeKeyword(keyword: string, a: Json, b: Json): Json | undefined | typeof CONTRADICTION {
  if (ANNOTATIONS.has(keyword) || isSame(a, b)) return a;
  if (typeof a === 'number' && typeof b === 'number') {
    if (GREATER.has(keyword)) return Math.max(a, b);
    if (LESSER.has(keyword)) return Math.min(a, b);
  }
  switch (keyword) {
    case 'type':
      return intersectTypes(a, b) ?? CONTRADICTION;
    case 'enum':
      return intersectValues(a, b) ?? CONTRADICTION;
    case 'const':
      return CONTRADICTION;
    case 'required':
      return [...new Set([...stringsOf(a), ...stringsOf(b)])];
    case 'properties':
    case 'patternProperties':
    case '$defs':
      return isJsonObject(a) && isJsonObject(b) ? mergeProperties(a, b) : a;
    case 'items':
      return isJsonObject(a) && isJsonObject(b) ? mergeOrNest(a, b) : undefined;
    case 'additionalProperties':
      return mergeAdditional(a, b);
    case 'uniqueItems':
    case 'deprecated':
      return a === true || b === true;
    default:
      return undefined;
  }
}

function mergeProperties(a: JsonObject, b: JsonObject): JsonObject {
  const merged: Draft = { ...a };
  for (const [name, schema] of Object.entries(b)) {
    const earlier = ownMember(merged, name);
    const both =
      isJsonObject(earlier) && isJsonObject(schema) ? mergeOrNest(earlier, schema) : schema;
    put(merged, name, both);
  }
  return merged;
}

function mergeOrNest(a: JsonObject, b: JsonObject): JsonObject {
  if (isSame(a, b)) return a;
  return mergeSchemas([b, a]) ?? b;
}

function mergeAdditional(a: Json, b: Json): Json {
  if (a === false || b === false) return false;
  if (a === true) return b;
  if (b === true) return a;
  return isJsonObject(a) && isJsonObject(b) ? mergeOrNest(a, b) : a;
}

/** The types that a schema names; undefined where it names none. */
export function typesOf(value: Json | undefined): readonly string[] | undefined {
  if (typeof value === 'string') return [value];
  return isJsonArray(value) ? stringsOf(value) : undefined;
}

function intersectTypes(a: Json, b: Json): Json | undefined {
  const left = typesOf(a) ?? [];
  const right = typesOf(b) ?? [];
  const both = left.filter((type) => right.includes(type));
  const holds = (types: readonly string[], other: readonly string[]): boolean =>
    types.includes('integer') && !other.includes('integer') && other.includes('number');
  if (holds(left, right) || holds(right, left)) both.push('integer');
  return both.length > 1 ? both : both[0];
}

function intersectValues(a: Json, b: Json): Json | undefined {
  if (!isJsonArray(a) || !isJsonArray(b)) return a;
  const right = new Set(b.map((value) => JSON.stringify(value)));
  const both = a.filter((value) => right.has(JSON.stringify(value)));
  return both.length === 0 ? undefined : both;
}
