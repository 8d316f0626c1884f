import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { failuresOf, readingTable, shareTable, type Measured } from './figures.ts';
import { measureParked } from './parked.ts';
import { measureSessions } from './idle-sessions.ts';
import { FLAGS } from './subject.ts';

/** What `memory --help` prints. */
const USAGE = `usage: npm run bench -- memory [options]

What 1,000 parked calls and idle sessions of the legacy era cost; fails above the floors.

options
  --rounds N    how often 1,000 calls are parked and answered (5)
  --entry FILE  main file of another build of the gateway
  --json        the figures as JSON on stdout, the tables on stderr`;

/** Runs the command. @returns the exit code */
export async function memory(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '5' },
      entry: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const rounds = Number(values.rounds);
  if (!/^\d{1,3}$/.test(values.rounds) || rounds < 3) throw new Error('--rounds takes 3 to 999');
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(130));
  }
  const own = fileURLToPath(new URL('../../gateway/src/main.ts', import.meta.url));
  const entry = values.entry === undefined ? own : resolve(values.entry);
  const show = (text: string) => (values.json ? process.stderr : process.stdout).write(`${text}\n`);
  show(`node ${process.versions.node} ${FLAGS.join(' ')}`);
  const measured: Measured[] = [];
  for (const measurement of [measureParked, ...measureSessions]) {
    const one = await measurement({ entry, folder, rounds });
    show(`\n${one.title}\n${readingTable(one.readings)}\n\n${shareTable(one.shares)}`);
    measured.push(one);
  }
  const failures = measured.flatMap((one) => [...one.shares.flatMap(failuresOf), ...one.failures]);
  for (const failure of failures) process.stderr.write(`FAILED: ${failure}\n`);
  const report = { ok: failures.length === 0, failures, measured };
  if (values.json) process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
  return report.ok ? 0 : 1;
}
