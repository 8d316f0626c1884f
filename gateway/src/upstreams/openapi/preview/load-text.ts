/** The bytes of documents by path or address, while a person waits for them. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { fetchDocument, safeAddress } from '../../../egress/index.ts';
import type { Clock } from '../../../kernel/index.ts';
import { SOURCE_LIMITS } from '../source/limits.ts';
import { isAddress } from '../source/location.ts';

export interface LoadDeps {
  readonly clock: Clock;
  /** The folder that relative paths begin at. */
  readonly directory: string;
  readonly signal?: AbortSignal;
  /** For each document, milliseconds. */
  readonly timeoutMs: number;
}

export interface LoadedText {
  readonly bytes: Buffer;
  /** The whole path, or the address it was found at in the end. */
  readonly location: string;
}

/**
 * Reads what the operator named; its host may be anywhere, since he wrote it.
 * @returns one sentence that says why it cannot be had
 */
export async function loadNamed(source: string, deps: LoadDeps): Promise<LoadedText | string> {
  if (!isAddress(source)) return readPath(resolve(deps.directory, source), source);
  const host = URL.parse(source)?.host ?? '';
  return fetchText(source, [host], deps);
}

/**
 * Loads what a document refers to: files in its own folder, addresses at its own origin.
 * @param main where the document is
 */
export function loaderFor(
  main: string,
  deps: LoadDeps,
): (location: string) => Promise<Buffer | string> {
  const origin = originOf(main);
  return async (location) => {
    if (isAddress(location)) {
      if (originOf(location) !== origin) return notAllowed(location);
      const fetched = await fetchText(location, [URL.parse(location)?.host ?? ''], deps);
      return typeof fetched === 'string' ? fetched : fetched.bytes;
    }
    const path = resolve(location);
    if (origin !== '' || !path.startsWith(dirname(main) + sep)) return notAllowed(location);
    const read = await readPath(path, location);
    return typeof read === 'string' ? read : read.bytes;
  };
}

/** An address as it may be shown. */
export function shownSource(source: string): string {
  const url = isAddress(source) ? URL.parse(source) : null;
  return url === null ? source : safeAddress(url);
}

async function fetchText(
  address: string,
  allow: readonly string[],
  { clock, signal, timeoutMs }: LoadDeps,
): Promise<LoadedText | string> {
  const { maxBytes } = SOURCE_LIMITS;
  const options = { clock, timeoutMs, maxBytes, allow, ...(signal ? { signal } : {}) };
  const fetched = await fetchDocument(address, options);
  if (fetched.kind === 'document') return fetched;
  return fetched.kind === 'fault' ? fetched.text : `${shownSource(address)} was not sent.`;
}

async function readPath(path: string, shown: string): Promise<LoadedText | string> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return `${shown} is no file.`;
    if (found.size > SOURCE_LIMITS.maxBytes) return `${shown} is larger than 64 MiB.`;
    return { bytes: await readFile(path), location: path };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT') return `${shown} does not exist.`;
    return `${shown} cannot be read${code === '' ? '' : ` (${code})`}.`;
  }
}

function originOf(location: string): string {
  return isAddress(location) ? (URL.parse(location)?.origin ?? '') : '';
}

function notAllowed(location: string): string {
  return `${shownSource(location)} is not loaded in a preview; openapi.references can name it`;
}
