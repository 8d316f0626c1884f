/** What opening a document costs, first and again, and what a client then has in its list. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { List } from './verdict.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 120_000;

export interface Opening {
  /** CPU of the first time, and with what the first one kept; the least of all processes. */
  readonly firstMs: number;
  readonly againMs: number;
  readonly firstMb: number;
}

interface Opened {
  readonly ms: number;
  readonly mb: number;
}

/** @param times fresh processes for each */
export async function measureOpening(file: string, times: number): Promise<Opening> {
  const first: Opened[] = [];
  const again: Opened[] = [];
  for (let time = 0; time < times; time++) {
    await withFolder(async (folder) => {
      first.push(await child('open.ts', file, folder));
      again.push(await child('open.ts', file, folder));
    });
  }
  const least = (some: readonly Opened[]): number => Math.min(...some.map(({ ms }) => ms));
  return {
    firstMs: least(first),
    againMs: least(again),
    firstMb: Math.min(...first.map(({ mb }) => mb)),
  };
}

/** Tools and tokens (o200k) of `tools/list` where nothing is configured but the document. */
export async function measureListing(file: string): Promise<List> {
  try {
    return {
      file,
      fault: '',
      ...(await withFolder((folder) => child('listing.ts', file, folder))),
    };
  } catch (error) {
    const words = error instanceof Error ? (/Error: (.*)/.exec(error.message)?.[1] ?? '') : '';
    return { file, tools: 0, tokens: 0, fault: words || String(error) };
  }
}

async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-import-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function child(script: string, file: string, folder: string) {
  const out = join(folder, 'out.json');
  const path = fileURLToPath(new URL(script, import.meta.url));
  await run(process.execPath, ['--expose-gc', path, file, folder, out], { timeout: TIMEOUT_MS });
  return JSON.parse(readFileSync(out, 'utf8'));
}
