/** Values of PostgreSQL in its text format, as JSON that keeps them exactly. */
import { parseExact, type Json } from '../../../kernel/index.ts';

type Read = (text: string) => Json;

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** NaN and the infinities are words in JSON. */
const number: Read = (text) => (NUMBER.test(text) ? parseExact(text) : text);
const boolean: Read = (text) => text === 't';
const json: Read = (text) => {
  try {
    return parseExact(text);
  } catch {
    return text;
  }
};
const bytes: Read = (text) => Buffer.from(text.slice(2), 'hex').toString('base64');
const instant: Read = (text) =>
  text.replace(/^(\d{4,}-\d\d-\d\d) /, '$1T').replace(/([+-]\d\d)$/, '$1:00');

/** By object id of the type (pg_type.dat). Every other type is its text. */
const READERS: ReadonlyMap<number, Read> = new Map([
  ...[20, 21, 23, 26, 700, 701, 1700].map((oid): [number, Read] => [oid, number]),
  [16, boolean],
  [17, bytes],
  [114, json],
  [3802, json],
  [1114, instant],
  [1184, instant],
]);

/** The type of the items, by that of the array. */
const ITEMS: ReadonlyMap<number, number> = new Map([
  ...([
    [1000, 16],
    [1001, 17],
    [1005, 21],
    [1007, 23],
    [1016, 20],
    [1021, 700],
  ] as const),
  ...([
    [1022, 701],
    [1231, 1700],
    [199, 114],
    [3807, 3802],
    [1115, 1114],
  ] as const),
  ...([
    [1185, 1184],
    [1009, 25],
    [1015, 1043],
    [1002, 1042],
    [2951, 2950],
  ] as const),
  ...([
    [1182, 1082],
    [1183, 1083],
    [1003, 19],
  ] as const),
]);

/** @param oid of the column's type */
export function readerOf(oid: number): Read {
  const item = ITEMS.get(oid);
  if (item === undefined) return READERS.get(oid) ?? ((text) => text);
  const read = READERS.get(item) ?? ((text: string) => text);
  return (text) => readArray(text, read);
}

/** `{1,NULL,"a \"b\"",{2}}`; a text that is no array stays a text. */
function readArray(text: string, read: Read): Json {
  // Bounds other than from 1 stand in front: [0:2]={…}.
  const start = text.indexOf('{');
  if (start < 0) return text;
  const stack: Json[][] = [];
  let last: Json = text;
  for (let at = start; at < text.length;) {
    const [, quoted, plain] = itemAt(text, at);
    const top = stack.at(-1);
    if (quoted !== undefined) {
      top?.push(read(quoted.replace(/\\(.)/gs, '$1')));
      at += quoted.length + 2;
    } else if (plain !== undefined) {
      top?.push(plain === 'NULL' ? null : read(plain));
      at += plain.length;
    } else {
      if (text[at] === '{') stack.push([]);
      if (text[at] === '}') {
        last = stack.pop() ?? [];
        stack.at(-1)?.push(last);
      }
      at++;
    }
  }
  return last;
}

function itemAt(text: string, at: number): RegExpExecArray | readonly [] {
  const item = /"((?:[^"\\]|\\[^])*)"|([^{},"]+)/y;
  item.lastIndex = at;
  return item.exec(text) ?? [];
}

/** A list of texts as PostgreSQL reads arrays. */
export function arrayText(items: readonly (string | null)[]): string {
  const written = items.map((item) =>
    item === null ? 'NULL' : `"${item.replace(/[\\"]/g, '\\$&')}"`,
  );
  return `{${written.join(',')}}`;
}
