/** Files of queries that were changed: what is good of them is taken up, the rest stays as it was. */
import type { SqlConfig } from '../config-schema.ts';
import type { Database } from '../drivers/database.ts';
import { checkQueries } from './check.ts';
import type { QueryFile } from './folder.ts';
import { readSource } from './load.ts';
import type { SqlSource } from './read.ts';

export interface Renewed {
  readonly files: readonly QueryFile[];
  readonly source: SqlSource;
  /** Files that cannot be used as they are now. */
  readonly faults: readonly FileFault[];
}

export interface FileFault {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  /** Its last good content is in force. */
  readonly isKept: boolean;
}

/** @param before the files that are in force */
export async function renewSource(
  before: readonly QueryFile[],
  now: readonly QueryFile[],
  knownNames: ReadonlyMap<string, string>,
  { config, database }: { readonly config: SqlConfig; readonly database: Database },
  signal: AbortSignal,
): Promise<Renewed> {
  const known = new Map(before.map((one) => [one.file, one]));
  const read = readSource(config, now, knownNames);
  const changed = new Set(
    now.filter(({ file, digest }) => known.get(file)?.digest !== digest).map(({ file }) => file),
  );
  const queries = new Map([...read.queries].filter(([, { file }]) => changed.has(file)));
  const checked = await checkQueries({ queries }, database, config, signal);
  const faults = [...read.faults, ...checked].map(({ file, line, text }): FileFault => ({
    file,
    line,
    text,
    isKept: changed.has(file) && known.has(file),
  }));
  const broken = new Set(faults.filter(({ isKept }) => isKept).map(({ file }) => file));
  const files = now.map((one) => (broken.has(one.file) ? (known.get(one.file) ?? one) : one));
  const source = broken.size === 0 ? read : readSource(config, files, knownNames);
  return { files, source, faults };
}
