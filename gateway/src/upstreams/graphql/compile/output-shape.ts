/** Types of answers as JSON Schema: no more than the kinds of values. */
import {
  getNullableType,
  isEnumType,
  isLeafType,
  isListType,
  type GraphQLOutputType,
} from 'graphql';
import type { JsonObject } from '../../../kernel/index.ts';

const SCALARS: ReadonlyMap<string, JsonObject> = new Map([
  ['Int', { type: 'integer' }],
  ['Float', { type: 'number' }],
  ['Boolean', { type: 'boolean' }],
  ['String', { type: 'string' }],
  ['ID', { type: 'string' }],
]);

/** @param properties of the object, where it is one */
export function shapeOf(type: GraphQLOutputType, properties: JsonObject = {}): JsonObject {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return { type: 'array', items: shapeOf(nullable.ofType, properties) };
  if (isEnumType(nullable)) return { type: 'string' };
  if (isLeafType(nullable)) return SCALARS.get(nullable.name) ?? {};
  return { type: 'object', properties };
}
