/** Replacing a file in one step. */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, basename } from 'node:path';

/**
 * Writes the whole file through a temporary one beside it, so that a reader sees the old text or
 * the new one and a crash leaves one of them. A link is followed; the mode of an existing file
 * stays, a new file is readable by its owner only, because it may come to hold secrets.
 * @throws what the file system says
 */
export function replaceFile(file: string, text: string | Uint8Array): void {
  const target = existing(file) ?? file;
  const mode = existing(file) === undefined ? 0o600 : statSync(target).mode & 0o7777;
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
  try {
    const handle = openSync(temporary, 'wx', mode);
    try {
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    chmodSync(temporary, mode);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function existing(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}
