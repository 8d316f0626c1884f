/** Schemas without choices. */
import type { Json, JsonObject } from '../../../kernel/index.ts';
import { distinct, isArray, isObject, joinText, memberOf, omit } from './json.ts';
import { mergeSchemas, typesOf } from './merge.ts';
import { mergeVariants } from './root.ts';
import { mapSubschemas, referredName } from './walk.ts';

const MAX_HOPS = 8;

/**
 * Merges the variants of every choice: properties of objects become optional, types and values add
 * up. Whatever took a value before takes it still.
 * @param notes collects what became wider
 */
export function mergeUnions(root: JsonObject, notes: Set<string>): JsonObject {
  const defs = isObject(root['$defs']) ? root['$defs'] : {};
  return merge(root, defs, notes, '');
}

function merge(schema: JsonObject, defs: JsonObject, notes: Set<string>, name: string): JsonObject {
  const inner = mapSubschemas(withoutUnion(schema, defs, notes, name), (part, keyword, member) => {
    if (typeof part === 'boolean') return part;
    return merge(part, defs, notes, keyword === 'properties' ? member : name);
  });
  return inner;
}

/** Merged variants may bring choices of their own. */
function withoutUnion(
  schema: JsonObject,
  defs: JsonObject,
  notes: Set<string>,
  name: string,
): JsonObject {
  let at = schema;
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const variants = ['anyOf', 'oneOf'].flatMap((keyword) => {
      const list = at[keyword];
      return isArray(list) ? list.filter(isObject) : [];
    });
    const own = omit(at, 'anyOf', 'oneOf');
    if (variants.length === 0) return own;
    if (!isNullOnly(variants)) notes.add(`The variants of ${name || 'a part'} were merged.`);
    at = mergeAll(own, variants, defs);
  }
  return omit(at, 'anyOf', 'oneOf');
}

function isNullOnly(variants: readonly JsonObject[]): boolean {
  return variants.filter((variant) => variant['type'] !== 'null').length === 1;
}

function mergeAll(own: JsonObject, variants: readonly JsonObject[], defs: JsonObject): JsonObject {
  const others = variants.filter((variant) => variant['type'] !== 'null');
  const [only] = others;
  const isNullable = others.length < variants.length;
  if (only !== undefined && others.length === 1) {
    const whole = settle(only, defs);
    return withNullType(mergeSchemas([own, isNullable ? whole : only]) ?? whole, isNullable);
  }
  const settled = others.map((variant) => settle(variant, defs));
  const types = [...new Set(settled.flatMap((it) => typesOf(it['type']) ?? [ANY]))];
  const isObjects = types.length === 1 && types[0] === 'object';
  if (isObjects) {
    return withNullType({ ...mergeVariants(own, settled), type: 'object' }, isNullable);
  }
  return withNullType(addUp(own, settled, types), isNullable);
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
  const isListed = values.every(isArray);
  const objects = variants.filter((variant) => variant['properties'] !== undefined);
  const items = variants.map((variant) => variant['items']).filter(isObject);
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
    ...(isListed ? { enum: distinct(values.filter(isArray).flat()) } : {}),
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
  return isArray(values) ? { ...widened, enum: distinct([...values, null]) } : widened;
}

function settle(schema: JsonObject, defs: JsonObject): JsonObject {
  let at = schema;
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const name = referredName(at);
    if (name === undefined) break;
    const target = memberOf(defs, name);
    at = { ...(isObject(target) ? target : {}), ...omit(at, '$ref') };
  }
  return at;
}
