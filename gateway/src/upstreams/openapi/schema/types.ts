/** The keyword `type` as documents write it, and as JSON Schema knows it. */
import type { Node } from '../document.ts';
import { isList } from './node.ts';

const TYPES: ReadonlySet<string> = new Set([
  'string',
  'number',
  'integer',
  'boolean',
  'array',
  'object',
  'null',
]);

/** Made-up types: what they mean, and the format they imply. `any` means no constraint. */
const MADE_UP: ReadonlyMap<string, readonly [type: string, format: string]> = new Map([
  ...rows('integer', '', ['int', 'short', 'uint', 'bigint', 'epoch']),
  ...rows('integer', 'int32', ['int32', 'uint32']),
  ...rows('integer', 'int64', ['int64', 'long', 'uint64', 'biginteger']),
  ...rows('number', '', ['decimal', 'numeric', 'num', 'real', 'bigdecimal']),
  ...rows('number', 'float', ['float', 'float32']),
  ...rows('number', 'double', ['double', 'float64']),
  ...rows('boolean', '', ['bool', 'logical']),
  ...rows('string', '', [
    'str',
    'text',
    'char',
    'varchar',
    'enum',
    'guid',
    'html',
    'xml',
    'base64',
  ]),
  ...rows('string', 'binary', ['file', 'binary', 'bytes', 'blob', 'stream']),
  ...rows('string', 'byte', ['byte']),
  ...rows('string', 'date', ['date']),
  ...rows('string', 'date-time', ['date-time', 'datetime']),
  ...rows('string', 'time', ['time']),
  ...rows('string', 'uuid', ['uuid']),
  ...rows('string', 'uri', ['uri', 'url']),
  ...rows('string', 'email', ['email']),
  ...rows('string', 'password', ['password']),
  ...rows('array', '', ['list', 'set', 'tuple', 'collection']),
  ...rows('object', '', ['map', 'dict', 'dictionary', 'hash', 'hashmap', 'struct', 'record']),
  ...rows('null', '', ['none', 'nil']),
  ...rows('any', '', [
    'any',
    'mixed',
    'json',
    'unknown',
    '*',
    '',
    'undefined',
    'void',
    'variant',
    'timestamp',
  ]),
]);

function rows(
  type: string,
  format: string,
  words: readonly string[],
): readonly [string, readonly [string, string]][] {
  return words.map((word) => [word, [type, format]]);
}

/** What `type` says. */
export interface ReadTypes {
  /** Types of JSON Schema, each once; undefined where any type is meant. */
  readonly types: readonly string[] | undefined;
  /** Implied by a made-up type; '' where none is. */
  readonly format: string;
  /** Types of the items where it was written `string[]`; undefined otherwise. */
  readonly itemTypes: readonly string[] | undefined;
  /** Words that no type is known by; they may name a schema. */
  readonly unknown: readonly string[];
  /** Whether something had to be read as something else. */
  readonly isRepaired: boolean;
}

/** Reads `type`: one name or a list of them, made-up names included. */
export function readTypes(node: Node): ReadTypes {
  if (node === undefined) return answer(undefined);
  if (typeof node === 'string' && TYPES.has(node)) return answer([node]);
  const words = isList(node) ? node : typeof node === 'string' ? node.split(/[|,]/) : [];
  const read = words.map(readWord);
  const named = read.flatMap((word) => word.types ?? []);
  const isAny = read.some((word) => word.types === undefined && word.unknown.length === 0);
  return {
    types: isAny || named.length === 0 ? undefined : [...new Set(named)],
    format: read.find((word) => word.format !== '')?.format ?? '',
    itemTypes: read.find((word) => word.itemTypes !== undefined)?.itemTypes,
    unknown: read.flatMap((word) => word.unknown),
    isRepaired: !isList(node) || read.length === 0 || read.some((word) => word.isRepaired),
  };
}

function answer(types: readonly string[] | undefined, over: Partial<ReadTypes> = {}): ReadTypes {
  return { types, format: '', itemTypes: undefined, unknown: [], isRepaired: false, ...over };
}

function readWord(node: Node): ReadTypes {
  if (node === null) return answer(['null'], { isRepaired: true });
  if (typeof node !== 'string') return answer(undefined, { isRepaired: true, unknown: ['?'] });
  if (TYPES.has(node)) return answer([node]);
  const word = node.trim().toLowerCase();
  const item = /^(?:(?:array|list)\s*(?:\[|<|of\s)\s*([\w-]+)\s*[\]>]?|([\w-]+)\s*\[\s*\])$/.exec(
    word,
  );
  if (item !== null) {
    const itemTypes = readWord(item[1] ?? item[2] ?? '').types;
    return answer(['array'], { itemTypes, isRepaired: true });
  }
  if (TYPES.has(word)) return answer([word], { isRepaired: true });
  const known = MADE_UP.get(word);
  if (known === undefined) return answer(undefined, { unknown: [node], isRepaired: true });
  const [type, format] = known;
  return answer(type === 'any' ? undefined : [type], { format, isRepaired: true });
}

/** `type` as it is written: a name, or a list where there are several. */
export function writeTypes(types: readonly string[]): string | readonly string[] {
  return types.length === 1 ? (types[0] ?? 'null') : types;
}
