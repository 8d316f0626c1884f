import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { FIRST_ID } from './messages.ts';
import { LOAD_CORE, pinned } from './processes.ts';
import type { Target } from './targets.ts';

const run = promisify(execFile);

/** How to load a target: a count or a duration, closed loop unless a rate per second is given. */
export interface Load {
  readonly connections: number;
  readonly count?: number;
  readonly durationMs?: number;
  readonly rate?: number;
}

const FIGURES = [
  'sent',
  'requests',
  'errors',
  'wrong',
  'lost',
  'reconnects',
  'seconds',
  'generatorCpuUs',
  'p50Us',
  'p90Us',
  'p99Us',
  'maxUs',
] as const;

/** What the generator measured; `requests` are the right answers, `sent` is what left. */
export type LoadResult = Readonly<Record<(typeof FIGURES)[number], number>>;

/** Reads the generator's report. Throws when it is not one, or when any answer was not right. */
export function readLoadResult(target: string, text: string): LoadResult {
  const report: Record<string, unknown> = JSON.parse(text);
  const figures = FIGURES.map((name) => {
    const value = report[name];
    if (typeof value !== 'number') throw new Error(`the generator did not report "${name}"`);
    return [name, value] as const;
  });
  const result = Object.fromEntries(figures) as LoadResult;
  const bad = result.errors + result.wrong + result.lost;
  if (bad === 0 && result.requests === result.sent && result.requests > 0) return result;
  throw new Error(
    `${target}: ${result.requests} right answers to ${result.sent} requests, ` +
      `${result.wrong} wrong, ${result.errors} errors, ${result.lost} never sent; ` +
      `first failure: ${String(report['failure'])}\n${String(report['sample'])}`,
  );
}

/**
 * Loads one target and returns when the last answer is there. Ids go on from the target's last one,
 * so that a late answer of an earlier load cannot pass for a right one.
 */
export async function load(generator: string, target: Target, wanted: Load): Promise<LoadResult> {
  const timeoutMs = wanted.durationMs === undefined ? 120_000 : wanted.durationMs + 5000;
  const options = {
    '--port': target.port,
    '--request': target.requestFile,
    '--marker': target.markerFile,
    '--connections': wanted.connections,
    '--first-id': FIRST_ID + target.sent,
    '--count': wanted.count,
    '--duration-ms': wanted.durationMs,
    '--rate': wanted.rate,
    '--timeout-ms': timeoutMs,
  };
  const args = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [name, String(value)],
  );
  const { stdout } = await run('setpriv', pinned(LOAD_CORE, generator, args), {
    timeout: timeoutMs + 5000,
    killSignal: 'SIGKILL',
  });
  const result = readLoadResult(target.name, stdout);
  target.sent += result.sent;
  if (wanted.count !== undefined && result.requests !== wanted.count) {
    throw new Error(`${target.name}: only ${result.requests} of ${wanted.count} calls in time`);
  }
  return result;
}
