/** Scalars as JSON Schema of what may be given for them. */
import {
  getNullableType,
  isListType,
  type GraphQLInputType,
  type GraphQLScalarType,
} from 'graphql';
import type { JsonObject } from '../../../kernel/index.ts';
import { oneLine } from '../../api/words/one-line.ts';

const MAX_TEXT = 80;

/** Names that several servers give to scalars that mean the same. */
const WHOLE =
  /^(?:U?Big_?Int(?:eger)?|Long|U?Int(?:8|16|32|64|128|256)|(?:Non)?(?:Positive|Negative|Unsigned)Int)$/i;
const NUMBER =
  /^(?:Double|Decimal|Big_?Decimal|(?:Non)?(?:Positive|Negative)Float|Numeric|Money|float8|smallint|bigint|numeric)$/i;
const OPEN = /^(?:_?Any|JSON|JSONB|Json\w*|Unstructured|Untyped|Mixed|Scalar|GenericScalar)$/;
const OBJECT = /^(?:JSON_?Object|Object|Map|Dictionary|Hash)$/i;
const TEXT =
  /^(?:UUID|GUID|URI|URL|HTML|Email\w*|Cursor|Markdown|Date|Time|(?:ISO8601)?Date_?Time\w*|Local\w*|Duration|Color|Base64\w*|Bytes|Git\w*|timestamptz|JWT|IPv?\d*|Hex\w*|PreciseDateTime|TimeZone)$/i;

/** @param isListed whether the short form is wanted that stands in lists */
export function scalarSchema(type: GraphQLScalarType, isListed: boolean): JsonObject {
  const { name } = type;
  switch (name) {
    case 'Int':
      return { type: 'integer' };
    case 'Float':
      return { type: 'number' };
    case 'Boolean':
      return { type: 'boolean' };
    case 'String':
      return { type: 'string' };
    case 'ID':
      return { type: isListed ? 'string' : ['string', 'integer'] };
    default:
      return { ...customSchema(name), description: textOf(type) };
  }
}

/** Whether a value of the type is one file. */
export function isFile(type: GraphQLInputType): boolean {
  const bare = getNullableType(type);
  return !isListType(bare) && isUpload(bare.name);
}

export function isUpload(name: string): boolean {
  return name === 'Upload';
}

function customSchema(name: string): JsonObject {
  if (OBJECT.test(name)) return { type: 'object' };
  if (OPEN.test(name)) return {};
  if (WHOLE.test(name)) return { type: ['integer', 'string'] };
  if (NUMBER.test(name)) return { type: ['number', 'string'] };
  return TEXT.test(name) ? { type: ['string', 'number'] } : {};
}

function textOf({ name, description, specifiedByURL }: GraphQLScalarType): string {
  const said = oneLine(description ?? '', MAX_TEXT);
  if (said !== '') return `${name}: ${said}`;
  const url = specifiedByURL ?? '';
  return url.length > 0 && url.length <= MAX_TEXT ? `${name} (${url})` : name;
}
