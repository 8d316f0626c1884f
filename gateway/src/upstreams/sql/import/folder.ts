/** Reads the folder of queries: every `.sql` file in it, also in folders below it. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

export interface QueryFile {
  /** Relative to the folder, with `/`. */
  readonly file: string;
  readonly bytes: Buffer;
  /** SHA-256 (hex). */
  readonly digest: string;
}

const MAX_FILES = 2000;
const MAX_FILE_BYTES = 256 * 1024;
/** Folders in folders that are looked into. */
export const MAX_DEPTH = 8;

/** In the order of their names. @returns words where the folder or one of its files cannot be read */
export async function readFolder(folder: string): Promise<readonly QueryFile[] | string> {
  const names: string[] = [];
  try {
    await find(folder, 0, names);
  } catch (error) {
    return `it cannot be read (${codeOf(error)})`;
  }
  if (names.length > MAX_FILES) return `it has more than ${MAX_FILES} .sql files`;
  const files: QueryFile[] = [];
  for (const path of names.toSorted()) {
    const file = relative(folder, path).split(sep).join('/');
    try {
      if ((await stat(path)).size > MAX_FILE_BYTES) {
        return `${file} is larger than ${MAX_FILE_BYTES} bytes`;
      }
      const bytes = await readFile(path);
      files.push({ file, bytes, digest: createHash('sha256').update(bytes).digest('hex') });
    } catch (error) {
      return `${file} cannot be read (${codeOf(error)})`;
    }
  }
  return files;
}

async function find(folder: string, depth: number, names: string[]): Promise<void> {
  if (depth > MAX_DEPTH || names.length > MAX_FILES) return;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) await find(path, depth + 1, names);
    else if (/\.sql$/i.test(entry.name)) names.push(path);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
