/** `drawbridge usage`: what the store in the state folder knows, beside a gateway that may be running. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { systemClock } from '../../kernel/index.ts';
import { STORE_FILE, openStore, type UsageSum } from '../../store/index.ts';
import { configFile, type CommonOptions } from '../config-file.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { loadOrFail } from '../session.ts';
import { lookAround } from '../stdio/look-around.ts';
import { table } from '../table.ts';

export interface UsageOptions extends CommonOptions {
  readonly by?: 'team' | 'user' | 'agent' | 'tool' | 'endpoint' | 'principal';
  /** Milliseconds. */
  readonly since?: number;
}

const HOUR_MS = 3_600_000;
const SINCE_MS = 24 * HOUR_MS;
const MAX_ROWS = 1000;

/** Exit 0 also where nothing was used. */
export async function runUsage(out: Output, options: UsageOptions): Promise<ExitCode> {
  let stateDir = lookAround(configFile(out, options), out.surroundings.env)?.stateDir;
  if (stateDir === undefined) {
    const loaded = await loadOrFail(out, options);
    if (typeof loaded === 'number') return loaded;
    stateDir = resolve(loaded.directory, loaded.value.server.stateDir);
  }
  const { by = 'user', since = SINCE_MS } = options;
  const fromMs = Math.floor((systemClock.nowMs() - since) / HOUR_MS) * HOUR_MS;
  const rows = await read(join(stateDir, STORE_FILE), by, fromMs);
  out.result({
    ok: true,
    by,
    since: new Date(fromMs).toISOString(),
    usage: rows.map((row) => ({ ...row })),
  });
  if (rows.length === 0) out.line('Nothing was used in this time.');
  else showTable(out, by, rows);
  return EXIT.ok;
}

async function read(
  path: string,
  by: NonNullable<UsageOptions['by']>,
  fromMs: number,
): Promise<readonly UsageSum[]> {
  if (!existsSync(path)) return [];
  const store = await openStore(path);
  try {
    return await store.usage.sums(by === 'tool' ? 'item' : by, fromMs, MAX_ROWS);
  } finally {
    await store.close();
  }
}

function showTable(out: Output, by: string, rows: readonly UsageSum[]): void {
  const cells = rows.map((row) => [
    row.name === '' ? '(none)' : row.name,
    String(row.calls),
    String(row.refusals),
    String(row.errors),
    String(row.resultBytes),
    String(row.tokens),
    row.cost === 0 ? '-' : row.cost.toFixed(4),
  ]);
  const { isTTY, columns } = out.surroundings.stdout;
  const head = [by.toUpperCase(), 'CALLS', 'REFUSED', 'ERRORS', 'BYTES', 'TOKENS', 'COST'];
  const [title = '', ...lines] = table([head, ...cells], isTTY === true ? columns : undefined);
  out.line(out.outPaint.faint(title));
  for (const line of lines) out.line(line);
}
