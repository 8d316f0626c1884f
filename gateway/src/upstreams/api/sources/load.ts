/** Where documents may be read from: what the operator wrote, and what that may refer to. */
import { constants, statSync } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, resolve, sep } from 'node:path';
import {
  fetchDocument,
  hostsOf,
  isHostAllowed,
  type FindAddresses,
  type WayOut,
} from '../../../egress/index.ts';
import type { Clock } from '../../../kernel/index.ts';
import { digestOf } from '../bundles/kept-file.ts';
import type { FileStamp, SourceRecord } from '../bundles/record.ts';

export interface LoadSettings {
  /** The folder of the configuration. */
  readonly directory: string;
  /** Path or address of the document, as it is written. */
  readonly document: string;
  /** What the operator allows beside it: addresses, hosts, files, folders. */
  readonly references: readonly string[];
  readonly clock: Clock;
  /** For one document; all that one loader reads may take ten times as long together. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Names and values in turn, sent to the origin of the document only. */
  readonly headers?: readonly string[];
  readonly find?: FindAddresses;
  readonly wayOut?: WayOut | undefined;
}

export interface Loaded {
  readonly bytes: Buffer;
  readonly record: SourceRecord;
}

/** What became of a source since it was recorded. */
export type Checked =
  | { readonly kind: 'same'; readonly record: SourceRecord }
  | { readonly kind: 'changed' };

export interface Loader {
  /** Reads the document or an overlay. @returns words where it cannot be had */
  written(location: string, role: 'document' | 'overlay'): Promise<Loaded | string>;
  /** Reads what a document refers to. @returns words where it may not or cannot be had */
  referred(location: string): Promise<Loaded | string>;
  /** Looks whether a source is still what it was, without reading it where its stamp says so. */
  check(record: SourceRecord): Promise<Checked>;
}

export const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;
/** A thousand documents that drip would be waited for all day. */
const TIMEOUTS_IN_ALL = 10;
/** A file that changed so shortly before it was read may change again without another time. */
const SETTLED_AFTER_MS = 3000;

export function isUrl(location: string): boolean {
  return /^https?:\/\//i.test(location);
}

/** A path of the configuration as a whole one; an address as it is. */
export function locate(directory: string, written: string): string {
  return isUrl(written) ? written : resolve(directory, written);
}

export function createLoader(options: LoadSettings): Loader {
  const endsMs = options.clock.nowMs() + TIMEOUTS_IN_ALL * options.timeoutMs;
  const settings: LoadSettings = {
    ...options,
    get timeoutMs() {
      return Math.max(0, Math.min(options.timeoutMs, endsMs - options.clock.nowMs()));
    },
  };
  const hosts = referenceHosts(settings);
  const read = (location: string, role: SourceRecord['role'], allow: readonly string[]) =>
    isUrl(location)
      ? readUrl(location, role, '', allow, settings)
      : readFile(location, role, settings.clock);
  return {
    written: async (location, role) => {
      // The operator wrote the address, so its host may be anywhere.
      const allow = isUrl(location) ? [...hostsOf(location), ...hosts] : hosts;
      const loaded = await read(locate(settings.directory, location), role, allow);
      return loaded === 'same' ? 'it is not there' : loaded;
    },
    referred: async (location) => {
      const why = await referenceFault(location, settings, hosts);
      if (why !== '') return why;
      const loaded = await read(location, 'reference', [...hosts, ...writtenHosts(settings)]);
      return loaded === 'same' ? 'it is not there' : loaded;
    },
    check: (record) => check(record, settings, hosts),
  };
}

async function check(
  record: SourceRecord,
  settings: LoadSettings,
  hosts: readonly string[],
): Promise<Checked> {
  if (isUntouched(record)) return { kind: 'same', record };
  const { location, role } = record;
  const isRefused =
    role === 'reference' && (await referenceFault(location, settings, hosts)) !== '';
  if (isRefused) return record.digest === '' ? { kind: 'same', record } : { kind: 'changed' };
  const isWritten = role !== 'reference' && isUrl(location);
  const own = isWritten ? hostsOf(location) : writtenHosts(settings);
  const allow = [...own, ...hosts];
  const loaded = isUrl(location)
    ? await readUrl(location, role, record.etag, allow, settings)
    : await readFile(location, role, settings.clock);
  if (loaded === 'same') return { kind: 'same', record };
  if (typeof loaded === 'string') {
    // What cannot be asked now is taken as it was; what could not be had before is still missing.
    const isGone = record.digest !== '' && !isUrl(location);
    return isGone ? { kind: 'changed' } : { kind: 'same', record };
  }
  return loaded.record.digest === record.digest
    ? { kind: 'same', record: loaded.record }
    : { kind: 'changed' };
}

/** @returns `same` where the copy with this entity tag is still what stands there */
async function readUrl(
  location: string,
  role: SourceRecord['role'],
  etag: string,
  allow: readonly string[],
  settings: LoadSettings,
): Promise<Loaded | string> {
  const { clock, timeoutMs, signal, find, wayOut, document, headers = [] } = settings;
  const isAtHome = isUrl(document) && URL.parse(document)?.origin === URL.parse(location)?.origin;
  const fetched = await fetchDocument(location, {
    allow,
    maxBytes: MAX_DOCUMENT_BYTES,
    timeoutMs,
    clock,
    signal,
    etag,
    headers: isAtHome ? headers : [],
    wayOut,
    ...(find === undefined ? {} : { find }),
  });
  if (fetched.kind === 'unchanged') return 'same';
  if (fetched.kind === 'fault') return fetched.text;
  const { bytes } = fetched;
  const found = { role, location, foundAt: fetched.location, etag: fetched.etag };
  return { bytes, record: { ...found, digest: digestOf(bytes), stamp: null } };
}

async function readFile(
  path: string,
  role: SourceRecord['role'],
  clock: Clock,
): Promise<Loaded | string> {
  let file;
  try {
    // Without NONBLOCK, opening a pipe would wait for somebody to write to it.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await file.stat();
    if (!found.isFile()) return 'it is no file';
    const { size, mtimeMs, ino } = found;
    if (size > MAX_DOCUMENT_BYTES) return `it is longer than ${MAX_DOCUMENT_BYTES} bytes`;
    const bytes = await file.readFile();
    const isSettled = clock.nowMs() - mtimeMs > SETTLED_AFTER_MS && bytes.length === size;
    const stamp = isSettled ? { size, mtimeMs, ino } : null;
    const record = {
      role,
      location: path,
      foundAt: path,
      etag: '',
      digest: digestOf(bytes),
      stamp,
    };
    return { bytes, record };
  } catch (error) {
    return fileFault(error);
  } finally {
    await file?.close();
  }
}

function fileFault(error: unknown): string {
  if (!(error instanceof Error && 'code' in error)) throw error;
  const code = String(error.code);
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be read by this user';
  return `it cannot be read (${code})`;
}

/** Whether a file's stamp says that it is what it was; an address has none. */
export function isUntouched({ location, stamp }: SourceRecord): boolean {
  if (stamp === null || isUrl(location)) return false;
  const now = stampOf(location);
  return now !== undefined && sameStamp(now, stamp);
}

function stampOf(path: string): FileStamp | undefined {
  try {
    const { size, mtimeMs, ino } = statSync(path);
    return { size, mtimeMs, ino };
  } catch {
    return undefined;
  }
}

function sameStamp(a: FileStamp, b: FileStamp): boolean {
  return a.size === b.size && a.mtimeMs === b.mtimeMs && a.ino === b.ino;
}

/** @returns why a reference may not be followed; '' where it may */
async function referenceFault(
  location: string,
  settings: LoadSettings,
  hosts: readonly string[],
): Promise<string> {
  const advice = 'the setting "references" can allow it';
  if (isUrl(location)) {
    const url = URL.parse(location);
    const isAllowed =
      url !== null && (isHostAllowed(url, { allow: hosts }) || isBelow(url, settings));
    return isAllowed ? '' : `addresses elsewhere are not read; ${advice}`;
  }
  if (!isAbsolute(location)) return 'it is neither a path nor an http address';
  const real = await realpath(location).catch(() => undefined);
  if (real === undefined) return 'there is no such file';
  for (const root of await fileRoots(settings)) {
    if (real === root || real.startsWith(root.endsWith(sep) ? root : root + sep)) return '';
  }
  return `files outside of the document's folder are not read; ${advice}`;
}

/** The document's folder where it is a file, and the files and folders that are allowed. */
async function fileRoots({ directory, document, references }: LoadSettings): Promise<string[]> {
  const roots: string[] = [];
  if (!isUrl(document)) {
    roots.push(dirname(await real(resolve(directory, document))));
  }
  for (const entry of references) {
    if (!isUrl(entry)) roots.push(await real(resolve(directory, entry)));
  }
  return roots;
}

function real(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

/** Whether an address lies below one that the operator wrote. */
function isBelow(url: URL, { references }: LoadSettings): boolean {
  return references.some((entry) => {
    const allowed = isUrl(entry) ? URL.parse(entry) : null;
    if (allowed === null || allowed.origin !== url.origin) return false;
    const folder = allowed.pathname.slice(0, allowed.pathname.lastIndexOf('/') + 1);
    return url.pathname === allowed.pathname || url.pathname.startsWith(folder);
  });
}

/** Hosts of the addresses that the operator wrote: they may be anywhere. */
function writtenHosts({ references }: LoadSettings): string[] {
  return references.flatMap((entry) => (isUrl(entry) ? hostsOf(entry) : []));
}

/** Hosts whose every document may be read: the document's own, and those that are named. */
function referenceHosts({ document, references }: LoadSettings): string[] {
  const own = isUrl(document) ? hostsOf(document) : [];
  const named = references.filter((entry) => !isUrl(entry) && !/[/\\]/.test(entry));
  return [...own, ...named];
}
