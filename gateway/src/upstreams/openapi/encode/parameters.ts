/**
 * One closure per parameter, made from plain data: nothing of a document is read when a call is
 * made.
 */
import { contentText, encodeQuerystring, joinPairs } from './content-values.ts';
import { encodeCookieText } from './cookie-text.ts';
import { isVoid } from './delimited.ts';
import { compileHeaderStyle, headerText } from './header-styles.ts';
import { compilePairs, type Pair } from './pair-styles.ts';
import { compilePathStyle } from './path-styles.ts';
import { encodeLoosely, encodeStrictly } from './percent.ts';
import { isWellFormed } from './scalars.ts';
import { unsendable, type Unsendable } from '../../api/http/request.ts';
import { isJsonObject, type Json } from '../../../kernel/index.ts';
import type { ParameterData } from './plan-data.ts';

/**
 * Writes a value as the API expects it: what stands in the path (`blue`, `;color=blue`), in the query
 * (`color=blue&color=black`), in the header, or in `Cookie` (`a=1; b=2`); all of it encoded. Null
 * where nothing is to be sent: for null and for a list or an object without parts.
 */
export type ParameterEncoder = (value: Json) => string | null | Unsendable;

/** @see ParameterEncoder */
export function encodeParameter(data: ParameterData, value: Json): string | null | Unsendable {
  return compileParameter(data)(value);
}

/** Refuses halves of surrogate pairs, and what a header cannot hold. */
export function compileParameter(data: ParameterData): ParameterEncoder {
  const encode = compileByLocation(data);
  return (value) => {
    if (value === null && !data.isRequired) return null;
    if (isWellFormed(value)) return encode(value);
    return unsendable(data.argument, 'It holds half of a surrogate pair, which is no character.');
  };
}

/** Whether the names of the value's members become names of the query or of cookies themselves. */
export function spreadsNames(data: ParameterData, value: Json): boolean {
  if (!isJsonObject(value)) return false;
  if (data.in === 'querystring') return true;
  const isPair = data.in === 'query' || data.in === 'cookie';
  return isPair && data.explode && data.mediaType === '' && data.style !== 'deepObject';
}

function compileByLocation(data: ParameterData): ParameterEncoder {
  switch (data.in) {
    case 'path':
      return compilePath(data);
    case 'query':
      return compileQuery(data);
    case 'header':
      return compileHeader(data);
    case 'cookie':
      return compileCookie(data);
    case 'querystring':
      return (value) => (value === null ? '' : encodeQuerystring(data.mediaType, value));
    default:
      return data.in satisfies never;
  }
}

function compilePath(data: ParameterData): ParameterEncoder {
  if (data.mediaType !== '') return (value) => encodeStrictly(contentText(data.mediaType, value));
  const style = compilePathStyle(data);
  return (value) => style(value ?? '');
}

function compileQuery(data: ParameterData): ParameterEncoder {
  const name = encodeStrictly(data.name);
  if (data.mediaType !== '') {
    return (value) => `${name}=${encodeStrictly(contentText(data.mediaType, value))}`;
  }
  const pairs = compilePairs({
    ...data,
    encodeName: encodeStrictly,
    encode: data.allowReserved ? encodeLoosely : encodeStrictly,
  });
  return (value) => orNothing(data, name, pairs(value ?? ''), '&');
}

function compileHeader(data: ParameterData): ParameterEncoder {
  if (data.mediaType !== '') {
    return (value) => headerText(data.argument, contentText(data.mediaType, value));
  }
  const style = compileHeaderStyle(data);
  return (value) => {
    const given = value ?? '';
    if (isVoid(given) && !data.isRequired) return null;
    return headerText(data.argument, style(given));
  };
}

function compileCookie(data: ParameterData): ParameterEncoder {
  const encode = data.style === 'cookie' ? encodeCookieText : encodeStrictly;
  const name = encodeStrictly(data.name);
  if (data.mediaType !== '') {
    return (value) => `${name}=${encode(contentText(data.mediaType, value))}`;
  }
  const pairs = compilePairs({ ...data, encodeName: encodeStrictly, encode });
  return (value) => orNothing(data, name, pairs(value ?? ''), '; ');
}

/** A required parameter is sent empty rather than not at all. */
function orNothing(
  data: ParameterData,
  name: string,
  pairs: readonly Pair[],
  separator: '&' | '; ',
): string | null {
  if (pairs.length > 0) return joinPairs(pairs, separator);
  return data.isRequired ? `${name}=` : null;
}
