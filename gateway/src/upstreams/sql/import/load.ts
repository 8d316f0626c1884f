/** The queries of an entry, from its folder to what is kept of them. */
import { resolve } from 'node:path';
import type { Bundles } from '../../api/bundles/store.ts';
import type { SqlConfig } from '../config-schema.ts';
import { dialectOf, shownAddress } from '../dialect.ts';
import { readFolder, type QueryFile } from './folder.ts';
import { readQueries, type SqlSource } from './read.ts';

/** @returns words where there is none that could be read */
export async function filesOf(
  { queries }: SqlConfig,
  directory: string,
): Promise<readonly QueryFile[] | string> {
  if (queries === undefined) return [];
  const files = await readFolder(resolve(directory, queries));
  if (typeof files === 'string') return `The folder ${queries}: ${files}.`;
  return files.length === 0 ? `The folder ${queries} has no .sql files.` : files;
}

/** @param knownNames names of tools by key, of earlier imports */
export function readSource(
  { url = '', queries, introspection, schemas = [] }: SqlConfig,
  files: readonly QueryFile[],
  knownNames: ReadonlyMap<string, string>,
): SqlSource {
  return readQueries(files, {
    dialect: dialectOf(url) ?? 'postgres',
    hasIntrospection: introspection ?? queries === undefined,
    schemas,
    server: shownAddress(url),
    knownNames,
  });
}

/** Names stick over imports, and a later comparison finds what callers have now. */
export async function keepSource(
  bundles: Bundles,
  id: string,
  { introspection, queries, schemas }: SqlConfig,
  files: readonly QueryFile[],
  { index }: SqlSource,
): Promise<void> {
  const options = JSON.stringify([
    introspection ?? queries === undefined,
    schemas ?? [],
    index.digest,
  ]);
  const sources = files.map(({ file, digest }, at) => ({
    role: at === 0 ? ('document' as const) : ('reference' as const),
    location: file,
    foundAt: file,
    digest,
    stamp: null,
    etag: '',
  }));
  if (sources.length === 0) return;
  await bundles.keep(id, {
    options,
    index,
    sources,
    bytes: files.map(({ bytes }) => bytes),
    names: bundles.names(id),
  });
}

/** What was kept last. @returns undefined where it is not whole any more */
export function keptSource(bundles: Bundles, id: string, config: SqlConfig): SqlSource | undefined {
  const record = bundles.record(id);
  const bundle = record === undefined ? undefined : bundles.open(record);
  if (record === undefined || bundle === undefined) return undefined;
  const files = record.sources.flatMap(({ location, digest }, at) => {
    const bytes = bundle.source(at);
    return bytes === undefined ? [] : [{ file: location, bytes, digest }];
  });
  if (files.length !== record.sources.length) return undefined;
  return readSource(config, files, bundles.names(id));
}
