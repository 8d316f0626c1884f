import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, release } from 'node:os';
import type { LatencyFigures, TargetFigures } from './figures.ts';
import { answerResult, callBody, FIRST_ID } from './messages.ts';
import type { Options } from './options.ts';
import { NODE_FLAGS } from './targets.ts';

/** One run: fresh processes, warm-up, slices. */
export interface RunReport {
  readonly targets: readonly TargetFigures[];
  readonly latency: readonly LatencyFigures[];
  /** Calls sent to the gateway and audit records of calls it left; absent without a gateway. */
  readonly audit?: { readonly sent: number; readonly recorded: number };
  readonly loadAverage: readonly number[];
}

/** Everything that `--json` prints. */
export interface Report {
  readonly ok: boolean;
  readonly failures: readonly string[];
  readonly options: Options;
  readonly environment: Readonly<Record<string, string | number>>;
  readonly runs: readonly RunReport[];
}

/** What the figures depend on: machine, versions, flags, sizes. */
export function environment(nginx: string): Record<string, string | number> {
  const undici: { version: string } = createRequire(import.meta.url)('undici/package.json');
  const answer = `{"jsonrpc":"2.0","id":${FIRST_ID},"result":${answerResult()}}`;
  return {
    node: process.versions.node,
    nodeFlags: NODE_FLAGS.join(' '),
    undici: undici.version,
    nginx: versionOf(`${nginx} -v 2>&1`),
    gcc: versionOf('gcc -dumpfullversion'),
    kernel: release(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryMb: Math.round(Number(/\d+/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[0]) / 1024),
    loadAverage: loadavg()
      .map((value) => value.toFixed(1))
      .join(' '),
    requestBytes: callBody('bench__echo').length,
    answerBytes: answer.length,
  };
}

/** What is wrong with one run, in sentences. */
export function failuresOf(run: RunReport, number: number, budget: number | undefined): string[] {
  const failures: string[] = [];
  const gateway = run.targets.find((figures) => figures.target === 'gateway');
  if (budget !== undefined && gateway !== undefined && gateway.ratioToNginx > budget) {
    const ratio = gateway.ratioToNginx.toFixed(2);
    failures.push(`run ${number}: the gateway costs ${ratio} times nginx; the budget is ${budget}`);
  }
  if (run.audit !== undefined && run.audit.recorded !== run.audit.sent) {
    const { recorded, sent } = run.audit;
    failures.push(`run ${number}: ${sent} calls were sent, ${recorded} have an audit record`);
  }
  return failures;
}

/** The tables of one run. */
export function runTables(run: RunReport): string {
  const closed = run.targets.map((row) => [
    row.target,
    row.minUs.toFixed(1),
    row.lowerQuartileUs.toFixed(1),
    row.medianUs.toFixed(1),
    row.ratioToNginx.toFixed(2),
    row.bestRps.toFixed(0),
    row.medianRps.toFixed(0),
    row.loadCoreUs.toFixed(1),
    String(row.slices),
    String(row.requests),
    String(row.errors + row.wrong),
  ]);
  const open = run.latency.map((row) => [
    row.target,
    String(row.rate),
    row.p50BestUs.toFixed(0),
    row.p50MedianUs.toFixed(0),
    row.p99BestUs.toFixed(0),
    row.p99LowerQuartileUs.toFixed(0),
    row.cpuUs.toFixed(1),
    String(row.requests),
  ]);
  const tables = [table([CLOSED_HEAD, ...closed])];
  if (open.length > 0) tables.push(table([OPEN_HEAD, ...open]));
  if (run.audit !== undefined) {
    tables.push(`calls sent ${run.audit.sent}, audit records of calls ${run.audit.recorded}`);
  }
  return tables.join('\n\n');
}

const CLOSED_HEAD = [
  'CPU us per call',
  'min',
  'q1',
  'median',
  'x nginx',
  'best rps',
  'median rps',
  'load core us',
  'slices',
  'calls',
  'bad',
];
const OPEN_HEAD = [
  'latency us',
  'rps',
  'p50 best',
  'p50 median',
  'p99 best',
  'p99 q1',
  'CPU us',
  'calls',
];

/** Aligned columns: the first to the left, the others to the right. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const align = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(align).join('  ')).join('\n');
}

function versionOf(command: string): string {
  const text = execFileSync('sh', ['-c', command], { encoding: 'utf8', timeout: 5000 });
  return text.trim().replace('nginx version: nginx/', '');
}
