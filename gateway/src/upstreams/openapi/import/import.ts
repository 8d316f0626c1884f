/** From the configuration of an OpenAPI upstream to its index, by the shortest way there is. */
import type { Bundle, Bundles } from '../../api/bundles/store.ts';
import { digestOf } from '../../api/bundles/kept-file.ts';
import type { ImportRecord, SourceRecord } from '../../api/bundles/record.ts';
import type { ApiIndex } from '../../api/model.ts';
import { summarizeChanges, type ChangeSummary } from '../../api/preview/diff/summary.ts';
import type { OpenApiConfig } from '../config-schema.ts';
import type { OpenApiDocument } from '../document.ts';
import type { OperationFilter, OperationSelection } from '../operation-filter.ts';
import { readOpenApi, rereadOpenApi, type ReadFault } from '../read.ts';
import {
  createLoader,
  isUntouched,
  isUrl,
  type Loaded,
  type Loader,
  type LoadSettings,
} from '../../api/sources/load.ts';

export interface ImportSettings extends Omit<LoadSettings, 'document' | 'references'> {
  readonly upstream: string;
  readonly config: OpenApiConfig;
  /** Of the gateway: another one may compile the same document to other plans. */
  readonly version: string;
  readonly bundles: Bundles;
  /** Hears what a document that was read anew changed against the last import. */
  readonly onChanged?: (summary: ChangeSummary) => void;
}

export interface Imported {
  readonly bundle: Bundle;
  /** Address of the document; '' where it is a file. */
  readonly documentUrl: string;
  /** The document itself, read on first need where the import was at hand. @returns words */
  readonly document: () => OpenApiDocument | string;
  /** Whether a source was read and parsed. */
  readonly wasRead: boolean;
}

/** Grows when the same sources are compiled to other plans or another index. */
const FORM = 2;

/** @returns words that say what is wrong with the document, where, and what to do */
export async function importOpenApi(settings: ImportSettings): Promise<Imported | string> {
  const { config, bundles, upstream } = settings;
  const options = optionsDigest(settings);
  const record = bundles.record(upstream);
  const loader = once(() =>
    createLoader({ ...settings, document: config.document, references: config.references ?? [] }),
  );
  const recalled = await recall(record, options, loader, settings);
  if (recalled !== undefined) return recalled;
  const before = record === undefined ? undefined : bundles.open(record)?.index;
  const names = bundles.names(upstream);
  const made = await readAnew(loader(), options, names, settings);
  if (typeof made !== 'string' && before !== undefined) {
    const summary = summarizeChanges(before, made.bundle.index);
    if (summary !== undefined) settings.onChanged?.(summary);
  }
  return made;
}

/** Everything but the sources that decides what an import holds. */
function optionsDigest({ config, version, directory }: ImportSettings): string {
  const { document, overlays, references, variables, include, exclude } = config;
  const all = { document, overlays, references, variables, include, exclude, directory };
  return digestOf(JSON.stringify([FORM, version, all]));
}

/** The last import, where nothing of it has changed since. */
async function recall(
  record: ImportRecord | undefined,
  options: string,
  loader: () => Loader,
  settings: ImportSettings,
): Promise<Imported | undefined> {
  if (record === undefined || record.options !== options) return undefined;
  const sources: SourceRecord[] = [];
  for (const source of record.sources) {
    // Most are files that nobody touched, which takes no loader.
    const checked = isUntouched(source)
      ? ({ kind: 'same', record: source } as const)
      : await loader().check(source);
    if (checked.kind === 'changed') return undefined;
    sources.push(checked.record);
  }
  const bundle = settings.bundles.open(record);
  if (bundle === undefined) return undefined;
  const isRestamped = sources.some((source, at) => source !== record.sources[at]);
  if (isRestamped) await settings.bundles.restamp(settings.upstream, { ...record, sources });
  return {
    bundle,
    documentUrl: urlOf(record.sources[0]),
    document: once(() => reread(record, bundle, settings)),
    wasRead: false,
  };
}

async function readAnew(
  loader: Loader,
  options: string,
  names: ReadonlyMap<string, string>,
  settings: ImportSettings,
): Promise<Imported | string> {
  const { config, bundles, upstream } = settings;
  const main = await loader.written(config.document, 'document');
  if (typeof main === 'string') return `The document cannot be read: ${main}.`;
  const overlays: Loaded[] = [];
  for (const location of config.overlays ?? []) {
    const overlay = await loader.written(location, 'overlay');
    if (typeof overlay === 'string') return `The overlay ${location} cannot be read: ${overlay}.`;
    overlays.push(overlay);
  }
  const referred: { readonly record: SourceRecord; readonly bytes: Buffer | null }[] = [];
  const load = async (location: string): Promise<Buffer | string> => {
    const loaded = await loader.referred(location);
    if (typeof loaded === 'string') referred.push({ record: missing(location), bytes: null });
    else referred.push(loaded);
    return typeof loaded === 'string' ? loaded : loaded.bytes;
  };
  const document = await readOpenApi(
    { location: main.record.foundAt, bytes: main.bytes },
    {
      ...readOptions(config),
      overlays: overlays.map(({ bytes }) => bytes),
      load,
      knownNames: names,
    },
  );
  if (isFault(document)) return document.text;
  const all = [main, ...overlays, ...referred];
  const bundle = await bundles.keep(upstream, {
    options,
    index: indexOf(document),
    sources: all.map(({ record }) => record),
    bytes: all.map(({ bytes }) => bytes),
    names,
  });
  const documentUrl = urlOf(main.record);
  return { bundle, documentUrl, document: () => document, wasRead: true };
}

/** Reads the sources of a bundle again, as they were. @returns words where they are gone */
export function reread(
  record: ImportRecord,
  bundle: Bundle,
  { config }: Pick<ImportSettings, 'config'>,
): OpenApiDocument | string {
  const gone = 'The document is not at hand any more; reload the configuration.';
  const bytes = record.sources.map(({ digest }, at) =>
    digest === '' ? undefined : bundle.source(at),
  );
  const [main] = bytes;
  const first = record.sources[0];
  if (main === undefined || first === undefined) return gone;
  const overlays = bytes.filter((_one, at) => record.sources[at]?.role === 'overlay');
  const whole = overlays.filter((one) => one !== undefined);
  if (whole.length < overlays.length) return gone;
  const at = new Map(
    record.sources.map(({ location, foundAt }, index) => [location, { index, foundAt }]),
  );
  const document = rereadOpenApi(
    { location: first.foundAt, bytes: main },
    {
      ...readOptions(config),
      overlays: whole,
      load: (location) => bytes[at.get(location)?.index ?? -1] ?? 'it could not be had at import',
      knownNames: new Map(bundle.index.operations.map(({ key, name }) => [key, name])),
    },
  );
  return isFault(document) ? document.text : document;
}

function isFault(read: OpenApiDocument | ReadFault): read is ReadFault {
  return 'text' in read;
}

function missing(location: string): SourceRecord {
  return { role: 'reference', location, foundAt: location, digest: '', stamp: null, etag: '' };
}

function urlOf(source: SourceRecord | undefined): string {
  return source !== undefined && isUrl(source.foundAt) ? source.foundAt : '';
}

/** What an entry says of how its document is read. */
export function readOptions(config: OpenApiConfig): {
  readonly filter: OperationFilter;
  readonly variables: Readonly<Record<string, string>>;
} {
  const filter: OperationFilter = {
    include: selectionOf(config.include),
    exclude: selectionOf(config.exclude),
    deprecated: config.exclude?.deprecated === true ? 'skip' : 'keep',
  };
  return { filter, variables: config.variables ?? {} };
}

function selectionOf(written: OpenApiConfig['include']): OperationSelection {
  return {
    tags: written?.tags ?? [],
    paths: written?.paths ?? [],
    methods: written?.methods ?? [],
  };
}

/** What can be said of a document without compiling any of it. */
export function indexOf(document: OpenApiDocument): ApiIndex {
  const { digest, title, apiVersion, description, servers, schemes } = document;
  return {
    kind: 'openapi',
    digest,
    title,
    version: apiVersion,
    description,
    servers,
    schemes,
    operations: document.operations,
    skipped: document.skipped,
    repairs: [...document.repairs],
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
