/** Values of PostgreSQL in its text format, as JSON that keeps them exactly. */
import { parseExact, type Json } from '../../../kernel/index.ts';
import type { Bound } from '../queries/types.ts';
import { numberOf } from './numbers.ts';

type Read = (text: string) => Json;

const boolean: Read = (text) => text === 't';
const json: Read = (text) => {
  try {
    return parseExact(text);
  } catch {
    return text;
  }
};
const bytes: Read = (text) => Buffer.from(text.slice(2), 'hex').toString('base64');
/** A year has four digits or more; `infinity` and years before the first keep their words. */
const instant: Read = (text) => {
  const at = text.indexOf(' ');
  if (at < 10 || text.endsWith('BC')) return text;
  const zone = text.charCodeAt(text.length - 3);
  const isShort = zone === PLUS || (zone === MINUS && text.length - 3 > at);
  return `${text.slice(0, at)}T${text.slice(at + 1)}${isShort ? ':00' : ''}`;
};
const PLUS = 43;
const MINUS = 45;

/** By object id of the type (pg_type.dat). Every other type is its text. */
const READERS: ReadonlyMap<number, Read> = new Map([
  ...[20, 21, 23, 26, 700, 701, 1700].map((oid): [number, Read] => [oid, numberOf]),
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

/** A bound value in text format; bytes are sent as they are. */
export function wireOf(value: Bound): string | Buffer | null {
  if (value === null || typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value);
  return typeof value === 'object' ? arrayText(value) : String(value);
}

/** A list of texts as PostgreSQL reads arrays. */
function arrayText(items: readonly (string | null)[]): string {
  const written = items.map((item) =>
    item === null ? 'NULL' : `"${item.replace(/[\\"]/g, '\\$&')}"`,
  );
  return `{${written.join(',')}}`;
}
