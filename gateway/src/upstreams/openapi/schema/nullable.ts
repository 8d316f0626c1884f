/** A schema that takes null beside what it takes already. */
import { isJsonArray, type JsonObject } from '../../../kernel/index.ts';
import { omit } from '../../api/schema/json.ts';
import { typesOf } from '../../api/schema/merge.ts';
import { writeTypes } from './types.ts';

const ANNOTATIONS = ['title', 'description', 'default', 'deprecated'];
const REFERRING = ['$ref', 'allOf', 'oneOf', 'not', 'if', 'const'];

/** Adds null as simply as the schema permits: a type, a value of `enum`, or a variant. */
export function withNull(schema: JsonObject): JsonObject {
  const types = typesOf(schema['type']);
  const isReferring = REFERRING.some((keyword) => schema[keyword] !== undefined);
  const { anyOf } = schema;
  if (!isReferring && anyOf === undefined) {
    if (types === undefined) return schema;
    const values = schema['enum'];
    const type = types.includes('null') ? types : [...types, 'null'];
    const widened = { ...schema, type: writeTypes(type) };
    if (!isJsonArray(values) || values.includes(null)) return widened;
    return { ...widened, enum: [...values, null] };
  }
  const told = Object.entries(schema).filter(([keyword]) => ANNOTATIONS.includes(keyword));
  const rest = omit(schema, ...ANNOTATIONS);
  const isOnlyAnyOf = Object.keys(rest).join() === 'anyOf';
  const variants = isOnlyAnyOf && isJsonArray(anyOf) ? anyOf : [rest];
  return { ...Object.fromEntries(told), anyOf: [...variants, { type: 'null' }] };
}
