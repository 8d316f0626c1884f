/**
 * Imports of APIs as they are kept between two starts, below one folder:
 *
 *     <id>.json            what the upstream's last import read
 *     <id>.names           the names that its imports gave, read only where names are given anew
 *     <digest>/index       the operations
 *     <digest>/plans       operations that were compiled; it only grows
 *     <digest>/source-<n>  what was read, so that more can be compiled without reading it again
 *
 * Whatever is damaged, of another version or not ours is not used, and written anew.
 */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../../kernel/index.ts';
import type { ApiIndex } from '../model.ts';
import { indexBytes, readIndexBytes } from './index-file.ts';
import { digestOf, readBytes, readKept, writeKept, writeWhole } from './kept-file.ts';
import { PlanPack } from './plan-pack.ts';
import { isRecord, type ImportRecord } from './record.ts';

/** An import that is at hand. */
export interface Bundle {
  readonly index: ApiIndex;
  readonly plans: PlanPack;
  /** Bytes of a source of the record, by its position; undefined where they are damaged. */
  source(at: number): Buffer | undefined;
}

export interface NewImport {
  readonly options: string;
  readonly index: ApiIndex;
  /** In the order of the bytes. */
  readonly sources: ImportRecord['sources'];
  /** Null where a source could not be had. */
  readonly bytes: readonly (Buffer | null)[];
  /** Names of earlier imports, kept beside those of the index. */
  readonly names: ReadonlyMap<string, string>;
}

export interface Bundles {
  /** What the last import of an upstream left; undefined where there is nothing that can be used. */
  record(upstream: string): ImportRecord | undefined;
  /** Tool names by key that imports of an upstream gave, of operations that are gone too. */
  names(upstream: string): ReadonlyMap<string, string>;
  /** The import that a record speaks of; undefined where it is gone or damaged. */
  open(record: ImportRecord): Bundle | undefined;
  /** Keeps an import. Never rejects: what cannot be kept is imported again next time. */
  keep(upstream: string, made: NewImport): Promise<Bundle>;
  /** Writes a record again whose sources have other stamps now. */
  restamp(upstream: string, record: ImportRecord): Promise<void>;
}

export interface BundleDeps {
  readonly folder: string;
  readonly clock: Clock;
  /** All bundles together; the least recently written go first. */
  readonly maxBytes?: number;
  readonly onFault: (text: string) => void;
}

const DEFAULT_MAX_BYTES = 512 * 1024 * 1024;
const MAX_NAMES = 100_000;

export function createBundles(deps: BundleDeps): Bundles {
  const { folder } = deps;
  const failed = (error: unknown): void =>
    deps.onFault(error instanceof Error ? error.message : String(error));
  const bundleAt = (digest: string, index: ApiIndex, sources: ImportRecord['sources']): Bundle => ({
    index,
    plans: new PlanPack(join(folder, digest, 'plans'), deps.clock, failed),
    source: (at) => {
      const bytes = readBytes(join(folder, digest, `source-${at}`));
      return bytes !== undefined && digestOf(bytes) === sources[at]?.digest ? bytes : undefined;
    },
  });
  const writeRecord = (upstream: string, record: ImportRecord): Promise<void> =>
    writeKept(recordPath(folder, upstream), 'record', JSON.stringify(record));
  return {
    record: (upstream) => readRecord(recordPath(folder, upstream)),
    names: (upstream) => readNames(namesPath(folder, upstream)),
    open: (record) => {
      const index = readIndex(join(folder, record.bundle, 'index'));
      return index === undefined ? undefined : bundleAt(record.bundle, index, record.sources);
    },
    keep: async (upstream, made) => {
      const digest = bundleDigest(made);
      const index = { ...made.index, digest };
      const { options, sources } = made;
      try {
        await writeKept(namesPath(folder, upstream), 'names', namesAfter(made));
        // The record first: whoever tidies up meanwhile sees that the bundle is wanted.
        await writeRecord(upstream, { options, bundle: digest, sources });
        await writeBundle(join(folder, digest), index, made.bytes);
        await prune(folder, digest, deps.maxBytes ?? DEFAULT_MAX_BYTES);
      } catch (error) {
        failed(error);
      }
      return bundleAt(digest, index, sources);
    },
    restamp: (upstream, record) => writeRecord(upstream, record).catch(failed),
  };
}

function recordPath(folder: string, upstream: string): string {
  return join(folder, `${upstream}.json`);
}

function readRecord(path: string): ImportRecord | undefined {
  const text = readKept(path, 'record')?.toString();
  const record: unknown = text === undefined ? undefined : JSON.parse(text);
  return isRecord(record) ? record : undefined;
}

function namesPath(folder: string, upstream: string): string {
  return join(folder, `${upstream}.names`);
}

function readNames(path: string): ReadonlyMap<string, string> {
  const text = readKept(path, 'names')?.toString();
  const names: unknown = text === undefined ? [] : JSON.parse(text);
  return new Map(Array.isArray(names) ? names.filter(isName) : []);
}

function isName(value: unknown): value is readonly [string, string] {
  return (
    Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'string')
  );
}

function readIndex(path: string): ApiIndex | undefined {
  const bytes = readKept(path, 'index');
  return bytes === undefined ? undefined : readIndexBytes(bytes);
}

/** Over everything that decides what the bundle holds, the names of its tools included. */
function bundleDigest({ options, index, sources }: NewImport): string {
  const read = sources.map(({ role, location, digest }) => [role, location, digest]);
  const names = index.operations.map(({ key, name, aliases }) => [key, name, aliases]);
  return digestOf(JSON.stringify([options, read, names]));
}

/** As text: the names of earlier imports and those of the new one. */
function namesAfter({ names, index }: NewImport): string {
  const own = index.operations.map(({ key, name }) => [key, name] as const);
  const all = new Map([...names, ...own]);
  return JSON.stringify([...all].slice(-MAX_NAMES));
}

async function writeBundle(
  folder: string,
  index: ApiIndex,
  sources: readonly (Buffer | null)[],
): Promise<void> {
  for (const [at, bytes] of sources.entries()) {
    if (bytes !== null) await writeWhole(join(folder, `source-${at}`), bytes);
  }
  // Written last: a bundle with an index is whole.
  await writeKept(join(folder, 'index'), 'index', indexBytes(index));
}

/** Removes bundles that no record names, then the oldest, until the rest is small enough. */
async function prune(folder: string, own: string, maxBytes: number): Promise<void> {
  // Bundles before records, since whoever writes does it the other way round.
  const entries = await readdir(folder);
  const records = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const wanted = new Set(records.map((name) => readRecord(join(folder, name))?.bundle));
  const bundles = [];
  for (const name of entries.filter((one) => /^[0-9a-f]{64}$/.test(one))) {
    const path = join(folder, name);
    if (!wanted.has(name)) await rm(path, { recursive: true, force: true });
    else bundles.push({ name, path, ...(await sizeOf(path)) });
  }
  bundles.sort((a, b) => b.writtenMs - a.writtenMs);
  let bytes = bundles.find(({ name }) => name === own)?.bytes ?? 0;
  for (const bundle of bundles.filter(({ name }) => name !== own)) {
    bytes += bundle.bytes;
    if (bytes > maxBytes) await rm(bundle.path, { recursive: true, force: true });
  }
}

async function sizeOf(folder: string): Promise<{ bytes: number; writtenMs: number }> {
  let bytes = 0;
  let writtenMs = 0;
  for (const name of await readdir(folder).catch(() => [])) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    bytes += found?.size ?? 0;
    writtenMs = Math.max(writtenMs, found?.mtimeMs ?? 0);
  }
  return { bytes, writtenMs };
}
