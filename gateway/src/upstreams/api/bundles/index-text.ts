/**
 * An index as it is kept. Its operations are written by columns: what is told of thousands of them is
 * read many times faster as a few long texts than as thousands of objects, and what many of them have
 * in common is written once.
 */
import type { ApiIndex, Operation } from '../model.ts';
import { isIndex, isMembers } from './shapes.ts';

/** Texts of operations, in the order of the columns. */
const TEXTS = ['key', 'name', 'title', 'summary', 'verb', 'place', 'pointer'] as const;

type TextName = (typeof TEXTS)[number];
type Shared = Pick<Operation, 'aliases' | 'tags' | 'isDeprecated' | 'effects' | 'auth'> & {
  readonly source: string;
};

/** A character that JSON does not escape and hardly any text holds. */
const BETWEEN = '\x7f';

/** Values with `BETWEEN` between them, or as a list where one of them holds it. */
type Column = string | readonly string[];

interface Columns {
  readonly texts: readonly Column[];
  readonly lines: readonly number[];
  /** What operations have in common with others, and where each finds its own. */
  readonly shared: readonly Shared[];
  readonly which: readonly number[];
}

export function indexText(index: ApiIndex): string {
  return JSON.stringify({ ...index, operations: [], columns: columnsOf(index.operations) });
}

/** @returns undefined where it is none */
export function readIndexText(text: string): ApiIndex | undefined {
  const value: unknown = JSON.parse(text);
  if (!isMembers(value) || !isIndex(value)) return undefined;
  const { columns, ...index } = value;
  const operations = isColumns(columns) ? operationsOf(columns) : undefined;
  return operations === undefined ? undefined : { ...index, operations };
}

function columnsOf(operations: readonly Operation[]): Columns {
  const known = new Map<string, number>();
  const shared: Shared[] = [];
  const which = operations.map(({ aliases, tags, isDeprecated, effects, auth, at: { source } }) => {
    const one = { aliases, tags, isDeprecated, effects, auth, source };
    const text = JSON.stringify(one);
    const place = known.get(text) ?? shared.push(one) - 1;
    known.set(text, place);
    return place;
  });
  const texts = TEXTS.map((name) => columnOf(operations.map((each) => textOf(each, name))));
  return { texts, lines: operations.map(({ at }) => at.line), shared, which };
}

function textOf(operation: Operation, name: TextName): string {
  return name === 'pointer' ? operation.at.pointer : operation[name];
}

function columnOf(values: readonly string[]): Column {
  return values.some((value) => value.includes(BETWEEN)) ? values : values.join(BETWEEN);
}

function operationsOf({ texts, lines, shared, which }: Columns): Operation[] | undefined {
  const [keys, names, titles, summaries, verbs, places, pointers] = texts.map((column) =>
    typeof column === 'string' ? column.split(BETWEEN) : column,
  );
  const operations: Operation[] = [];
  for (let row = 0; row < lines.length; row++) {
    const line = lines[row];
    const key = keys?.[row];
    const name = names?.[row];
    const title = titles?.[row];
    const summary = summaries?.[row];
    const verb = verbs?.[row];
    const place = places?.[row];
    const pointer = pointers?.[row];
    const common = shared[which[row] ?? -1];
    if (key === undefined || name === undefined || title === undefined) return undefined;
    if (summary === undefined || verb === undefined || place === undefined) return undefined;
    if (pointer === undefined || line === undefined || common === undefined) return undefined;
    const { aliases, tags, isDeprecated, effects, auth, source } = common;
    const at = { source, pointer, line };
    operations.push({
      key,
      name,
      aliases,
      title,
      summary,
      tags,
      isDeprecated,
      verb,
      place,
      effects,
      auth,
      at,
    });
  }
  return operations;
}

function isColumns(value: unknown): value is Columns {
  return (
    isMembers(value) &&
    Array.isArray(value['texts']) &&
    value['texts'].length === TEXTS.length &&
    value['texts'].every((column) => typeof column === 'string' || Array.isArray(column)) &&
    ['lines', 'shared', 'which'].every((name) => Array.isArray(value[name]))
  );
}
