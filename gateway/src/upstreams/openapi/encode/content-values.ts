/** Values that are described by a media type rather than by a style. */
import { isJsonObject, type Json, stringifyExact } from '../../../kernel/index.ts';
import { compilePairs, type Pair } from './pair-styles.ts';
import { encodeStrictly } from './percent.ts';
import { membersOf, wordOf } from './scalars.ts';

/** `application/json`, `application/geo+json; version=1`. */
export function isJsonType(mediaType: string): boolean {
  return /^[^;]*[/+]json\s*(?:;|$)/i.test(mediaType);
}

/** @returns the text before any encoding: JSON where the type says so or the value has parts */
export function contentText(mediaType: string, value: Json): string {
  return isJsonType(mediaType) ? stringifyExact(value) : wordOf(value);
}

/** The whole query (OpenAPI 3.2, `in: querystring`): pairs for a form, else one encoded text. */
export function encodeQuerystring(mediaType: string, value: Json): string {
  if (isJsonType(mediaType) || !isJsonObject(value)) {
    return encodeStrictly(contentText(mediaType, value));
  }
  return joinPairs(
    membersOf(value).flatMap(([name, item]) => querystringPairs(name, item)),
    '&',
  );
}

function querystringPairs(name: string, value: Json): Pair[] {
  if (isJsonObject(value)) return [[encodeStrictly(name), encodeStrictly(stringifyExact(value))]];
  return compilePairs({
    name,
    style: 'form',
    explode: true,
    deepArrays: 'repeat',
    encodeName: encodeStrictly,
    encode: encodeStrictly,
  })(value);
}

/** Pairs as one text: `a=1&b=2`. */
export function joinPairs(pairs: readonly Pair[], separator: '&' | '; '): string {
  return pairs.map(([name, value]) => `${name}=${value}`).join(separator);
}
