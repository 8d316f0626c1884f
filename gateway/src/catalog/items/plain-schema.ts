/** Schemas of objects with their members in plain sight: references and wrappings taken away. */
import {
  isJsonArray,
  isJsonObject,
  ownMember,
  stringifyExact,
  type Json,
  type JsonObject,
} from '../../kernel/index.ts';

const MAX_STEPS = 16;

/** Keywords that say nothing about values. */
const WORDS: ReadonlySet<string> = new Set([
  '$comment',
  'default',
  'deprecated',
  'description',
  'example',
  'examples',
  'readOnly',
  'title',
  'writeOnly',
]);

/** Keywords beside "properties" that judge the same object, or its members by their names. */
const BESIDE = [
  '$dynamicRef',
  '$ref',
  'allOf',
  'anyOf',
  'dependencies',
  'dependentRequired',
  'dependentSchemas',
  'else',
  'if',
  'not',
  'oneOf',
  'then',
];

/**
 * A schema whose `properties` are all that is said of its members, or as much of that as can be had:
 * what is left beside them is found by `speaksOf`.
 * @param document what references begin at
 * @returns the schema, or why it cannot be had
 */
export function plainObject(schema: Json | undefined, document: JsonObject): JsonObject | string {
  let at: Json | undefined = schema;
  for (let step = 0; step < MAX_STEPS; step++) {
    if (at === true || at === undefined) return {};
    if (!isJsonObject(at)) return 'its schema is no object';
    const next = unwrapped(at, document);
    if (next === undefined) return at;
    if (typeof next === 'string') return next;
    at = next;
  }
  return 'its schema refers to itself';
}

/** Whether something beside "properties" could say something of a member. */
export function speaksOf(plain: JsonObject, key: string): boolean {
  const named = JSON.stringify(key);
  return BESIDE.some((keyword) => {
    const value = ownMember(plain, keyword);
    if (value === undefined) return false;
    const text = stringifyExact(value);
    return keyword.endsWith('ef') || text.includes(named) || /"\$(?:dynamicR|r)ef"/.test(text);
  });
}

/** One wrapping less; undefined where there is none that can be taken away. */
function unwrapped(schema: JsonObject, document: JsonObject): JsonObject | string | undefined {
  const reference = ownMember(schema, '$ref');
  if (typeof reference === 'string') {
    const target = lookUp(document, reference);
    if (!isJsonObject(target)) return 'its schema refers to something that cannot be found';
    return merged(schema, '$ref', target);
  }
  const all = ownMember(schema, 'allOf');
  if (isJsonArray(all) && all.length === 1 && isJsonObject(all[0])) {
    return merged(schema, 'allOf', all[0]);
  }
  for (const keyword of ['anyOf', 'oneOf']) {
    const either = ownMember(schema, keyword);
    if (!isJsonArray(either)) continue;
    const others = either.filter((each) => !isNull(each));
    // Null could not hold what has to be in it.
    if (others.length === 1 && isJsonObject(others[0]) && others.length < either.length) {
      return merged(schema, keyword, others[0]);
    }
  }
  return undefined;
}

function isNull(schema: Json): boolean {
  return isJsonObject(schema) && ownMember(schema, 'type') === 'null';
}

/** Only words may stand beside what is put in its place, or what the other does not say. */
function merged(schema: JsonObject, keyword: string, inner: JsonObject): JsonObject | undefined {
  const outer = Object.entries(schema).filter(([key]) => key !== keyword);
  const clashes = outer.some(([key]) => !WORDS.has(key) && Object.hasOwn(inner, key));
  const isClosed = outer.some(
    ([key]) => key === 'additionalProperties' || key === 'unevaluatedProperties',
  );
  if (clashes || (isClosed && !Object.hasOwn(schema, 'properties'))) return undefined;
  if (Object.hasOwn(inner, '$id')) return undefined;
  return { ...inner, ...Object.fromEntries(outer) };
}

function lookUp(document: JsonObject, reference: string): Json | undefined {
  if (!reference.startsWith('#/') || reference.includes('%')) return undefined;
  let at: Json | undefined = document;
  for (const part of reference.slice(2).split('/')) {
    if (!isJsonObject(at)) return undefined;
    at = ownMember(at, part.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return at;
}
