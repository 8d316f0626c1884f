/** Files as they stand on the disk, and whether they still do. */
import { constants, statSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../../kernel/index.ts';
import { digestOf } from '../../api/bundles/kept-file.ts';
import type { FileStamp, SourceRecord } from '../../api/bundles/record.ts';

export const MAX_FILE_BYTES = 64 * 1024 * 1024;
const SETTLED_AFTER_MS = 3000;
/** Files and folders that are looked at below one folder. */
const MAX_ENTRIES = 100_000;
const MAX_FOLDERS_DEEP = 40;
/** What holds the files of others. */
const PASSED_BY = /^(?:\.|node_modules$)/;

export interface ReadFile {
  readonly bytes: Buffer;
  readonly record: SourceRecord;
}

/** @returns why it cannot be read */
export async function readWhole(
  path: string,
  maxBytes: number,
  clock: Clock,
): Promise<ReadFile | string> {
  let file;
  try {
    // Without NONBLOCK, opening a pipe would wait for somebody to write to it.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await file.stat();
    if (!found.isFile()) return 'it is no file';
    if (found.size > maxBytes) return `it is longer than ${maxBytes} bytes`;
    const bytes = await file.readFile();
    const { size, mtimeMs, ino } = found;
    const isSettled = clock.nowMs() - mtimeMs > SETTLED_AFTER_MS && bytes.length === size;
    const stamp = isSettled ? { size, mtimeMs, ino } : null;
    return { bytes, record: recordOf(path, digestOf(bytes), stamp) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return code === 'ENOENT' ? 'there is no such file' : `it may not be read (${code})`;
  } finally {
    await file?.close();
  }
}

export interface ReadFolder {
  /** Whole paths of the `.proto` files in it and below, in their order. */
  readonly paths: readonly string[];
  readonly record: SourceRecord;
}

/** @returns undefined where it is no folder; words where it cannot be read, or holds too much */
export async function readFolder(path: string): Promise<ReadFolder | string | undefined> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
  const paths: string[] = [];
  const waiting = [{ folder: path, depth: 0 }];
  let entries = 0;
  try {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      for (const entry of await readdir(next.folder, { withFileTypes: true })) {
        if (++entries > MAX_ENTRIES) return `it holds more than ${MAX_ENTRIES} files`;
        const whole = join(next.folder, entry.name);
        if (entry.isFile() && /\.proto$/i.test(entry.name)) paths.push(whole);
        const isFurther = entry.isDirectory() && !PASSED_BY.test(entry.name);
        if (isFurther && next.depth < MAX_FOLDERS_DEEP) {
          waiting.push({ folder: whole, depth: next.depth + 1 });
        }
      }
    }
  } catch (error) {
    return `it may not be read (${error instanceof Error && 'code' in error ? String(error.code) : ''})`;
  }
  paths.sort();
  return { paths, record: recordOf(path, digestOf(paths.join('\n')), null) };
}

function recordOf(path: string, digest: string, stamp: FileStamp | null): SourceRecord {
  return { role: 'reference', location: path, foundAt: path, digest, stamp, etag: '' };
}

/** Whether a file, or what a folder holds, is still what it was when it was recorded. */
export async function isSame({ location, stamp, digest }: SourceRecord, clock: Clock) {
  const now = statSync(location, { throwIfNoEntry: false });
  if (now === undefined) return false;
  if (now.isDirectory()) {
    const found = await readFolder(location);
    return typeof found === 'object' && found.record.digest === digest;
  }
  if (stamp !== null && now.size === stamp.size && now.mtimeMs === stamp.mtimeMs) {
    return now.ino === stamp.ino;
  }
  const read = await readWhole(location, MAX_FILE_BYTES, clock);
  return typeof read !== 'string' && read.record.digest === digest;
}
