/** Schemas without choices. */
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  ownMember,
} from '../../../kernel/index.ts';
import { distinct, joinText, omit } from './json.ts';
import { MAX_REPEATS, nameOnly } from './inline.ts';
import { mergeSchemas, typesOf } from './merge.ts';
import { mergeVariants } from './root.ts';
import { mapSubschemas, referredName } from './walk.ts';

const MAX_HOPS = 8;
const MAX_SCHEMAS = 4000;
/** Definitions copied on the way to one place. */
const MAX_COPIED = 400;

interface Merging {
  readonly defs: JsonObject;
  readonly notes: Set<string>;
  left: number;
}

/**
 * Merges the variants of every choice: properties of objects become optional, types and values add
 * up. Whatever took a value before takes it still.
 * @param notes collects what became wider
 */
export function mergeUnions(root: JsonObject, notes: Set<string>): JsonObject {
  const defs = isJsonObject(root['$defs']) ? root['$defs'] : {};
  return merge(root, { defs, notes, left: MAX_SCHEMAS }, '', []);
}

/**
 * @param name of the property that `schema` belongs to, for the notes
 * @param path definitions that `schema` was copied from
 */
function merge(
  schema: JsonObject,
  state: Merging,
  name: string,
  path: readonly string[],
): JsonObject {
  const copied = [...path];
  const whole = withoutUnion(schema, state, name, copied);
  return mapSubschemas(whole, (part, keyword, member) => {
    if (typeof part === 'boolean') return part;
    return merge(part, state, keyword === 'properties' ? member : name, copied);
  });
}

/** Merged variants may bring choices of their own. */
function withoutUnion(
  schema: JsonObject,
  state: Merging,
  name: string,
  path: string[],
): JsonObject {
  let at = schema;
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const variants = ['anyOf', 'oneOf'].flatMap((keyword) => {
      const list = at[keyword];
      return isJsonArray(list) ? list.filter(isJsonObject) : [];
    });
    const own = omit(at, 'anyOf', 'oneOf');
    if (variants.length === 0) return own;
    if (!isNullOnly(variants)) state.notes.add(`The variants of ${name || 'a part'} were merged.`);
    at = mergeAll(own, variants, (variant) => settle(variant, state, path));
  }
  return omit(at, 'anyOf', 'oneOf');
}

function isNullOnly(variants: readonly JsonObject[]): boolean {
  return variants.filter((variant) => variant['type'] !== 'null').length === 1;
}

function mergeAll(
  own: JsonObject,
  variants: readonly JsonObject[],
  settled: (variant: JsonObject) => JsonObject,
): JsonObject {
  const others = variants.filter((variant) => variant['type'] !== 'null');
  const [only] = others;
  const isNullable = others.length < variants.length;
  if (only !== undefined && others.length === 1) {
    const whole = settled(only);
    return withNullType(mergeSchemas([own, isNullable ? whole : only]) ?? whole, isNullable);
  }
  const whole = others.map(settled);
  const types = [...new Set(whole.flatMap((it) => typesOf(it['type']) ?? [ANY]))];
  const isObjects = types.length === 1 && types[0] === 'object';
  if (isObjects) {
    return withNullType({ ...mergeVariants(own, whole), type: 'object' }, isNullable);
  }
  return withNullType(addUp(own, whole, types), isNullable);
}

const ANY = '*';

/** Variants of different types: what each says of its type counts only for values of that type. */
function addUp(
  own: JsonObject,
  variants: readonly JsonObject[],
  types: readonly string[],
): JsonObject {
  const told = variants.map((it) => it['description']).filter((it) => typeof it === 'string');
  const description = joinText(own['description'], ...[...new Set(told)].slice(0, 4));
  const values = variants.map((variant) => variant['enum']);
  const isListed = values.every(isJsonArray);
  const objects = variants.filter((variant) => variant['properties'] !== undefined);
  const items = variants.map((variant) => variant['items']).filter(isJsonObject);
  const isAny = types.includes(ANY);
  const merged =
    objects.length === 0 ? {} : omit(mergeVariants({}, objects), 'description', 'required');
  return {
    ...own,
    ...merged,
    ...(isAny || own['type'] !== undefined
      ? {}
      : { type: types.length === 1 ? (types[0] ?? '') : types }),
    ...(description === '' ? {} : { description }),
    ...(isListed ? { enum: distinct(values.filter(isJsonArray).flat()) } : {}),
    ...(items.length === 0
      ? {}
      : { items: items.length === 1 ? (items[0] ?? {}) : { anyOf: items } }),
  };
}

function withNullType(schema: JsonObject, isNullable: boolean): JsonObject {
  const types = typesOf(schema['type']);
  if (!isNullable || types === undefined || types.includes('null')) return schema;
  const widened: JsonObject = { ...schema, type: [...types, 'null'] };
  const values: Json | undefined = schema['enum'];
  return isJsonArray(values) ? { ...widened, enum: distinct([...values, null]) } : widened;
}

/** What a variant refers to, copied; a definition within itself is only named. */
function settle(schema: JsonObject, state: Merging, path: string[]): JsonObject {
  let at = schema;
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const name = referredName(at);
    if (name === undefined) return at;
    const found = ownMember(state.defs, name);
    const target = isJsonObject(found) ? found : {};
    const beside = omit(at, '$ref');
    const isRepeated = path.filter((earlier) => earlier === name).length >= MAX_REPEATS;
    const isFar = path.length >= MAX_COPIED || state.left-- <= 0;
    if (isRepeated || isFar) return nameOnly(name, target, beside);
    path.push(name);
    at = { ...target, ...beside };
  }
  return omit(at, '$ref');
}
