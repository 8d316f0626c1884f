/** Path parameters: RFC 6570 expansions `{x}`, `{.x}` and `{;x}`, with and without `*`. */
import { join, isVoid } from './delimited.ts';
import { itemsOf, membersOf, wordOf } from './scalars.ts';
import { encodeStrictly, type Percent } from './percent.ts';
import { isJsonArray, isJsonObject, type Json } from '../../../kernel/index.ts';
import type { ParameterData } from './plan-data.ts';

/** @returns what stands in the path; it never holds `/`, `?` or `#` */
export function compilePathStyle(data: ParameterData): (value: Json) => string {
  const encode = data.allowReserved ? encodeInSegment : encodeStrictly;
  if (data.style === 'label') return label(data.explode, encode);
  if (data.style === 'matrix') return matrix(encodeStrictly(data.name), data.explode, encode);
  const pair = data.explode ? '=' : ',';
  return (value) => join(value, ',', pair, encode);
}

/** What RFC 3986 lets stand in a segment, but for the characters that styles put between items. */
function encodeInSegment(text: string): string {
  return text.replace(/[^\w.~!$&'()*+:@-]+/g, encodeStrictly);
}

function label(explode: boolean, encode: Percent): (value: Json) => string {
  return (value) => {
    if (isVoid(value)) return '';
    return `.${explode ? join(value, '.', '=', encode) : join(value, ',', ',', encode)}`;
  };
}

function matrix(name: string, explode: boolean, encode: Percent): (value: Json) => string {
  const pair = (key: string, text: string): string => (text === '' ? `;${key}` : `;${key}=${text}`);
  return (value) => {
    if (isVoid(value)) return '';
    if (!explode) return pair(name, join(value, ',', ',', encode));
    if (isJsonArray(value)) {
      return itemsOf(value)
        .map((item) => pair(name, encode(wordOf(item))))
        .join('');
    }
    if (!isJsonObject(value)) return pair(name, encode(wordOf(value)));
    return membersOf(value)
      .map(([key, item]) => pair(encode(key), encode(wordOf(item))))
      .join('');
  };
}
