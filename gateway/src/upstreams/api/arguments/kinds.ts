/** What kind of value a JSON value is, and what kinds a schema takes. */
import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonArray,
  type JsonObject,
  ownMember,
} from '../../../kernel/index.ts';

export type Kind = 'string' | 'integer' | 'number' | 'boolean' | 'null' | 'array' | 'object';

/** A value of each kind, to follow "must be" and "read as". */
export const KIND_WORDS: Readonly<Record<Kind, string>> = {
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
  array: 'an array',
  object: 'an object',
};

/** References that lead to references, and schemas inside schemas, are followed this far. */
const MAX_HOPS = 16;

function isExact(value: Json | undefined): value is ExactNumber {
  return value instanceof ExactNumber;
}

/** The narrowest kind: a whole number is an `integer` however it is written (`1.0`, `1e400`). */
export function kindOf(value: Json): Kind {
  if (value === null) return 'null';
  if (isExact(value)) return isWhole(value.text) ? 'integer' : 'number';
  if (isJsonArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value === 'object' ? 'object' : typeof value === 'string' ? 'string' : 'boolean';
}

const NUMBER = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Whether the text of a JSON number means a whole one. */
function isWhole(text: string): boolean {
  const [, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/(?<!0)0+$/, '');
  return digits === '' || Number(exponent) >= digits.length - whole.length;
}

/**
 * A number for comparisons and for what knows only JavaScript's: never infinite, and never 0 or
 * whole where the exact one is not.
 */
export function toNumber(value: number | ExactNumber): number {
  if (typeof value === 'number') return value;
  const near = Number(value.text);
  if (!Number.isFinite(near)) return near > 0 ? Number.MAX_VALUE : -Number.MAX_VALUE;
  if (isWhole(value.text) || !Number.isInteger(near)) return near;
  return near === 0 ? Number.MIN_VALUE * (value.text.startsWith('-') ? -1 : 1) : near;
}

/** Whether `kinds` takes a value of the kind `kind`; undefined takes all. */
export function takes(kinds: ReadonlySet<Kind> | undefined, kind: Kind): boolean {
  return kinds === undefined || kinds.has(kind) || (kind === 'integer' && kinds.has('number'));
}

/** The schema that `schema` refers to, or `schema` itself; references lead to `$defs` of `root`. */
export function settle(schema: Json | undefined, root: JsonObject): Json | undefined {
  let found = schema;
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const reference = isJsonObject(found) ? ownMember(found, '$ref') : undefined;
    if (typeof reference !== 'string') return found;
    found = atPointer(root, reference);
  }
  return undefined;
}

function atPointer(root: JsonObject, reference: string): Json | undefined {
  if (!reference.startsWith('#')) return undefined;
  let at: Json | undefined = root;
  for (const step of reference.slice(1).split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    at = isJsonObject(at) ? ownMember(at, key) : isJsonArray(at) ? at[Number(key)] : undefined;
  }
  return at;
}

/** Schemas that are looked at for the kinds of one: choices may lead to choices without end. */
const MAX_LOOKS = 500;

/**
 * The kinds that can pass a schema as far as it says so; undefined where any might.
 * @param looks how many schemas may still be looked at; shared by all that one leads to
 */
export function kindsOf(
  schema: Json | undefined,
  root: JsonObject,
  looks = { left: MAX_LOOKS },
): ReadonlySet<Kind> | undefined {
  if (--looks.left < 0) return undefined;
  const settled = settle(schema, root);
  if (!isJsonObject(settled)) return undefined;
  let kinds = declaredKinds(settled);
  const narrow = (other: ReadonlySet<Kind> | undefined): void => {
    kinds = intersect(kinds, other);
  };
  for (const key of ['anyOf', 'oneOf']) {
    const branches = ownMember(settled, key);
    if (isJsonArray(branches)) narrow(union(branches.map((each) => kindsOf(each, root, looks))));
  }
  const all = ownMember(settled, 'allOf');
  if (isJsonArray(all)) for (const each of all) narrow(kindsOf(each, root, looks));
  return kinds;
}

function declaredKinds(schema: JsonObject): ReadonlySet<Kind> | undefined {
  const type = ownMember(schema, 'type');
  const names = typeof type === 'string' ? [type] : isJsonArray(type) ? type : undefined;
  let kinds = names === undefined ? undefined : new Set(names.filter(isKind));
  const values = allowedValues(schema);
  if (values !== undefined) kinds = intersect(kinds, new Set(values.map(kindOf)));
  return kinds;
}

function isKind(value: Json): value is Kind {
  return typeof value === 'string' && Object.hasOwn(KIND_WORDS, value);
}

/** The values that `enum` or `const` leave; undefined where there is neither. */
export function allowedValues(schema: JsonObject): JsonArray | undefined {
  const single = ownMember(schema, 'const');
  if (single !== undefined) return [single];
  const values = ownMember(schema, 'enum');
  return isJsonArray(values) ? values : undefined;
}

function union(all: readonly (ReadonlySet<Kind> | undefined)[]): ReadonlySet<Kind> | undefined {
  const found = new Set<Kind>();
  for (const kinds of all) {
    if (kinds === undefined) return undefined;
    for (const kind of kinds) found.add(kind);
  }
  return found;
}

function intersect(
  a: ReadonlySet<Kind> | undefined,
  b: ReadonlySet<Kind> | undefined,
): Set<Kind> | undefined {
  if (a === undefined) return b === undefined ? undefined : new Set(b);
  return new Set([...a].filter((kind) => takes(b, kind)));
}
