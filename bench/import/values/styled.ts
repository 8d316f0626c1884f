/**
 * Values of parameters read back by their style. The library takes styles apart; it is handed texts
 * whose percent signs are protected, so that it splits before anything is decoded, as the
 * specification (and RFC 6570) has it. What it does not know is read by the specification's tables.
 */
import Enforcer from 'openapi-enforcer';
import { parse as parseDeep } from 'qs';
import type { DescribedParameter } from './described.ts';
import { isTree } from '../tree.ts';

/** Which form of value the parameter has. */
export type Shape = 'value' | 'list' | 'object';

/** A name and a value as they stood on the wire, still encoded. */
export type RawPair = readonly [name: string, value: string];

/** How one piece is decoded, where its place encodes at all. */
type Decode = (text: string) => string;

interface LibraryParameter {
  parse(value: string, query?: Readonly<Record<string, readonly string[]>>): Iterable<unknown>;
}

/** The name under which the library knows every parameter. */
const NAME = 'p';

export function decodePercent(text: string): string {
  return decodeURIComponent(text);
}

export function decodeForm(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

/** One text without names: a path segment's part or a header. */
export function readText(
  declared: DescribedParameter,
  shape: Shape,
  raw: string,
  decode: Decode,
): unknown {
  if (declared.style === 'matrix' && shape !== 'object' && declared.name !== NAME) {
    return readText({ ...declared, name: NAME }, shape, renamed(declared.name, raw), decode);
  }
  if (declared.style === 'matrix' && shape === 'object' && !declared.explode) {
    if (declared.name !== NAME)
      return readText({ ...declared, name: NAME }, shape, renamed(declared.name, raw), decode);
  }
  if (raw === '' && shape === 'value') return '';
  const isHeader = declared.in === 'header';
  const protectedText = isHeader ? raw : raw.replaceAll('%', '%25');
  return decoded(library(declared, shape).parse(protectedText), shape, decode);
}

function renamed(name: string, raw: string): string {
  const parts = raw.split(';').map((part) => {
    const [key = '', ...value] = part.split('=');
    return decodePercent(key) === name ? [NAME, ...value].join('=') : part;
  });
  return parts.join(';');
}

/**
 * Pairs of a query, of cookies or of a form.
 * @param pairs those that can belong to it: no other parameter has their names
 */
export function readPairs(
  declared: DescribedParameter,
  shape: Shape,
  pairs: readonly RawPair[],
  decode: Decode,
): unknown {
  const own = pairs.filter(([name]) => decode(name) === declared.name);
  const values = own.map(([, value]) => value);
  if (declared.style === 'deepObject') return readDeep(declared.name, pairs, decode);
  if (shape === 'value') return values[0] === undefined ? undefined : decode(values[0]);
  // The library refuses cookies of several values, whose names simply repeat.
  if (declared.in === 'cookie' && declared.explode && shape === 'list') return values.map(decode);
  if (shape === 'object' && declared.explode) {
    const rest = pairs.map(([name, value]) => `${protect(name)}=${protect(value)}`).join('&');
    const plain = { ...declared, style: 'form', in: 'query' };
    return decoded(library(plain, shape).parse(rest, {}), shape, decode);
  }
  // Space, bar and tab only stand encoded in an address: they separate what is decoded.
  const isDecodedFirst =
    !declared.explode &&
    (declared.style.endsWith('Delimited') || /^(?:ssv|tsv|pipes)$/.test(declared.collectionFormat));
  const query = { [NAME]: isDecodedFirst ? values.map(decode) : values };
  const place = { ...declared, in: 'query' };
  if (shape === 'object' && isDecodedFirst) return flatObject(declared.style, query[NAME]?.[0]);
  const parsed = library(place, shape).parse('', query);
  return decoded(parsed, shape, isDecodedFirst ? (text) => text : decode);
}

function protect(raw: string): string {
  return raw.replaceAll('%', '%25');
}

/** The library knows lists only: `R|100|G|200` (3.0, style examples). */
function flatObject(style: string, text = ''): unknown {
  const parts = text.split(style === 'pipeDelimited' ? '|' : ' ');
  return Object.fromEntries(
    parts.flatMap((part, at) => (at % 2 === 0 ? [[part, parts[at + 1]]] : [])),
  );
}

/** One level as the specification has it; further levels as servers read them. */
function readDeep(name: string, pairs: readonly RawPair[], decode: Decode): unknown {
  const own = pairs.filter(([key]) => decode(key).startsWith(`${name}[`));
  const isOneLevel = own.every(([key]) => /^[^[\]]*\[[^[\]]+\]$/.test(decode(key)));
  const plain = own.map(([key, value]): RawPair => [decode(key).slice(name.length), value]);
  const names = new Set(plain.map(([key]) => key));
  if (isOneLevel && names.size === plain.length) {
    const text = plain.map(([key, value]) => `${NAME}${key}=${protect(value)}`).join('&');
    const declared = { name, in: 'query', style: 'deepObject', explode: true };
    const deep = { ...declared, isLegacy: false, collectionFormat: '', mediaType: '' };
    return decoded(library(deep, 'object').parse(protectNames(text)), 'object', decode);
  }
  const text = plain
    .map(([key, value]) => `${NAME}${encodeURIComponent(key)}=${encodeURIComponent(decode(value))}`)
    .join('&');
  const options = { depth: 30, arrayLimit: 1000, parameterLimit: 10_000, plainObjects: true };
  return parseDeep(text, options)[NAME];
}

/** The library decodes once; names were decoded already. */
function protectNames(text: string): string {
  return text.replace(/\[([^\]]*)\]/g, (_, key: string) => `[${protect(encodeURIComponent(key))}]`);
}

function library(declared: DescribedParameter, shape: Shape): LibraryParameter {
  const { isLegacy, style, explode, collectionFormat } = declared;
  const text = { type: 'string' };
  const more = { path: { required: true }, query: { allowEmptyValue: true } };
  const where = declared.in === 'path' || declared.in === 'query' ? more[declared.in] : {};
  const place = { name: NAME, in: declared.in, ...where };
  const schema = {
    value: text,
    list: { type: 'array', items: text },
    object: { type: 'object', additionalProperties: text },
  }[shape];
  const made: Iterable<unknown> = isLegacy
    ? new Enforcer.v2_0.Parameter({
        ...place,
        ...(shape === 'list' ? { type: 'array', items: text, collectionFormat } : text),
      })
    : new Enforcer.v3_0.Parameter({ ...place, style, explode, schema });
  const [parameter, fault] = made;
  if (!isParameter(parameter)) throw new Error(wordsOf(fault));
  return parameter;
}

function isParameter(value: unknown): value is LibraryParameter {
  return isTree(value) && typeof value['parse'] === 'function';
}

function decoded(parsed: Iterable<unknown>, shape: Shape, decode: Decode): unknown {
  const [value, fault] = parsed;
  if (fault !== undefined) throw new Error(wordsOf(fault));
  const piece = (one: unknown): unknown => {
    // The library marks empty texts that it was told to let pass.
    const text = isTree(one) && 'value' in one ? (one['value'] ?? '') : one;
    return typeof text === 'string' ? decode(text) : text;
  };
  if (shape === 'list') return Array.isArray(value) ? value.map(piece) : value;
  if (shape === 'object' && isTree(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [decode(key), piece(one)]));
  }
  return piece(value);
}

/** The library's exceptions are objects that write themselves. */
function wordsOf(fault: unknown): string {
  return `the library says: ${fault instanceof Error ? fault.message : JSON.stringify(fault)}`;
}
