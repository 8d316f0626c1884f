/** JSON Schema of simple types. */
import type { Json, JsonObject } from '../../../kernel/index.ts';
import type { SimpleShape } from './shape.ts';
import { jsPattern } from './pattern.ts';

/** Forms of texts that models would otherwise guess, and some that are right. */
const FORMS: Readonly<Record<string, readonly [pattern: string, examples: readonly string[]]>> = {
  dateTime: [
    String.raw`^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$`,
    [
      '2026-01-31T09:30:00Z',
      '2026-01-31T09:30:00',
      '2026-01-31T09:30:00.000',
      '2026-01-31T09:30:00.000Z',
    ],
  ],
  date: [String.raw`^-?\d{4,}-\d\d-\d\d(Z|[+-]\d\d:\d\d)?$`, ['2026-01-31']],
  time: [String.raw`^\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$`, ['09:30:00']],
  duration: [String.raw`^-?P(\d+Y)?(\d+M)?(\d+D)?(T(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$`, ['P1D']],
  gYear: [String.raw`^-?\d{4,}(Z|[+-]\d\d:\d\d)?$`, ['2026']],
  gYearMonth: [String.raw`^-?\d{4,}-\d\d(Z|[+-]\d\d:\d\d)?$`, ['2026-01']],
  gMonth: [String.raw`^--\d\d(Z|[+-]\d\d:\d\d)?$`, ['--01']],
  gMonthDay: [String.raw`^--\d\d-\d\d(Z|[+-]\d\d:\d\d)?$`, ['--01-31']],
  gDay: [String.raw`^---\d\d(Z|[+-]\d\d:\d\d)?$`, ['---31']],
  hexBinary: ['^([0-9a-fA-F]{2})*$', ['0aff']],
  NCName: [String.raw`^[\p{L}_][\p{L}\p{N}._-]*$`, ['name']],
  ID: [String.raw`^[\p{L}_][\p{L}\p{N}._-]*$`, ['name']],
  IDREF: [String.raw`^[\p{L}_][\p{L}\p{N}._-]*$`, ['name']],
  Name: [String.raw`^[\p{L}_:][\p{L}\p{N}._:-]*$`, ['name']],
  NMTOKEN: [String.raw`^[\p{L}\p{N}._:-]+$`, ['name']],
  language: ['^[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*$', ['en']],
};

/** Texts that stand for other parts of the message. */
const ROLES: Readonly<Record<string, string>> = {
  ID: 'Unique in the message.',
  IDREF: 'What another part of the message has as its ID.',
};

const SAFE = Number.MAX_SAFE_INTEGER;

export function simpleSchema(shape: SimpleShape): JsonObject {
  switch (shape.json) {
    case 'list':
      return listSchema(shape);
    case 'union':
      return unionSchema(shape);
    case 'boolean':
      return { type: 'boolean' };
    case 'integer':
    case 'number':
      return numberSchema(shape);
    case 'string':
      return stringSchema(shape);
  }
}

/** A value of a simple type as the schema speaks of it. */
export function valueOf(shape: SimpleShape, text: string): Json {
  const isNumber = shape.json === 'integer' || shape.json === 'number';
  const number = Number(text);
  if (isNumber && text.trim() !== '' && Number.isFinite(number)) return number;
  if (shape.json === 'boolean') return text.trim() === 'true' || text.trim() === '1';
  return text;
}

function listSchema(shape: SimpleShape): JsonObject {
  const minItems = shape.minLength ?? shape.length;
  const maxItems = shape.maxLength ?? shape.length;
  return {
    type: 'array',
    items: shape.item === undefined ? { type: 'string' } : simpleSchema(shape.item),
    ...(minItems === undefined ? {} : { minItems }),
    ...(maxItems === undefined ? {} : { maxItems }),
  };
}

function unionSchema(shape: SimpleShape): JsonObject {
  if (shape.enum !== undefined) return { type: 'string', enum: [...shape.enum] };
  const members = (shape.members ?? []).map(simpleSchema);
  const [first] = members;
  if (members.length < 2) return first ?? { type: 'string' };
  const isPlain = members.some((one) => Object.keys(one).length === 1 && one['type'] === 'string');
  return isPlain && members.every((one) => one['type'] === 'string')
    ? { type: 'string' }
    : { anyOf: members };
}

function numberSchema(shape: SimpleShape): JsonObject {
  const { min, max, above, below } = shape;
  if (shape.enum !== undefined) {
    return { type: shape.json, enum: shape.enum.map((one) => valueOf(shape, one)) };
  }
  const type = shape.json === 'integer' ? 'integer' : 'number';
  return {
    type,
    ...bound('minimum', min),
    ...bound('maximum', max),
    ...bound('exclusiveMinimum', above),
    ...bound('exclusiveMaximum', below),
  };
}

/** A bound that JavaScript cannot hold is left to the service. */
function bound(key: string, text: string | undefined): JsonObject {
  const value = text === undefined || text === '' ? Number.NaN : Number(text);
  return Math.abs(value) <= SAFE ? { [key]: value } : {};
}

function stringSchema(shape: SimpleShape): JsonObject {
  if (shape.enum !== undefined) return { type: 'string', enum: [...shape.enum] };
  if (shape.xsd === 'base64Binary') return { type: 'string', contentEncoding: 'base64' };
  const minLength = shape.minLength ?? shape.length;
  const maxLength = shape.maxLength ?? shape.length;
  const isCounted = shape.xsd !== 'QName';
  // Lengths of binary values count bytes.
  const unit = shape.xsd === 'hexBinary' ? 2 : 1;
  const form = Object.hasOwn(FORMS, shape.xsd) ? FORMS[shape.xsd] : undefined;
  const own = (shape.patterns ?? []).flatMap((one) => jsPattern(one) ?? []);
  const patterns = [...own.toReversed(), ...(form === undefined ? [] : [form[0]])];
  const [pattern, ...more] = patterns;
  const others = more.map((one) => ({ pattern: one }));
  const example = form?.[1].find((text) => own.every((one) => new RegExp(one, 'u').test(text)));
  const role = Object.hasOwn(ROLES, shape.xsd) ? ROLES[shape.xsd] : undefined;
  return {
    type: 'string',
    ...(role === undefined ? {} : { description: role }),
    ...(isCounted && minLength !== undefined && minLength > 0
      ? { minLength: minLength * unit }
      : {}),
    ...(isCounted && maxLength !== undefined ? { maxLength: maxLength * unit } : {}),
    ...(pattern === undefined ? {} : { pattern }),
    ...(others.length === 0 ? {} : { allOf: others }),
    ...(example === undefined || minLength !== undefined ? {} : { examples: [example] }),
  };
}
