/** The root of a tool's arguments: an object with properties and nothing else that chooses. */
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  ownMember,
} from '../../../kernel/index.ts';
import { isSame, joinText, omit, put, stringsOf, type Draft } from './json.ts';
import { mergeSchemas, typesOf } from './merge.ts';
import { referredName } from './walk.ts';

const MAX_HOPS = 16;

/**
 * Makes `root` an object schema: references and parts of it are merged in, variants become optional
 * properties and a sentence, and what is no object is wrapped as the property `value`.
 */
export function objectRoot(root: JsonObject): JsonObject {
  const { $defs, ...own } = root;
  const defs = isJsonObject($defs) ? $defs : {};
  const merged = unfold(own, defs, 0);
  const types = typesOf(merged['type']);
  const isOther = types !== undefined && !types.includes('object');
  const made = isOther ? wrap(own) : withoutChoices(merged, defs);
  return $defs === undefined ? made : { ...made, $defs };
}

function wrap(schema: JsonObject): JsonObject {
  return { type: 'object', properties: { value: schema }, required: ['value'] };
}

/** Replaces the reference of a schema and merges its parts, so that its own keywords tell all. */
function unfold(schema: JsonObject, defs: JsonObject, hops: number): JsonObject {
  const name = referredName(schema);
  const { allOf } = schema;
  if (hops > MAX_HOPS || (name === undefined && !isJsonArray(allOf))) {
    return omit(schema, '$ref', 'allOf');
  }
  const target = name === undefined ? undefined : ownMember(defs, name);
  const referred = [target, ...(isJsonArray(allOf) ? allOf : [])].filter(isJsonObject);
  const parts = referred.map((part) => unfold(part, defs, hops + 1));
  const own = omit(schema, '$ref', 'allOf');
  const all = [...parts, own].filter((part) => Object.keys(part).length > 0);
  const merged = mergeSchemas(all) ?? all.reduce((a, b) => mergeSchemas([a, b]) ?? b, {});
  const { description } = own;
  const told = description === undefined ? merged : { ...merged, description };
  return told['allOf'] === undefined ? told : dissolve(told, hops);
}

/** Parts that could not be merged: of choices the properties stay, of the rest nothing. */
function dissolve(schema: JsonObject, hops: number): JsonObject {
  const { allOf, ...own } = schema;
  const parts = isJsonArray(allOf) ? allOf.filter(isJsonObject) : [];
  return hops > MAX_HOPS
    ? own
    : parts.reduce<JsonObject>((all, part) => mergeVariants(all, variantsOf(part)), own);
}

function variantsOf(schema: JsonObject): readonly JsonObject[] {
  return ['anyOf', 'oneOf'].flatMap((keyword) => {
    const list = schema[keyword];
    return isJsonArray(list) ? list.filter(isJsonObject) : [];
  });
}

function withoutChoices(schema: JsonObject, defs: JsonObject): JsonObject {
  const variants = variantsOf(schema).map((variant) => unfold(variant, defs, 1));
  const own = omit(schema, 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', 'enum', 'const');
  const merged = mergeVariants(own, variants);
  const properties = isJsonObject(merged['properties']) ? merged['properties'] : {};
  return { ...merged, type: 'object', properties };
}

const MAX_TOLD_VARIANTS = 8;

/** Properties of all variants, required where every variant requires them. */
export function mergeVariants(own: JsonObject, variants: readonly JsonObject[]): JsonObject {
  const objects = variants.filter((it) => it['type'] !== 'null');
  if (objects.length === 0) return own;
  const properties: Draft = {};
  for (const variant of objects) addProperties(properties, variant);
  const ownProperties = isJsonObject(own['properties']) ? own['properties'] : {};
  const common = objects
    .map((variant) => stringsOf(variant['required']))
    .reduce((a, b) => a.filter((name) => b.includes(name)));
  const required = [...new Set([...stringsOf(own['required']), ...common])];
  const isClosed = [own, ...objects].every((part) => part['additionalProperties'] === false);
  const description = joinText(own['description'], tellVariants(objects, common));
  return {
    ...omit(own, 'additionalProperties', 'required', 'description'),
    ...(description === '' ? {} : { description }),
    properties: { ...properties, ...ownProperties },
    ...(required.length === 0 ? {} : { required }),
    ...(isClosed ? { additionalProperties: false } : {}),
  };
}

function addProperties(properties: Draft, variant: JsonObject): void {
  if (!isJsonObject(variant['properties'])) return;
  for (const [name, schema] of Object.entries(variant['properties'])) {
    const earlier = ownMember(properties, name);
    if (earlier === undefined) put(properties, name, schema);
    else if (!isSame(earlier, schema)) put(properties, name, eitherOf(earlier, schema));
  }
}

function eitherOf(earlier: Json, schema: Json): Json {
  const isChoice =
    isJsonObject(earlier) && isJsonArray(earlier['anyOf']) && Object.keys(earlier).length === 1;
  const variants = isChoice && isJsonArray(earlier['anyOf']) ? earlier['anyOf'] : [earlier];
  if (variants.some((variant) => isSame(variant, schema))) return earlier;
  return { anyOf: [...variants, schema] };
}

/** What each variant needs beside what all need. */
function tellVariants(variants: readonly JsonObject[], common: readonly string[]): string {
  const needs = variants.map((variant) => {
    const required = stringsOf(variant['required']).filter((name) => !common.includes(name));
    const properties = isJsonObject(variant['properties'])
      ? Object.keys(variant['properties'])
      : [];
    const names = required.length > 0 ? required : properties.slice(0, MAX_TOLD_VARIANTS);
    return names.join(' + ');
  });
  const told = [...new Set(needs)].filter((need) => need !== '').slice(0, MAX_TOLD_VARIANTS);
  return told.length < 2 ? '' : `Give one of these: ${told.join('; or ')}.`;
}
