/** Input types as JSON Schema: one definition for each, shared by all operations. */
import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  isScalarType,
  valueToLiteral,
  type GraphQLArgument,
  type GraphQLEnumType,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';
import { isJsonArray, type Json, type JsonObject } from '../../../kernel/index.ts';
import { fileArgument } from '../../api/files/file-schema.ts';
import { cleanText } from '../../api/words/clean-text.ts';
import { jsonOf } from './literal.ts';
import { isFile, isUpload, scalarSchema } from './scalars.ts';

const MAX_ARGUMENT_TEXT = 400;
const MAX_FIELD_TEXT = 200;
/** Ends the name of a definition that takes null, too; no type can be called so. */
const NULLABLE = '-nullable';
/** Larger enumerations are defined once instead of where they are used. */
const MAX_INLINE_VALUES = 10;
const MAX_ENUM_VALUES = 1000;

/**
 * `exact` takes all that the API takes; the others are what a list says of it: of mutations, to which
 * null means something, with null, of queries without.
 */
export type Telling = 'exact' | 'mutation' | 'query';

export interface InputTypes {
  /** Schema of a value. `isNullable` says whether null may be given where the type allows it. */
  schemaOf(type: GraphQLInputType, isNullable: boolean): JsonObject;
  /** Schema of an argument, its description and default with it. */
  argument(argument: GraphQLArgument | GraphQLInputField, isNullable: boolean): JsonObject;
  /** All that a schema may refer to: the same object each time. */
  readonly definitions: JsonObject;
}

export function createInputTypes(schema: GraphQLSchema, telling: Telling): InputTypes {
  const isShort = telling !== 'exact';
  const takesNull = telling !== 'query';
  const schemaOf = (type: GraphQLInputType, isNullable: boolean): JsonObject => {
    const bare = getNullableType(type);
    const own = isListType(bare)
      ? { type: 'array', items: schemaOf(bare.ofType, telling === 'exact') }
      : namedSchema(bare, isShort);
    if (!takesNull || !isNullable || isNonNullType(type)) return own;
    const { $ref } = own;
    // A choice between an object and null hides what is wrong inside of the object.
    return isShort || typeof $ref !== 'string' ? orNull(own) : { $ref: `${$ref}${NULLABLE}` };
  };
  const argument = (
    input: GraphQLArgument | GraphQLInputField,
    isNullable: boolean,
  ): JsonObject => {
    const own = schemaOf(input.type, isNullable);
    const maxChars = 'parentType' in input ? MAX_FIELD_TEXT : MAX_ARGUMENT_TEXT;
    if (isFile(input.type)) return withFileText(own, cleanText(input.description ?? '', maxChars));
    const text = [
      (input.deprecationReason ?? null) === null ? '' : 'Deprecated.',
      cleanText(input.description ?? '', maxChars),
      typeof own['description'] === 'string' ? own['description'] : '',
    ].find((each) => each !== '');
    const byDefault = defaultOf(input);
    return {
      ...own,
      ...(text === undefined ? {} : { description: text }),
      ...(byDefault === undefined ? {} : { default: byDefault }),
    };
  };
  let made: JsonObject | undefined;
  return {
    schemaOf,
    argument,
    get definitions() {
      return (made ??= definitionsOf(schema, argument, isShort));
    },
  };
}

/** What it is, and how a file is given. */
export function withFileText(schema: JsonObject, text: string): JsonObject {
  return { ...schema, description: fileArgument(text)['description'] ?? text };
}

function namedSchema(type: GraphQLInputType, isShort: boolean): JsonObject {
  const named = getNamedType(type);
  if (isUpload(named.name)) return fileArgument('');
  if (isScalarType(named)) return scalarSchema(named, isShort);
  if (isEnumType(named) && named.getValues().length <= MAX_INLINE_VALUES) return enumSchema(named);
  return { $ref: `#/$defs/${named.name}` };
}

function orNull(schema: JsonObject): JsonObject {
  const { type, enum: values, ...rest } = schema;
  if (schema['$ref'] !== undefined) return { anyOf: [schema, { type: 'null' }] };
  if (type === undefined) return schema;
  const types = isJsonArray(type) ? type : [type];
  return {
    ...rest,
    type: [...types, 'null'],
    ...(values !== undefined && isJsonArray(values) ? { enum: [...values, null] } : {}),
  };
}

function definitionsOf(
  schema: GraphQLSchema,
  argument: InputTypes['argument'],
  isShort: boolean,
): JsonObject {
  const entries: [string, JsonObject][] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    let own: JsonObject;
    if (isInputObjectType(type)) own = objectSchema(type, argument);
    else if (isEnumType(type)) own = enumSchema(type);
    else continue;
    entries.push([type.name, own]);
    if (!isShort) entries.push([`${type.name}${NULLABLE}`, orNull(own)]);
  }
  return Object.fromEntries(entries);
}

function objectSchema(type: GraphQLInputObjectType, argument: InputTypes['argument']): JsonObject {
  const fields = Object.values(type.getFields());
  const required = fields.filter((field) => isRequiredInputField(field)).map(({ name }) => name);
  const properties = fields.map((field): [string, JsonObject] => [
    field.name,
    argument(field, !type.isOneOf),
  ]);
  const description = cleanText(type.description ?? '', MAX_FIELD_TEXT);
  return {
    type: 'object',
    ...(description === '' ? {} : { description }),
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
    ...(type.isOneOf ? { minProperties: 1, maxProperties: 1 } : {}),
  };
}

function enumSchema(type: GraphQLEnumType): JsonObject {
  const values = type.getValues().map(({ name }) => name);
  return values.length > MAX_ENUM_VALUES
    ? { type: 'string', description: `${type.name}, one of ${values.length} values` }
    : { type: 'string', enum: values };
}

/** @returns undefined where there is none, or it cannot be written as JSON */
function defaultOf({
  default: given,
  type,
}: GraphQLArgument | GraphQLInputField): Json | undefined {
  if (given === undefined) return undefined;
  const literal = given.literal ?? valueToLiteral(given.value, type);
  return literal === undefined ? undefined : jsonOf(literal);
}
