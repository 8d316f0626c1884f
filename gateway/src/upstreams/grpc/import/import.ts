/** From the configuration of a gRPC upstream to its methods, by the shortest way there is. */
import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import { failureWords } from '../../../egress/index.ts';
import type { Clock } from '../../../kernel/index.ts';
import type { Bundle, Bundles } from '../../api/bundles/store.ts';
import { digestOf } from '../../api/bundles/kept-file.ts';
import type { ImportRecord, SourceRecord } from '../../api/bundles/record.ts';
import type { Repair, Skipped } from '../../api/model.ts';
import { summarizeChanges, type ChangeSummary } from '../../api/preview/diff/summary.ts';
import type { GrpcConfig } from '../config-schema.ts';
import { orderFiles, readSet, writeSet } from '../source/descriptors.ts';
import { readSources, type FileFault } from '../source/files.ts';
import { isSame } from '../source/read-file.ts';
import { reflect, type OpenStream } from '../source/reflection.ts';
import { isMembers } from '../../api/bundles/shapes.ts';
import { describeServer, type Described, type DescribedSource } from './described.ts';

export interface ImportSettings {
  readonly upstream: string;
  readonly config: GrpcConfig;
  readonly directory: string;
  /** Of the gateway: another one may compile the same descriptors to other plans. */
  readonly version: string;
  readonly clock: Clock;
  readonly bundles: Bundles;
  readonly open: OpenStream;
  /** How long a server may take to describe itself. */
  readonly timeoutMs: number;
  /** Hears what descriptors that were read anew changed against the last import. */
  readonly onChanged?: (summary: ChangeSummary) => void;
}

export interface Imported {
  readonly bundle: Bundle;
  /** Read on first need where the import was at hand. @returns words where it is gone */
  readonly described: () => Described | string;
}

/** Grows when the same sources are compiled to other plans or another index. */
const FORM = 2;
/** What stands for the descriptors themselves among the sources of an import. */
const SET = 'descriptors';
const NAMES_MARK = '\n';

/** @returns words that say what is wrong and what to do */
export async function importGrpc(settings: ImportSettings): Promise<Imported | string> {
  const { config, bundles, upstream } = settings;
  const options = optionsDigest(settings);
  const record = bundles.record(upstream);
  const kept = record?.options === options ? keptImport(record, settings) : undefined;
  if (record !== undefined && kept !== undefined && !isReflected(config)) {
    const checks = record.sources.slice(1).map((one) => isSame(one, settings.clock));
    if ((await Promise.all(checks)).every(Boolean)) return kept;
  }
  const read = await readConfigured(settings);
  if ('text' in read) {
    // A server that is away for a while is taken as it was.
    if (kept !== undefined && read.why === 'unreadable' && isReflected(config)) return kept;
    return read.text;
  }
  const bytes = sourceBytes(read);
  if (kept !== undefined && record?.sources[0]?.digest === digestOf(bytes)) return kept;
  const before = record === undefined ? undefined : bundles.open(record)?.index;
  const names = bundles.names(upstream);
  const described = describeServer(read, config, names);
  if (typeof described === 'string') return `The server cannot be used: ${described}.`;
  const bundle = await bundles.keep(upstream, {
    options,
    index: described.index,
    sources: [setRecord(bytes), ...read.records],
    bytes: [bytes, ...read.records.map(() => null)],
    names,
  });
  const summary = before === undefined ? undefined : summarizeChanges(before, bundle.index);
  if (summary !== undefined) settings.onChanged?.(summary);
  return { bundle, described: () => described };
}

function isReflected({ protos, descriptors }: GrpcConfig): boolean {
  return protos === undefined && descriptors === undefined;
}

function optionsDigest({ config, version, directory }: ImportSettings): string {
  const { url, protos, includes, descriptors, services, exclude, streaming } = config;
  const isBidirectional = streaming?.bidirectional === true;
  // Where nothing is read from files, it does not matter what paths are relative to.
  const from = isReflected(config) ? '' : directory;
  const all = { url, protos, includes, descriptors, services, exclude, isBidirectional, from };
  return digestOf(JSON.stringify([FORM, version, all]));
}

export interface ReadServer extends DescribedSource {
  readonly records: readonly SourceRecord[];
}

/** What the entry names: files, or the server itself. Never rejects. */
export async function readConfigured(
  settings: Pick<ImportSettings, 'config' | 'directory' | 'clock' | 'open' | 'timeoutMs'>,
): Promise<ReadServer | FileFault> {
  const { config, directory, clock } = settings;
  if (isReflected(config)) return await readReflected(config.url ?? '', settings);
  const read = await readSources({
    protos: config.protos ?? [],
    includes: config.includes ?? [],
    descriptors: [config.descriptors ?? []].flat(),
    directory,
    clock,
  });
  if ('text' in read) return read;
  return { ...read, services: undefined, skipped: [] };
}

async function readReflected(
  url: string,
  { open, clock, timeoutMs }: Pick<ImportSettings, 'open' | 'clock' | 'timeoutMs'>,
): Promise<ReadServer | FileFault> {
  const fault = (text: string): FileFault => ({ why: 'unreadable', text, line: 0 });
  const limit = new AbortController();
  const late = new Error(`it did not describe itself within ${timeoutMs / 1000} seconds`);
  const timer = clock.after(timeoutMs, () => limit.abort(late));
  try {
    const reflected = await untilAborted(reflect(open, limit.signal), limit.signal);
    if (typeof reflected === 'string') return fault(`${url} cannot be used: ${reflected}.`);
    const { files, services, missing } = reflected;
    const skipped = missing.map((what): Skipped => ({
      what,
      why: 'the server lists it and does not describe it',
      at: { source: '', pointer: what, line: 0 },
    }));
    return { files, services, skipped, repairs: [], records: [] };
  } catch (error) {
    const why = error instanceof Error ? failureWords(error) : String(error);
    return fault(`${url} cannot be asked what it offers: ${why}.`);
  } finally {
    timer.cancel();
  }
}

/** Whoever waits hears of the end of the time, even where a connection hears of it later. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** The descriptors, and before them what is known beside: services, skipped and repaired parts. */
function sourceBytes({ files, services, skipped, repairs }: DescribedSource): Buffer {
  const ordered = orderFiles(files);
  const set = writeSet(typeof ordered === 'string' ? files : ordered.files);
  return Buffer.concat([
    Buffer.from(JSON.stringify({ services: services ?? null, skipped, repairs }) + NAMES_MARK),
    set,
  ]);
}

function setRecord(bytes: Buffer): SourceRecord {
  const place = { location: SET, foundAt: SET };
  return { role: 'document', ...place, digest: digestOf(bytes), stamp: null, etag: '' };
}

function keptImport(record: ImportRecord, settings: ImportSettings): Imported | undefined {
  const bundle = settings.bundles.open(record);
  if (bundle === undefined) return undefined;
  return { bundle, described: once(() => reread(bundle, settings.config)) };
}

/** Reads the descriptors of a bundle again, as they were. @returns words where they are gone */
export function reread(bundle: Bundle, config: GrpcConfig): Described | string {
  const gone = 'The descriptors are not at hand any more; reload the configuration.';
  const bytes = bundle.source(0);
  const end = bytes?.indexOf(NAMES_MARK) ?? -1;
  if (bytes === undefined || end < 0) return gone;
  const beside: unknown = JSON.parse(bytes.toString('utf8', 0, end));
  if (!isBeside(beside)) return gone;
  const files: readonly FileDescriptorProto[] | string = readSet(bytes.subarray(end + 1));
  if (typeof files === 'string') return gone;
  const names = new Map(bundle.index.operations.map(({ key, name }) => [key, name]));
  const source = { ...beside, services: beside.services ?? undefined, files };
  return describeServer(source, config, names);
}

/** What is kept beside descriptors. */
interface Beside {
  /** Null for all that are described. */
  readonly services: readonly string[] | null;
  readonly skipped: readonly Skipped[];
  readonly repairs: readonly Repair[];
}

/** Its digest says that it is ours, so only the outline is looked at. */
function isBeside(value: unknown): value is Beside {
  return (
    isMembers(value) &&
    (value['services'] === null || Array.isArray(value['services'])) &&
    Array.isArray(value['skipped']) &&
    Array.isArray(value['repairs'])
  );
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
