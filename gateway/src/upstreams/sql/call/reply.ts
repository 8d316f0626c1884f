/** What a database answered, as the reply of an API. */
import type { Json, JsonObject } from '../../../kernel/index.ts';
import { ownMember, stringifyExact } from '../../../kernel/index.ts';
import type { Reply, ReplyBody } from '../../api/model.ts';
import { imageType } from '../../api/results/media.ts';
import type { Ran } from '../drivers/database.ts';
import type { Query } from '../queries/query.ts';

/** @param values of the call, defaults included */
export function replyOf(ran: Ran, query: Query, values: JsonObject): Reply {
  const { header, statement } = query;
  const file = fileOf(ran, query);
  if (file !== undefined) return { kind: 'answer', status: 'OK', body: file, nextUrl: '' };
  const names = uniqueNames(ran.columns);
  const rows = ran.rows.map((row) => objectOf(names, row));
  const answer: Record<string, Json> = {};
  if (header.effect !== 'read') answer['affectedRows'] = Math.max(ran.affected, 0);
  if (header.effect === 'read' || ran.columns.length > 0) answer['rows'] = rows;
  const next = nextKey(query, rows, values);
  if (next !== undefined) answer['next'] = next;
  return {
    kind: 'answer',
    status: 'OK',
    body: { kind: 'json', value: answer },
    nextUrl: '',
    ...(ran.cut === '' ? {} : { note: cutNote(ran, statement.order) }),
  };
}

/** What a query that answers with a file found, or one that found nothing but bytes. */
function fileOf(ran: Ran, { header: { file } }: Query): ReplyBody | undefined {
  const { columns, binary, rows } = ran;
  const [row] = rows;
  const at = file === null ? 0 : columns.indexOf(file.content);
  const isAlone = columns.length === 1 && rows.length === 1 && binary.includes(0);
  const content = row?.[at];
  if (row === undefined || (file === null && !isAlone)) return undefined;
  if (content === undefined || content === null || at < 0) return undefined;
  const bytes = Buffer.from(textOf(content), binary.includes(at) ? 'base64' : 'utf8');
  const textAt = (column: string): string => textOf(row[columns.indexOf(column)] ?? '');
  const { type = '', name = '' } = file ?? {};
  const declared = type.includes('/') ? type : textAt(type);
  const mimeType = declared || imageType(bytes) || 'application/octet-stream';
  return { kind: 'binary', bytes, mimeType, filename: textAt(name) };
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : stringifyExact(value);
}

function objectOf(names: readonly string[], row: readonly Json[]): JsonObject {
  const object: Record<string, Json> = {};
  for (let at = 0; at < names.length; at++) {
    const name = names[at] ?? '';
    const value = row[at] ?? null;
    // Assigned, this one would be lost.
    if (name === '__proto__') Object.defineProperty(object, name, { value, ...PLAIN });
    else object[name] = value;
  }
  return object;
}

const PLAIN = { enumerable: true, configurable: true, writable: true };

/** An object keeps one value by name: the second `id` is `id_2`. */
function uniqueNames(columns: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return columns.map((column) => {
    let name = column;
    for (let number = 2; taken.has(name); number++) name = `${column}_${number}`;
    taken.add(name);
    return name;
  });
}

/** Where the next page begins, if this one is full. */
function nextKey(
  { header: { page } }: Query,
  rows: readonly JsonObject[],
  values: JsonObject,
): Json | undefined {
  if (page?.style !== 'keyset') return undefined;
  const size = Number(ownMember(values, page.limit) ?? Number.NaN);
  const last = rows.at(-1);
  return last === undefined || rows.length < size ? undefined : ownMember(last, page.column);
}

function cutNote({ rows, cut }: Ran, order: readonly string[]): string {
  const limit = cut === 'rows' ? 'are more rows' : 'is more data';
  const names = [...new Set(order)].slice(0, 8);
  const how =
    names.length === 0
      ? 'the query takes no arguments that could narrow it'
      : `narrow the query by ${names.join(', ')}`;
  return `Only the first ${rows.length} rows: there ${limit} than one answer holds; ${how}.`;
}
