/** What a database answered, as the reply of an API. */
import type { Json, JsonObject } from '../../../kernel/index.ts';
import { ownMember } from '../../../kernel/index.ts';
import type { Reply } from '../../api/model.ts';
import type { Ran } from '../drivers/database.ts';
import type { Query } from '../queries/query.ts';

/** @param values of the call, defaults included */
export function replyOf(ran: Ran, query: Query, values: JsonObject): Reply {
  const { header, statement } = query;
  const names = uniqueNames(ran.columns);
  const rows = ran.rows.map((row) =>
    Object.fromEntries(names.map((name, at): [string, Json] => [name, row[at] ?? null])),
  );
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
  const limit = cut === 'rows' ? 'more rows' : 'more data';
  const names = [...new Set(order)].slice(0, 8);
  const how =
    names.length === 0
      ? 'the query takes no arguments that could narrow it'
      : `narrow the query by ${names.join(', ')}`;
  return `Only the first ${rows.length} rows: there is ${limit} than one answer holds; ${how}.`;
}
