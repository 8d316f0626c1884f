/** The text behind one setting: PEM as it stands there, or in the file that it names. */
import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

/** A bundle of all public authorities is a quarter of it. */
const MAX_BYTES = 1_048_576;

/** Whether a setting is PEM itself, from the environment or a vault, and no path. */
export function isPem(written: string): boolean {
  return written.trimStart().startsWith('-----BEGIN ');
}

/** @returns the text, or words that say why there is none */
export function readPem(
  written: string,
  directory: string,
): { readonly text: string } | { readonly why: string } {
  if (isPem(written)) return { text: written };
  try {
    return { text: readWhole(resolve(directory, written)) };
  } catch (error) {
    return { why: `the file "${written}" ${whyUnreadable(error)}` };
  }
}

/** What tells one content of a file from the next without reading it; '' where it is not there. */
export function stampOf(written: string, directory: string): string {
  if (isPem(written)) return '';
  try {
    const { size, mtimeMs, ctimeMs, ino } = statSync(resolve(directory, written));
    return `${size}:${mtimeMs}:${ctimeMs}:${ino}`;
  } catch {
    return '';
  }
}

function readWhole(path: string): string {
  // Without NONBLOCK, opening a pipe would wait for somebody to write to it.
  const handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { size } = fstatSync(handle);
    if (!fstatSync(handle).isFile()) throw fault('EISDIR');
    if (size > MAX_BYTES) throw fault('EFBIG');
    const bytes = Buffer.alloc(size);
    let length = 0;
    for (;;) {
      const count = readSync(handle, bytes, length, size - length, null);
      length += count;
      if (count === 0 || length === size) return bytes.toString('latin1', 0, length);
    }
  } finally {
    closeSync(handle);
  }
}

function fault(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'does not exist';
    case 'EACCES':
    case 'EPERM':
      return 'may not be read by this user';
    case 'EISDIR':
      return 'is no regular file';
    case 'EFBIG':
      return `is larger than ${MAX_BYTES} bytes`;
    default:
      return `cannot be read (${code || 'unknown error'})`;
  }
}
