/** Types of parameters: what a caller may give, and what the database is given for it. */
import { isJsonArray, stringifyExact, type Json, type JsonObject } from '../../../kernel/index.ts';
import type { SqlDialect } from '../dialect.ts';

export const BASE_TYPES = [
  ...(['text', 'integer', 'bigint', 'numeric', 'float', 'boolean', 'date'] as const),
  ...(['timestamp', 'time', 'uuid', 'json', 'binary', 'enum'] as const),
] as const;
export type BaseType = (typeof BASE_TYPES)[number];

/** A declared type: `integer`, `integer(1..100)`, `text[]`, `enum(open|paid)`. */
export interface ParamType {
  readonly base: BaseType;
  readonly isArray: boolean;
  /** Values of an `enum`; [] for every other type. */
  readonly values: readonly string[];
  /** Of an `integer`: the least and the greatest value. */
  readonly range?: readonly [least: number, most: number];
}

/** What a driver binds. Arrays are an array only for PostgreSQL. */
export type Bound = string | number | bigint | null | Uint8Array | readonly (string | null)[];

const ALIASES: Readonly<Record<string, BaseType>> = {
  string: 'text',
  varchar: 'text',
  int: 'integer',
  decimal: 'numeric',
  number: 'numeric',
  real: 'float',
  double: 'float',
  bool: 'boolean',
  timestamptz: 'timestamp',
  datetime: 'timestamp',
  jsonb: 'json',
  bytea: 'binary',
  blob: 'binary',
};
const MAX_ARRAY = 10_000;
const MAX_TEXT_CHARS = 1_000_000;
const MIN_INTEGER = -2_147_483_648;
const MAX_INTEGER = 2_147_483_647;
const RANGE = /^int(?:eger)?\((-?\d{1,10})\.\.(-?\d{1,10})\)(?:\[\])?$/i;
const INTEGER_TEXT = '^-?(?:0|[1-9][0-9]{0,18})$';
const NUMERIC_TEXT = '^-?(?:0|[1-9][0-9]{0,200})(?:\\.[0-9]{1,200})?$';

/** @returns words where there is no such type */
export function readType(written: string): ParamType | string {
  const [, list] = /^enum\(([^()]*)\)(?:\[\])?$/i.exec(written) ?? [];
  const isArray = written.endsWith('[]');
  if (list !== undefined) {
    const values = list.split('|').map((value) => value.trim());
    const isFine = values.every((value) => value !== '') && new Set(values).size === values.length;
    return isFine ? { base: 'enum', isArray, values } : 'write enum values as enum(open|paid)';
  }
  const [, least = '', most = ''] = RANGE.exec(written) ?? [];
  if (least !== '') return rangeOf(Number(least), Number(most), isArray);
  const name = (isArray ? written.slice(0, -2) : written).toLowerCase();
  const base = ALIASES[name] ?? BASE_TYPES.find((one) => one === name);
  if (base === undefined || base === 'enum') {
    const known = BASE_TYPES.filter((one) => one !== 'enum').join(', ');
    return `there is no type "${written}"; use ${known} or enum(a|b), with [] behind it for a list`;
  }
  return { base, isArray, values: [] };
}

function rangeOf(least: number, most: number, isArray: boolean): ParamType | string {
  return least <= most && least >= MIN_INTEGER && most <= MAX_INTEGER
    ? { base: 'integer', isArray, values: [], range: [least, most] }
    : 'write the least value of an integer first, as integer(1..100)';
}

const SCHEMAS: Readonly<Record<Exclude<BaseType, 'enum'>, JsonObject>> = {
  text: { type: 'string', maxLength: MAX_TEXT_CHARS },
  integer: { type: 'integer', minimum: MIN_INTEGER, maximum: MAX_INTEGER },
  bigint: { type: ['integer', 'string'], pattern: INTEGER_TEXT },
  numeric: { type: ['number', 'string'], pattern: NUMERIC_TEXT },
  float: { type: 'number' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date' },
  timestamp: {
    type: 'string',
    pattern:
      '^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?$',
    examples: ['2026-01-31T12:00:00Z'],
  },
  time: {
    type: 'string',
    pattern: '^[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\\.[0-9]{1,9})?)?$',
    examples: ['12:30:00'],
  },
  uuid: { type: 'string', format: 'uuid' },
  json: {},
  binary: { type: 'string', contentEncoding: 'base64', pattern: '^[A-Za-z0-9+/]*={0,2}$' },
};

/** JSON Schema of one parameter. */
export function schemaOf({ base, isArray, values, range }: ParamType): JsonObject {
  const plain: JsonObject = base === 'enum' ? { type: 'string', enum: [...values] } : SCHEMAS[base];
  const item = range === undefined ? plain : { ...plain, minimum: range[0], maximum: range[1] };
  return isArray ? { type: 'array', items: item, maxItems: MAX_ARRAY } : item;
}

/** A value that its schema takes and the database does not; the text says why. */
export interface Misfit {
  readonly text: string;
}

/** @param value that passed the schema; null where the caller gave none */
export function boundOf(value: Json, type: ParamType, dialect: SqlDialect): Bound | Misfit {
  if (value === null) return null;
  if (!type.isArray) return scalar(value, type.base, dialect);
  if (!isJsonArray(value)) return { text: 'it must be a list' };
  if (dialect !== 'postgres') return stringifyExact(value);
  const items: (string | null)[] = [];
  for (const item of value) {
    const bound = item === null ? null : scalar(item, type.base, dialect);
    if (bound === null || typeof bound === 'string') items.push(bound);
    else if (isMisfit(bound)) return bound;
    else if (bound instanceof Uint8Array) items.push(`\\x${Buffer.from(bound).toString('hex')}`);
    else items.push(String(bound));
  }
  return items;
}

export function isMisfit(bound: Bound | Misfit): bound is Misfit {
  return typeof bound === 'object' && bound !== null && 'text' in bound;
}

function scalar(value: Json, base: BaseType, dialect: SqlDialect): Bound | Misfit {
  const text = typeof value === 'string' ? value : stringifyExact(value);
  if (base === 'json') return textual(stringifyExact(value), dialect);
  if (base === 'boolean') return dialect === 'postgres' ? text : value === true ? 1 : 0;
  if (base === 'binary') return Buffer.from(text, 'base64');
  if (base === 'integer' || base === 'bigint') return integer(text, dialect);
  if (base === 'numeric' || base === 'float') return decimal(text, base, dialect);
  return misfitOf(text, base) ?? textual(text, dialect);
}

/** Databases without these types would keep any text. */
function misfitOf(text: string, base: BaseType): Misfit | undefined {
  if (base === 'date' && !isDay(text))
    return { text: 'write a day that exists, such as 2026-01-31' };
  const isUuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
  if (base === 'uuid' && !isUuid) {
    return { text: 'write a UUID, such as 123e4567-e89b-12d3-a456-426614174000' };
  }
  return undefined;
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

function textual(text: string, dialect: SqlDialect): string | Misfit {
  if (dialect === 'postgres' && text.includes('\u0000')) {
    return { text: 'PostgreSQL keeps no NUL character in text' };
  }
  return text.isWellFormed() ? text : { text: 'it holds half of a surrogate pair' };
}

function integer(text: string, dialect: SqlDialect): Bound | Misfit {
  const whole = wholeOf(text);
  if (whole === undefined || BigInt.asIntN(64, whole) !== whole) {
    return { text: 'it must be a whole number of at most 64 bits' };
  }
  return dialect === 'sqlite' ? whole : String(whole);
}

/** JSON takes 1.0 and 1e3 for whole numbers, too. */
function wholeOf(text: string): bigint | undefined {
  if (/^-?\d{1,30}$/.test(text)) return BigInt(text);
  const value = Number(text);
  return Number.isSafeInteger(value) ? BigInt(value) : undefined;
}

/** SQLite has no decimal numbers; what its floating point would change is not given to it. */
function decimal(text: string, base: 'numeric' | 'float', dialect: SqlDialect): Bound | Misfit {
  if (dialect !== 'sqlite') return text;
  const value = Number(text);
  if (!Number.isFinite(value)) return { text: 'it is larger than the database can hold' };
  const whole = /^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined;
  if (whole !== undefined && BigInt.asIntN(64, whole) === whole) return whole;
  const digits = text.replace(/[eE].*$|[-.]/g, '').replace(/^0+|0+$/g, '');
  if (base === 'float' || digits.length <= 15) return value;
  return { text: 'SQLite keeps only 15 digits of a decimal number; give fewer' };
}
