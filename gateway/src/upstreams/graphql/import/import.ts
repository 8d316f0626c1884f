/** From the configuration of a GraphQL upstream to its index, by the shortest way there is. */
import type { FindAddresses, WayOut } from '../../../egress/index.ts';
import type { Clock } from '../../../kernel/index.ts';
import { digestOf } from '../../api/bundles/kept-file.ts';
import type { ImportRecord, SourceRecord } from '../../api/bundles/record.ts';
import type { Bundle, Bundles } from '../../api/bundles/store.ts';
import { summarizeChanges, type ChangeSummary } from '../../api/preview/diff/summary.ts';
import { createLoader, isUrl, type Loaded, type Loader } from '../../api/sources/load.ts';
import type { Endpoint } from '../call/endpoint.ts';
import type { GraphQlConfig } from '../config-schema.ts';
import { FORM, readDocument, type GraphQlDocument } from '../index/document.ts';
import { introspect } from '../source/introspect.ts';
import type { SchemaFault } from '../source/read-schema.ts';
import { operationFiles } from './files.ts';

export interface LoadDeps {
  readonly directory: string;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Names and values in turn, for a schema at an address. */
  readonly headers: readonly string[];
  readonly find?: FindAddresses;
  readonly wayOut?: WayOut | undefined;
  /** Where the schema is asked for; undefined where the entry has no address. */
  readonly endpoint: Endpoint | undefined;
}

export interface ImportSettings extends LoadDeps {
  readonly upstream: string;
  readonly config: GraphQlConfig;
  /** Of the gateway: another one may compile the same schema to other plans. */
  readonly version: string;
  readonly bundles: Bundles;
  /** Hears what a schema that was read anew changed against the last import. */
  readonly onChanged?: (summary: ChangeSummary) => void;
}

export interface Imported {
  readonly bundle: Bundle;
  /** Read on first need where the import was at hand. @returns words */
  readonly document: () => GraphQlDocument | string;
  /** Whether a schema was parsed. */
  readonly wasRead: boolean;
}

/** The schema first, then the files with operations. */
export type Sources = readonly [Loaded, ...Loaded[]];

/** @returns words that say what is wrong with the schema and what to do */
export async function importGraphQl(settings: ImportSettings): Promise<Imported | string> {
  const { config, bundles, upstream } = settings;
  const files = await operationFiles(config.operations ?? [], settings.directory);
  if (typeof files === 'string') return `The operations cannot be read: ${files}.`;
  const options = optionsDigest(settings, files);
  const record = bundles.record(upstream);
  const known = record?.options === options ? record : undefined;
  const recalled = known === undefined ? undefined : await recall(known, settings);
  if (recalled !== undefined && 'bundle' in recalled) return recalled;
  const before = record === undefined ? undefined : bundles.open(record)?.index;
  const sources = await loadSources(config, files, settings, recalled?.schema);
  if (typeof sources === 'string') return sources;
  const names = bundles.names(upstream);
  const document = documentOf(sources, config, names);
  if (!('index' in document)) return `The schema cannot be used. ${document.text}`;
  const bundle = await bundles.keep(upstream, {
    options,
    index: document.index,
    sources: sources.map((source) => source.record),
    bytes: sources.map(({ bytes }) => bytes),
    names,
  });
  const summary = before === undefined ? undefined : summarizeChanges(before, bundle.index);
  if (summary !== undefined) settings.onChanged?.(summary);
  return { bundle, document: () => document, wasRead: true };
}

/** Everything but the sources that decides what an import holds. */
function optionsDigest(
  { config, version, directory }: ImportSettings,
  files: readonly string[],
): string {
  const { url, schema, generate, include, exclude, mutations, dynamic, subscriptions } = config;
  const chosen = { generate, include, exclude, mutations, dynamic, subscriptions };
  const all = { url, schema, ...chosen, directory, files };
  return digestOf(JSON.stringify(['graphql', FORM, version, all]));
}

/** The last import where nothing of it has changed since, else the schema as it was asked for now. */
async function recall(
  record: ImportRecord,
  settings: ImportSettings,
): Promise<Imported | { readonly schema: Loaded | undefined }> {
  const loader = loaderOf(settings.config, settings);
  const checked: SourceRecord[] = [];
  let isSame = true;
  let asked: Loaded | undefined;
  for (const source of record.sources) {
    if (source.role === 'document' && settings.config.schema === undefined) {
      const loaded = await askSchema(settings.config, settings);
      // What cannot be asked now is taken as it was.
      asked = typeof loaded === 'string' ? undefined : loaded;
      isSame &&= asked === undefined || asked.record.digest === source.digest;
      checked.push(source);
    } else {
      const found = await loader.check(source);
      isSame &&= found.kind === 'same';
      checked.push(found.kind === 'same' ? found.record : source);
    }
  }
  const bundle = isSame ? settings.bundles.open(record) : undefined;
  if (bundle === undefined) return { schema: asked };
  if (checked.some((source, at) => source !== record.sources[at])) {
    await settings.bundles.restamp(settings.upstream, { ...record, sources: checked });
  }
  return { bundle, document: once(() => reread(record, bundle, settings.config)), wasRead: false };
}

/** @param asked the schema where it was asked for already @returns words */
export async function loadSources(
  config: GraphQlConfig,
  files: readonly string[],
  deps: LoadDeps,
  asked?: Loaded,
): Promise<Sources | string> {
  const loader = loaderOf(config, deps);
  const schema =
    asked ??
    (config.schema === undefined
      ? await askSchema(config, deps)
      : await readFile(config.schema, loader));
  if (typeof schema === 'string') return schema;
  const others: Loaded[] = [];
  for (const file of files) {
    const loaded = await loader.written(file, 'overlay');
    if (typeof loaded === 'string') return `The operations ${file} cannot be read: ${loaded}.`;
    others.push(loaded);
  }
  return [schema, ...others];
}

function loaderOf(config: GraphQlConfig, deps: LoadDeps): Loader {
  return createLoader({ ...deps, document: config.schema ?? '', references: [] });
}

async function readFile(path: string, loader: Loader): Promise<Loaded | string> {
  const loaded = await loader.written(path, 'document');
  if (typeof loaded !== 'string') return loaded;
  // What is wrong with an address names it already.
  return isUrl(path) ? `${loaded}.` : `The schema ${path} cannot be read: ${loaded}.`;
}

async function askSchema(config: GraphQlConfig, deps: LoadDeps): Promise<Loaded | string> {
  const { endpoint } = deps;
  const url = config.url ?? '';
  if (endpoint === undefined) return 'The entry has neither a schema nor an address to ask for it.';
  const asked = await introspect(endpoint, deps.timeoutMs, deps.signal);
  if (typeof asked === 'string') {
    return `The schema cannot be had from the API: ${asked}`;
  }
  const place = { location: url, foundAt: url, digest: digestOf(asked), etag: '' };
  return { bytes: asked, record: { role: 'document', ...place, stamp: null } };
}

export function documentOf(
  [schema, ...operations]: Sources,
  config: GraphQlConfig,
  names: ReadonlyMap<string, string>,
): GraphQlDocument | SchemaFault {
  return readDocument(
    {
      schema: schema.bytes,
      operations: operations.map(({ bytes, record }) => ({ location: record.location, bytes })),
    },
    config,
    names,
  );
}

/** Reads the sources of a bundle again, as they were. @returns words where they are gone */
export function reread(
  record: ImportRecord,
  bundle: Bundle,
  config: GraphQlConfig,
): GraphQlDocument | string {
  const loaded = record.sources.flatMap((source, at): Loaded[] => {
    const bytes = bundle.source(at);
    return bytes === undefined ? [] : [{ bytes, record: source }];
  });
  const [schema, ...operations] = loaded;
  if (schema === undefined || loaded.length < record.sources.length) {
    return 'The schema is not at hand any more; reload the configuration.';
  }
  const names = new Map(bundle.index.operations.map(({ key, name }) => [key, name]));
  const document = documentOf([schema, ...operations], config, names);
  return 'index' in document ? document : document.text;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
