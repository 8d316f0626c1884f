/** What a client's file was before it was changed, so that this can be undone byte for byte. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../config/index.ts';
import type { Machine } from '../clients/client.ts';

const backupSchema = z.strictObject({
  file: z.string(),
  /** The whole file, base64; null where there was none. */
  before: z.string().nullable(),
  /** SHA-256 of what was written. */
  after: z.string(),
});

export interface Backup {
  readonly file: string;
  /** Undefined where there was no file. */
  readonly before: Buffer | undefined;
  readonly after: string;
}

/** One per entry, in the folder that this user's programs keep their settings in. */
export function backupPath(machine: Machine, client: string, name: string): string {
  return join(machine.settings, 'drawbridge', 'connected', `${client}.${name}.json`);
}

export function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function keepBackup(path: string, { file, before, after }: Backup): void {
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  const record = { file, before: before?.toString('base64') ?? null, after };
  replaceFile(path, `${JSON.stringify(record)}\n`);
}

/** Undefined where there is none, or none that can be read. */
export function readBackup(path: string): Backup | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const { file, before, after } = backupSchema.parse(value);
    return { file, before: before === null ? undefined : Buffer.from(before, 'base64'), after };
  } catch {
    return undefined;
  }
}

export function dropBackup(path: string): void {
  rmSync(path, { force: true });
}
