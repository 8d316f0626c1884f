/**
 * Files of ours that are used only where they are whole: a line with their length and checksum, then
 * what it holds. The checksum finds damage; whoever may write here could write a digest as well, and one
 * of a large import takes longer than reading it.
 */
import { hash, randomUUID } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';

const MARK = 'drawbridge-api-5';

/** SHA-256 as hex. */
export function digestOf(bytes: string | Buffer): string {
  return hash('sha256', bytes);
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
export function writeKept(path: string, kind: string, text: string | Buffer): Promise<void> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  return writeWhole(path, Buffer.concat([Buffer.from(`${headOf(kind, bytes)}\n`), bytes]));
}

/** @returns undefined where there is no such file, or it is damaged or not one of ours */
export function readKept(path: string, kind: string): Buffer | undefined {
  const bytes = readBytes(path);
  const end = bytes?.indexOf('\n') ?? -1;
  if (bytes === undefined || end < 0 || end > 200) return undefined;
  const rest = bytes.subarray(end + 1);
  return bytes.toString('latin1', 0, end) === headOf(kind, rest) ? rest : undefined;
}

function headOf(kind: string, bytes: Buffer): string {
  return `${MARK} ${kind} ${bytes.length} ${crc32(bytes).toString(16).padStart(8, '0')}`;
}

/** @returns undefined where it cannot be read, is no file or is longer */
export function readBytes(path: string, maxBytes = Number.POSITIVE_INFINITY): Buffer | undefined {
  let file;
  try {
    // Without NONBLOCK, opening a pipe would wait for somebody to write to it.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = fstatSync(file);
    return found.isFile() && found.size <= maxBytes ? readFileSync(file) : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
