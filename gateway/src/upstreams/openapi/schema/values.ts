/** Values that a schema holds: `enum`, `const` and `default`, made to agree with their type. */
import type { Json } from '../../../kernel/index.ts';
import type { Node } from '../document.ts';
import { distinct } from '../../api/schema/json.ts';
import { isList, jsonOf, numberOf } from './node.ts';

/** The type of a value as JSON Schema names it. */
export function typeOfValue(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value === 'string' || typeof value === 'boolean' ? typeof value : 'object';
}

/** @returns whether `value` is of one of `types` */
export function hasType(value: Json, types: readonly string[]): boolean {
  const type = typeOfValue(value);
  return types.includes(type) || (type === 'integer' && types.includes('number'));
}

/**
 * A value as its type has it: `"5"` where an integer is meant, `true` where the text "true" is.
 * @returns undefined where nothing of that type can be meant
 */
export function coerce(value: Json, types: readonly string[] | undefined): Json | undefined {
  if (types === undefined || hasType(value, types)) return value;
  if (value === null) return undefined;
  if (types.includes('string') && (typeof value === 'number' || typeof value === 'boolean')) {
    return String(value);
  }
  if (typeof value !== 'string') return undefined;
  if (types.includes('boolean') && /^(true|false)$/i.test(value)) return /^t/i.test(value);
  const number = numberOf(value);
  return number !== undefined && hasType(number, types) ? number : undefined;
}

export interface ReadEnum {
  /** Each value once; undefined where the schema names none. */
  readonly values: readonly Json[] | undefined;
  /** The type that agrees with the values. */
  readonly types: readonly string[] | undefined;
  readonly isRepaired: boolean;
}

const MAX_ENUM_VALUES = 1000;

/**
 * Reads `enum` together with the type beside it. Where not one value agrees with the type, the
 * values count and the type is what they have.
 */
export function readEnum(node: Node, types: readonly string[] | undefined): ReadEnum {
  if (node === undefined) return { values: undefined, types, isRepaired: false };
  const list = isList(node) ? node : node === null || typeof node === 'object' ? [] : [node];
  const given = list.slice(0, MAX_ENUM_VALUES).flatMap((item) => {
    const value = jsonOf(item);
    return value === undefined ? [] : [value];
  });
  const isCut = list.length > MAX_ENUM_VALUES;
  if (given.length === 0 || isCut) return { values: undefined, types, isRepaired: true };
  const agreeing = given.flatMap((value) => {
    const agreed = coerce(value, types);
    return agreed === undefined ? [] : [agreed];
  });
  const isTypeWrong =
    agreeing.length < given.filter((value) => value !== null).length || agreeing.length === 0;
  const chosen = distinct(isTypeWrong ? given : agreeing);
  return {
    values: chosen,
    types: isTypeWrong || types === undefined ? inferTypes(chosen) : types,
    isRepaired: isTypeWrong || chosen.length < list.length || !isList(node),
  };
}

function inferTypes(values: readonly Json[]): readonly string[] {
  const types = new Set(values.map(typeOfValue));
  if (types.has('number')) types.delete('integer');
  return [...types];
}
