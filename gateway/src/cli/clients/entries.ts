/** The servers in a client's file. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import type { Client, Layout, Machine, Scope } from './client.ts';
import { MAX_FILE_BYTES, isTable, readFileText, tableAt } from './read-file.ts';

/** One entry as the client has it. */
export interface FoundEntry {
  /** Id of the client; '' where the file was named by itself. */
  readonly client: string;
  readonly file: string;
  readonly scope: Scope;
  readonly layout: Layout;
  readonly name: string;
  readonly value: unknown;
}

/** A file that cannot be read. */
export interface BadFile {
  readonly client: string;
  readonly file: string;
  readonly why: string;
}

export interface Findings {
  readonly entries: readonly FoundEntry[];
  readonly bad: readonly BadFile[];
}

/** Everything in the files that these clients have on this machine. */
export function findEntries(clients: readonly Client[], machine: Machine): Findings {
  const found: Findings[] = [];
  for (const client of clients) {
    for (const { path, scope, keys } of client.files) {
      const file = path(machine);
      if (file === undefined || !existsSync(file)) continue;
      const layout = keys === undefined ? client.layout : { ...client.layout, keys: keys(machine) };
      found.push(entriesOf(file, { client: client.id, scope, layout }));
    }
  }
  return {
    entries: found.flatMap(({ entries }) => entries),
    bad: found.flatMap(({ bad }) => bad),
  };
}

/** The entries of one file. */
export function entriesOf(
  file: string,
  where: Pick<FoundEntry, 'client' | 'scope' | 'layout'>,
): Findings {
  const { client, layout } = where;
  const text = textOf(file);
  if (typeof text !== 'string') return { entries: [], bad: [{ client, file, why: text.why }] };
  const read = readFileText(text, layout.syntax);
  if (!read.ok) {
    const why = `line ${read.line}, column ${read.column}: ${read.why}`;
    return { entries: [], bad: [{ client, file, why }] };
  }
  const entries = namedIn(read.value, layout.keys).map(([name, value]) => ({
    ...where,
    file,
    name,
    value,
  }));
  return { entries, bad: [] };
}

/** By name; a list of entries that say their own name is read as well. */
function namedIn(
  value: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): [string, unknown][] {
  const parent = tableAt(value, keys.slice(0, -1));
  const list = parent[keys.at(-1) ?? ''];
  if (!Array.isArray(list)) return Object.entries(tableAt(value, keys));
  return list.flatMap((each: unknown) =>
    isTable(each) && typeof each['name'] === 'string' ? [[each['name'], each]] : [],
  );
}

function textOf(file: string): string | { readonly why: string } {
  try {
    if (statSync(file).size > MAX_FILE_BYTES) return { why: 'it is too large' };
    return readFileSync(file, 'utf8');
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  }
}
