/** A schema in a few words: `an integer from 1 to 100`. */
import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  ownMember,
} from '../../../kernel/index.ts';
import { allowedValues, KIND_WORDS, kindsOf, settle, type Kind } from './kinds.ts';
import { listed, shown } from './problem.ts';

const MAX_VALUES = 12;
const MAX_MEMBERS = 6;
const MAX_BRANCHES = 40;
const MAX_DEPTH = 2;

/** What a value must be, to follow "must be". */
export function expected(schema: Json | undefined, root: JsonObject, depth = 0): string {
  const settled = settle(schema, root);
  if (!isJsonObject(settled)) return settled === false ? 'left out' : 'a value';
  const values = allowedValues(settled);
  if (values !== undefined) return oneOf(values);
  const branches = ownMember(settled, 'anyOf') ?? ownMember(settled, 'oneOf');
  if (isJsonArray(branches) && depth < MAX_DEPTH) {
    return listed([
      ...new Set(branches.slice(0, MAX_BRANCHES).map((each) => expected(each, root, depth + 1))),
    ]);
  }
  const kinds = kindsOf(settled, root);
  if (kinds === undefined || kinds.size === 0) return 'a value';
  return listed([...kinds].map((kind) => kindText(kind, settled, root, depth)));
}

function oneOf(values: readonly Json[]): string {
  const some = values.slice(0, MAX_VALUES).map(shown);
  if (values.length > MAX_VALUES) some.push(`${values.length - MAX_VALUES} more`);
  return values.length === 1 ? (some[0] ?? '') : `one of ${listed(some)}`;
}

function kindText(kind: Kind, schema: JsonObject, root: JsonObject, depth: number): string {
  const word = KIND_WORDS[kind];
  if (kind === 'integer' || kind === 'number') return `${word}${range(schema)}`;
  if (kind === 'string') return `${word}${stringLimits(schema)}`;
  if (kind === 'array') return `${word}${items(schema, root, depth)}`;
  return kind === 'object' ? `${word}${members(schema, root, depth)}` : word;
}

function numberText(schema: JsonObject, key: string): string | undefined {
  const value = ownMember(schema, key);
  return typeof value === 'number' || value instanceof ExactNumber ? shown(value) : undefined;
}

function range(schema: JsonObject): string {
  const least = numberText(schema, 'minimum');
  const most = numberText(schema, 'maximum');
  const above = numberText(schema, 'exclusiveMinimum');
  const under = numberText(schema, 'exclusiveMaximum');
  const step = numberText(schema, 'multipleOf');
  let text = '';
  if (least !== undefined && most !== undefined) text = ` from ${least} to ${most}`;
  else if (least !== undefined) text = ` of at least ${least}`;
  else if (most !== undefined) text = ` of at most ${most}`;
  if (above !== undefined) text += ` greater than ${above}`;
  if (under !== undefined) text += ` less than ${under}`;
  return step === undefined ? text : `${text} that is a multiple of ${step}`;
}

function counted(schema: JsonObject, min: string, max: string, unit: string): string {
  const least = numberText(schema, min);
  const most = numberText(schema, max);
  if (least !== undefined && most !== undefined) {
    return least === most ? ` of exactly ${least} ${unit}` : ` of ${least} to ${most} ${unit}`;
  }
  if (least !== undefined && least !== '0') return ` of at least ${least} ${unit}`;
  return most === undefined ? '' : ` of at most ${most} ${unit}`;
}

function stringLimits(schema: JsonObject): string {
  const format = ownMember(schema, 'format');
  const pattern = ownMember(schema, 'pattern');
  const parts = counted(schema, 'minLength', 'maxLength', 'characters');
  const named = typeof format === 'string' && format !== '' ? ` (${format.slice(0, 40)})` : '';
  const matching = typeof pattern === 'string' ? ` that matches ${pattern.slice(0, 120)}` : '';
  return `${named}${parts}${matching}`;
}

function items(schema: JsonObject, root: JsonObject, depth: number): string {
  const each = ownMember(schema, 'items');
  const count = counted(schema, 'minItems', 'maxItems', 'items');
  if (!isJsonObject(each) || depth >= MAX_DEPTH) return count;
  const inner = expected(each, root, depth + 1);
  return inner === 'a value' ? count : `${count} in which each is ${inner}`;
}

function members(schema: JsonObject, root: JsonObject, depth: number): string {
  const required = ownMember(schema, 'required');
  const properties = ownMember(schema, 'properties');
  if (isJsonArray(required) && required.length > 0) {
    const names = required
      .slice(0, MAX_MEMBERS)
      .map((name) => withValue(name, schema, root, depth));
    const more = required.length - names.length;
    return ` with ${listed(more > 0 ? [...names, `${more} more`] : names, 'and')}`;
  }
  if (!isJsonObject(properties) || depth > 0) return '';
  const names = Object.keys(properties).slice(0, MAX_MEMBERS);
  return names.length === 0 ? '' : ` that may have ${listed(names, 'and')}`;
}

/** A member's name, with its value where only one is allowed: what tells variants apart. */
function withValue(name: Json, schema: JsonObject, root: JsonObject, depth: number): string {
  if (typeof name !== 'string') return '';
  const properties = ownMember(schema, 'properties');
  const settled = isJsonObject(properties) ? settle(ownMember(properties, name), root) : undefined;
  const values = isJsonObject(settled) && depth > 0 ? allowedValues(settled) : undefined;
  return values?.length === 1 ? `${name} ${shown(values[0] ?? null)}` : name;
}
