/** Names with values: query strings, cookies and forms write the same styles. */
import { isVoid, join } from './delimited.ts';
import { itemsOf, membersOf, wordOf } from './scalars.ts';
import { isJsonArray, isJsonObject, type Json } from '../../../kernel/index.ts';
import type { ParameterStyle } from '../document.ts';
import type { Percent } from './percent.ts';
import type { DeepArrays } from './plan-data.ts';

/** A name and its value, both encoded. */
export type Pair = readonly [name: string, value: string];

/** How one parameter, cookie or property of a form is written. */
export interface PairStyle {
  readonly name: string;
  readonly style: ParameterStyle;
  readonly explode: boolean;
  readonly deepArrays: DeepArrays;
  /** Of names. */
  readonly encodeName: Percent;
  /** Of values; writes `,` otherwise where it separates items. */
  readonly encode: Percent;
  /** Whether nothing is encoded where it stands, separators included. */
  readonly isBare?: boolean;
}

/** @returns no pairs where a list or an object is empty */
export function compilePairs(of: PairStyle): (value: Json) => Pair[] {
  const name = of.encodeName(of.name);
  if (of.style === 'deepObject') return (value) => deepPairs(of, of.name, value, true);
  const encode = of.encode;
  const separator = of.explode ? '' : separatorOf(of.style, of.isBare === true);
  // A comma that is encoded nowhere else has to be where it would begin the next item.
  const encodeItem: Percent =
    of.isBare === true && separator !== ','
      ? encode
      : (text) => encode(text).replaceAll(',', '%2C');
  return (value) => {
    if (isVoid(value)) return [];
    if (separator !== '') {
      return [
        [
          name,
          isJsonArray(value) || isJsonObject(value)
            ? join(value, separator, separator, encodeItem)
            : encode(wordOf(value)),
        ],
      ];
    }
    if (isJsonArray(value)) return itemsOf(value).map((item) => [name, encode(wordOf(item))]);
    if (!isJsonObject(value)) return [[name, encode(wordOf(value))]];
    return membersOf(value).map(([key, item]) => [of.encodeName(key), encode(wordOf(item))]);
  };
}

/** Space, bar and tab may not stand bare in an address. */
function separatorOf(style: ParameterStyle, isBare: boolean): string {
  if (style === 'spaceDelimited') return isBare ? ' ' : '%20';
  if (style === 'pipeDelimited') return isBare ? '|' : '%7C';
  if (style === 'tabDelimited') return isBare ? '\t' : '%09';
  return ',';
}

function deepPairs(of: PairStyle, path: string, value: Json, isTop: boolean): Pair[] {
  if (isJsonObject(value)) {
    return membersOf(value).flatMap(([key, item]) => deepPairs(of, `${path}[${key}]`, item, false));
  }
  if (!isJsonArray(value)) return [[of.encodeName(path), of.encode(wordOf(value))]];
  const items = itemsOf(value);
  // Members of different items would be mixed up without their positions.
  const isNested = items.some((item) => isJsonArray(item) || isJsonObject(item));
  return items.flatMap((item, at) => {
    if (isNested || of.deepArrays === 'indices')
      return deepPairs(of, `${path}[${at}]`, item, false);
    const end = isTop || of.deepArrays === 'brackets' ? '[]' : '';
    return deepPairs(of, path + end, item, false);
  });
}
