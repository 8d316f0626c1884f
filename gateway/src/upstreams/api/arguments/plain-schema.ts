/**
 * A schema for the compiler of validators: only keywords that are known and well formed, only
 * definitions that are reached, numbers as JavaScript has them. What is left out is not judged.
 */
import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonArray,
  type JsonObject,
  ownMember,
} from '../../../kernel/index.ts';
import { toNumber } from './kinds.ts';

/** JSON as JavaScript has it. */
export type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain };
type PlainSchema = boolean | { [key: string]: Plain };

/** Stands in every schema, so that looking at it is counted. */
export const COST_KEYWORD = 'x-cost';

const MAX_DEPTH = 64;
const MAX_SAFE = Number.MAX_SAFE_INTEGER;
const DEFS = '#/$defs/';
const TYPES: ReadonlySet<Json> = new Set(
  'string integer number boolean null array object'.split(' '),
);

type Form = 'number' | 'count' | 'schema' | 'schemas' | 'map' | 'names' | 'values' | 'any';

const FORMS: readonly (readonly [Form, string])[] = [
  ['number', 'minimum maximum exclusiveMinimum exclusiveMaximum multipleOf'],
  ['count', 'minLength maxLength minItems maxItems minProperties maxProperties'],
  ['count', 'minContains maxContains'],
  ['schema', 'items additionalProperties propertyNames contains not if then else'],
  ['schema', 'unevaluatedProperties unevaluatedItems'],
  ['schemas', 'anyOf oneOf allOf prefixItems'],
  ['map', 'properties patternProperties dependentSchemas'],
  ['names', 'required'],
  ['values', 'enum'],
  ['any', 'const'],
];
const KEYWORDS: ReadonlyMap<string, Form> = new Map(
  FORMS.flatMap(([form, keys]) => keys.split(' ').map((key): [string, Form] => [key, form])),
);

/** A value for whatever knows only JavaScript's numbers. */
export function plain(value: Json): Plain {
  if (value instanceof ExactNumber) return toNumber(value);
  if (isJsonArray(value)) return value.map(plain);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

/** @returns undefined where it would have more than `maxNodes` schemas, or nests too deep */
export function plainSchema(
  schema: Json,
  root: JsonObject,
  maxNodes: number,
): PlainSchema | undefined {
  const copy = new SchemaCopy(root, maxNodes);
  const made = copy.schema(schema, 0);
  const defs = copy.definitions();
  if (copy.isTooLarge) return undefined;
  return typeof made === 'boolean' ? made : { ...made, $defs: defs };
}

class SchemaCopy {
  private readonly root: JsonObject;
  private readonly maxNodes: number;
  private readonly waiting: string[] = [];
  private readonly seen = new Set<string>();
  private nodes = 0;
  isTooLarge = false;

  constructor(root: JsonObject, maxNodes: number) {
    this.root = root;
    this.maxNodes = maxNodes;
  }

  definitions(): { [key: string]: Plain } {
    const defs = ownMember(this.root, '$defs');
    const made: [string, Plain][] = [];
    for (let name = this.waiting.pop(); name !== undefined; name = this.waiting.pop()) {
      if (this.isTooLarge) break;
      const found = isJsonObject(defs) ? ownMember(defs, name) : undefined;
      made.push([name, this.schema(found ?? true, 0)]);
    }
    return Object.fromEntries(made);
  }

  schema(schema: Json, depth: number): PlainSchema {
    this.nodes++;
    if (this.nodes > this.maxNodes || depth > MAX_DEPTH) this.isTooLarge = true;
    if (this.isTooLarge || !isJsonObject(schema)) return schema !== false;
    const made: { [key: string]: Plain } = { [COST_KEYWORD]: true };
    const reference = this.reference(ownMember(schema, '$ref'));
    if (reference !== undefined) made['$ref'] = reference;
    const type = types(ownMember(schema, 'type'));
    if (type !== undefined) made['type'] = type;
    const pattern = ownMember(schema, 'pattern');
    if (typeof pattern === 'string') made['pattern'] = pattern;
    for (const [key, value] of Object.entries(schema)) {
      const form = KEYWORDS.get(key);
      const kept = form === undefined ? undefined : this.keyword(form, value, depth);
      if (kept !== undefined) made[key] = kept;
    }
    return widened(withPrototypeMember(made));
  }

  private reference(reference: Json | undefined): string | undefined {
    if (typeof reference !== 'string' || !reference.startsWith(DEFS)) return undefined;
    const escaped = reference.slice(DEFS.length);
    if (escaped.includes('/') || escaped.includes('%')) return undefined;
    const name = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    if (!this.seen.has(name)) this.waiting.push(name);
    this.seen.add(name);
    return `${DEFS}${encodeURIComponent(escaped)}`;
  }

  private keyword(form: Form, value: Json, depth: number): Plain | undefined {
    switch (form) {
      case 'number':
      case 'count': {
        if (typeof value !== 'number' && !(value instanceof ExactNumber)) return undefined;
        const near = toNumber(value);
        return form === 'count' && !(Number.isInteger(near) && near >= 0) ? undefined : near;
      }
      case 'schema':
        return isJsonObject(value) || typeof value === 'boolean'
          ? this.schema(value, depth + 1)
          : undefined;
      case 'schemas':
        return isJsonArray(value) && value.length > 0
          ? value.map((each) => this.schema(each, depth + 1))
          : undefined;
      case 'map':
        return isJsonObject(value) ? this.map(value, depth) : undefined;
      case 'names':
        return isJsonArray(value) ? names(value) : undefined;
      case 'values':
        return isJsonArray(value) && value.length > 0 ? value.map(plain) : undefined;
      case 'any':
        return plain(value);
    }
  }

  private map(value: JsonObject, depth: number): Plain {
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, this.schema(each, depth + 1)]),
    );
  }
}

function types(type: Json | undefined): Plain | undefined {
  const named = isJsonArray(type) ? type : type === undefined ? [] : [type];
  const known = names(named.filter((each) => TYPES.has(each)));
  return known.length === 0 ? undefined : known;
}

function names(value: JsonArray): string[] {
  return [...new Set(value.filter((each) => typeof each === 'string'))];
}

const PROTOTYPE = '__proto__';

/** The compiler takes no notice of a property of this name, but does of a pattern that means it. */
function withPrototypeMember(schema: { [key: string]: Plain }): { [key: string]: Plain } {
  const properties = schema['properties'];
  const patternProperties = schema['patternProperties'];
  if (!isRecord(properties) || !Object.hasOwn(properties, PROTOTYPE)) return schema;
  const [, own = true] = Object.entries(properties).find(([key]) => key === PROTOTYPE) ?? [];
  const patterns = isRecord(patternProperties) ? patternProperties : {};
  return { ...schema, patternProperties: { ...patterns, [`^${PROTOTYPE}$`]: own } };
}

function isRecord(value: Plain | undefined): value is { [key: string]: Plain } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Bounds beyond exact numbers let their own value pass; a step must be above 0. */
function widened(schema: { [key: string]: Plain }): { [key: string]: Plain } {
  for (const [exclusive, inclusive] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    const bound = schema[exclusive];
    if (typeof bound !== 'number' || Math.abs(bound) <= MAX_SAFE) continue;
    delete schema[exclusive];
    schema[inclusive] ??= bound;
  }
  const step = schema['multipleOf'];
  if (typeof step === 'number' && step <= 0) delete schema['multipleOf'];
  return schema;
}
