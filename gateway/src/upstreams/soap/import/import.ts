/** From the configuration of a SOAP upstream to its index, by the shortest way there is. */
import { digestOf } from '../../api/bundles/kept-file.ts';
import type { ImportRecord, SourceRecord } from '../../api/bundles/record.ts';
import type { Bundle, Bundles } from '../../api/bundles/store.ts';
import { summarizeChanges, type ChangeSummary } from '../../api/preview/diff/summary.ts';
import {
  createLoader,
  isUrl,
  type Loaded,
  type Loader,
  type LoadSettings,
} from '../../api/sources/load.ts';
import type { SoapConfig } from '../config-schema.ts';
import { readDocument, type ReadSettings, type SoapDocument } from '../document.ts';
import { collectAtHand, collectWith, isCollectFault, type MainDocument } from './collect.ts';

export interface ImportSettings extends Omit<LoadSettings, 'document' | 'references'> {
  readonly upstream: string;
  readonly config: SoapConfig;
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
  readonly document: () => SoapDocument | string;
}

/** Why a document cannot be used. */
export interface ReadFault {
  readonly text: string;
  /** Counted from 1; 0 where it is not known. */
  readonly line: number;
}

/** Grows when the same sources are compiled to other plans or another index. */
const FORM = 4;

/** @returns words that say what is wrong with the document, where, and what to do */
export async function importSoap(settings: ImportSettings): Promise<Imported | string> {
  const { config, bundles, upstream } = settings;
  const loader = loaderOf(config, settings);
  const options = optionsDigest(settings);
  const record = bundles.record(upstream);
  const recalled = await recall(record, options, loader, settings);
  if (recalled !== undefined) return recalled;
  const before = record === undefined ? undefined : bundles.open(record)?.index;
  const made = await readAnew(loader, options, settings);
  if (typeof made !== 'string' && before !== undefined) {
    const summary = summarizeChanges(before, made.bundle.index);
    if (summary !== undefined) settings.onChanged?.(summary);
  }
  return made;
}

export function loaderOf(
  config: SoapConfig,
  settings: Omit<LoadSettings, 'document' | 'references'>,
): Loader {
  return createLoader({ ...settings, document: config.wsdl, references: config.imports ?? [] });
}

/** Reads a document and what it imports; what was loaded beside it is told. */
export async function readSoap(
  main: MainDocument,
  config: SoapConfig,
  knownNames: ReadonlyMap<string, string>,
  load: (location: string) => Promise<Buffer | string>,
): Promise<SoapDocument | ReadFault> {
  const documents = await collectWith(main, load);
  if (isCollectFault(documents)) return unreadable(documents);
  const read = readDocument(documents, main.location, readSettings(config, knownNames));
  return typeof read === 'string' ? { text: read, line: 1 } : read;
}

function unreadable({ text, line }: ReadFault): ReadFault {
  const where = line > 0 ? ` (line ${line})` : '';
  return { text: `The document cannot be read: ${text}${where}.`, line };
}

function readSettings(config: SoapConfig, knownNames: ReadonlyMap<string, string>): ReadSettings {
  const { service = '', port = '', include = [], exclude = [] } = config;
  return { service, port, include, exclude, knownNames };
}

/** Everything but the sources that decides what an import holds. */
function optionsDigest({ config, version, directory }: ImportSettings): string {
  const { wsdl, imports, service, port, include, exclude } = config;
  const all = { wsdl, imports, service, port, include, exclude, directory };
  return digestOf(JSON.stringify(['soap', FORM, version, all]));
}

async function recall(
  record: ImportRecord | undefined,
  options: string,
  loader: Loader,
  settings: ImportSettings,
): Promise<Imported | undefined> {
  if (record === undefined || record.options !== options) return undefined;
  const sources: SourceRecord[] = [];
  for (const source of record.sources) {
    const checked = await loader.check(source);
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
    document: once(() => reread(record, bundle, settings.config)),
  };
}

async function readAnew(
  loader: Loader,
  options: string,
  { config, bundles, upstream }: ImportSettings,
): Promise<Imported | string> {
  const main = await loader.written(config.wsdl, 'document');
  if (typeof main === 'string') return `The document cannot be read: ${main}.`;
  const names = bundles.names(upstream);
  const referred: (Loaded | { record: SourceRecord; bytes: null })[] = [];
  const load = async (location: string): Promise<Buffer | string> => {
    const loaded = await loader.referred(location);
    referred.push(typeof loaded === 'string' ? { record: missing(location), bytes: null } : loaded);
    return typeof loaded === 'string'
      ? loaded.replace('"references"', '"soap.imports"')
      : loaded.bytes;
  };
  const place = { location: main.record.foundAt, bytes: main.bytes };
  const document = await readSoap(place, config, names, load);
  if ('text' in document) return document.text;
  const all = [main, ...referred];
  const bundle = await bundles.keep(upstream, {
    options,
    index: document.index,
    sources: all.map(({ record }) => record),
    bytes: all.map(({ bytes }) => bytes),
    names,
  });
  return { bundle, documentUrl: urlOf(main.record), document: () => document };
}

/** Reads the sources of a bundle again, as they were. @returns words where they are gone */
export function reread(
  record: ImportRecord,
  bundle: Bundle,
  config: SoapConfig,
): SoapDocument | string {
  const gone = 'The document is not at hand any more; reload the configuration.';
  const [first] = record.sources;
  const bytes = bundle.source(0);
  if (first === undefined || bytes === undefined) return gone;
  const at = new Map(
    record.sources.map(({ location, digest }, index) => [location, { index, digest }]),
  );
  const documents = collectAtHand({ location: first.foundAt, bytes }, (location) => {
    const found = at.get(location);
    const read =
      found === undefined || found.digest === '' ? undefined : bundle.source(found.index);
    return read ?? 'it could not be had at import';
  });
  if (isCollectFault(documents)) return unreadable(documents).text;
  const names = new Map(bundle.index.operations.map(({ key, name }) => [key, name]));
  return readDocument(documents, first.foundAt, readSettings(config, names));
}

function missing(location: string): SourceRecord {
  return { role: 'reference', location, foundAt: location, digest: '', stamp: null, etag: '' };
}

function urlOf(source: SourceRecord | undefined): string {
  return source !== undefined && isUrl(source.foundAt) ? source.foundAt : '';
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
