/** Files of ours that are used only where they are whole: a line with their digest, then the text. */
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

const MARK = 'drawbridge-api-1';

/** SHA-256 as hex. */
export function digestOf(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Writes a file that only its owner may read; whoever reads it sees the old one or the new one. */
export async function writeWhole(path: string, bytes: string | Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const beside = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** @param kind what the text is, so that no file is taken for another */
export function writeKept(path: string, kind: string, text: string): Promise<void> {
  return writeWhole(path, `${MARK} ${kind} ${digestOf(text)}\n${text}`);
}

/** @returns undefined where there is no such file, or it is damaged or not one of ours */
export function readKept(path: string, kind: string): string | undefined {
  const bytes = readBytes(path);
  const end = bytes?.indexOf('\n') ?? -1;
  if (bytes === undefined || end < 0 || end > 200) return undefined;
  const [mark, written, digest] = bytes.toString('latin1', 0, end).split(' ');
  if (mark !== MARK || written !== kind) return undefined;
  const rest = bytes.subarray(end + 1);
  return digestOf(rest) === digest ? rest.toString('utf8') : undefined;
}

/** @returns undefined where it cannot be read, is no file or is longer */
export function readBytes(path: string, maxBytes = Number.POSITIVE_INFINITY): Buffer | undefined {
  try {
    const found = statSync(path);
    return found.isFile() && found.size <= maxBytes ? readFileSync(path) : undefined;
  } catch {
    return undefined;
  }
}
