/** Values without structure as JSON Schema, by the JSON mapping of proto3. */
import { ScalarType, type DescEnum, type DescField, type DescMessage } from '@bufbuild/protobuf';
import type { JsonObject } from '../../../kernel/index.ts';

const INT32: JsonObject = { type: 'integer', minimum: -2_147_483_648, maximum: 2_147_483_647 };
const UINT32: JsonObject = { type: 'integer', minimum: 0, maximum: 4_294_967_295 };
/** As text, since most readers of JSON lose digits of long numbers; taken as numbers, too. */
const INT64: JsonObject = { type: ['string', 'integer'], pattern: '^-?[0-9]{1,19}$' };
const UINT64: JsonObject = { type: ['string', 'integer'], pattern: '^[0-9]{1,20}$', minimum: 0 };
/** What JSON has no number for comes and goes as text. */
const FLOAT: JsonObject = { type: ['number', 'string'], pattern: '^(NaN|-?Infinity|-?\\d.*)$' };

const SCALARS: Readonly<Record<ScalarType, JsonObject>> = {
  [ScalarType.DOUBLE]: FLOAT,
  [ScalarType.FLOAT]: FLOAT,
  [ScalarType.INT64]: INT64,
  [ScalarType.UINT64]: UINT64,
  [ScalarType.INT32]: INT32,
  [ScalarType.FIXED64]: UINT64,
  [ScalarType.FIXED32]: UINT32,
  [ScalarType.BOOL]: { type: 'boolean' },
  [ScalarType.STRING]: { type: 'string' },
  [ScalarType.BYTES]: { type: 'string', contentEncoding: 'base64' },
  [ScalarType.UINT32]: UINT32,
  [ScalarType.SFIXED32]: INT32,
  [ScalarType.SFIXED64]: INT64,
  [ScalarType.SINT32]: INT32,
  [ScalarType.SINT64]: INT64,
};

export function scalarSchema(scalar: ScalarType): JsonObject {
  return SCALARS[scalar];
}

/** What stands in answers: 64 bits are always text there. */
export function answeredScalar(scalar: ScalarType): JsonObject {
  const schema = scalarSchema(scalar);
  return schema === INT64 || schema === UINT64 ? { type: 'string' } : schema;
}

/** Numbers stand in answers for values that the descriptor does not name. */
export function answeredEnum(described: DescEnum): JsonObject {
  const schema = enumSchema(described);
  return described.open && schema['type'] === 'string' ? { type: ['string', 'integer'] } : schema;
}

export function enumSchema({ typeName, values }: DescEnum): JsonObject {
  if (typeName === 'google.protobuf.NullValue') return { type: 'null' };
  return { type: 'string', enum: values.map(({ name }) => name) };
}

/** Names of the members of a map; undefined where any text is one. */
export function keySchema({
  mapKey,
}: Extract<DescField, { fieldKind: 'map' }>): JsonObject | undefined {
  switch (mapKey) {
    case ScalarType.STRING:
      return undefined;
    case ScalarType.BOOL:
      return { enum: ['true', 'false'] };
    case ScalarType.UINT32:
    case ScalarType.UINT64:
    case ScalarType.FIXED32:
    case ScalarType.FIXED64:
      return { pattern: '^[0-9]{1,20}$' };
    default:
      return { pattern: '^-?[0-9]{1,20}$' };
  }
}

const WRAPPED: Readonly<Record<string, ScalarType>> = {
  DoubleValue: ScalarType.DOUBLE,
  FloatValue: ScalarType.FLOAT,
  Int64Value: ScalarType.INT64,
  UInt64Value: ScalarType.UINT64,
  Int32Value: ScalarType.INT32,
  UInt32Value: ScalarType.UINT32,
  BoolValue: ScalarType.BOOL,
  StringValue: ScalarType.STRING,
  BytesValue: ScalarType.BYTES,
};

const WELL_KNOWN: Readonly<Record<string, JsonObject>> = {
  Timestamp: { type: 'string', format: 'date-time' },
  Duration: {
    type: 'string',
    pattern: '^-?[0-9]{1,12}(\\.[0-9]{1,9})?s$',
    description: 'Seconds: "1.5s".',
  },
  FieldMask: {
    type: 'string',
    description: 'Paths of fields in lowerCamelCase, separated by commas.',
  },
  Struct: { type: 'object' },
  Value: {},
  ListValue: { type: 'array', items: {} },
  Any: {
    type: 'object',
    properties: {
      '@type': { type: 'string', description: 'type.googleapis.com/ and the name of its type.' },
    },
    required: ['@type'],
  },
};

const PREFIX = 'google.protobuf.';

/** Messages that JSON writes otherwise than as their fields; undefined for all others. */
export function wellKnownSchema({ typeName }: DescMessage): JsonObject | undefined {
  if (!typeName.startsWith(PREFIX)) return undefined;
  const name = typeName.slice(PREFIX.length);
  const wrapped = Object.hasOwn(WRAPPED, name) ? WRAPPED[name] : undefined;
  if (wrapped !== undefined) {
    const schema = scalarSchema(wrapped);
    return { ...schema, type: [schema['type'] ?? 'string', 'null'].flat() };
  }
  return Object.hasOwn(WELL_KNOWN, name) ? WELL_KNOWN[name] : undefined;
}
