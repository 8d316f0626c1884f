import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { governedScenario } from './governed.ts';
import { hopScenario } from './hop.ts';
import { measure, runFolder, runLimitMs } from './measurement.ts';
import { memory } from './memory/main.ts';
import { readOptions, USAGE, type Options } from './options.ts';
import { policyBench } from './policy.ts';
import { LOAD_CORE, Processes } from './processes.ts';
import { environment, failuresOf, runTables, type Report, type RunReport } from './report.ts';
import { prepare } from './requirements.ts';
import { grpcBench } from './grpc.ts';
import { soapBench } from './soap.ts';
import { sqlBench } from './sql.ts';

const benchFolder = dirname(fileURLToPath(import.meta.url));

/** Runs the command the options name. Every failure is in the report, none is thrown. */
async function bench(options: Options, folder: string, processes: Processes): Promise<Report> {
  const say = (text: string) => process.stderr.write(`${text}\n`);
  const show = (text: string) =>
    (options.json ? process.stderr : process.stdout).write(`${text}\n`);
  const runs: RunReport[] = [];
  const failures: string[] = [];
  let facts: Report['environment'] = {};
  try {
    const programs = await prepare(benchFolder);
    facts = environment(programs.nginx);
    execFileSync('taskset', ['-a', '-p', '-c', String(LOAD_CORE), String(process.pid)]);
    show(
      Object.entries(facts)
        .map(([name, value]) => `${name} ${value}`)
        .join(', '),
    );
    const entry = options.entry ?? join(benchFolder, '../gateway/src/main.ts');
    const scenario =
      options.command === 'hop' ? hopScenario() : governedScenario(entry, options.access);
    for (let number = 1; number <= options.runs; number++) {
      say(`run ${number} of ${options.runs}`);
      const shop = { benchFolder, folder: runFolder(folder, number), programs, processes };
      const run = await measure(shop, options, scenario, say);
      runs.push(run);
      failures.push(...failuresOf(run, number, options.budget));
      show(`\nrun ${number}\n${runTables(run)}\n`);
    }
  } catch (error) {
    failures.push(error instanceof Error ? error.message : String(error));
  }
  return { ok: failures.length === 0, failures, options, environment: facts, runs };
}

/** Commands that start no gateway under load; each answers its exit code. */
const IN_PROCESS: ReadonlyMap<string, (args: readonly string[]) => Promise<number>> = new Map([
  ['policy', policyBench],
  ['grpc', grpcBench],
  ['soap', soapBench],
  ['sql', sqlBench],
  ['memory', memory],
]);

async function main(): Promise<void> {
  const [command, ...args] = process.argv.slice(2);
  const inProcess = command === undefined ? undefined : IN_PROCESS.get(command);
  if (inProcess !== undefined) {
    process.exitCode = await inProcess(args);
    return;
  }
  if (process.argv.includes('--help')) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const options = readOptions(process.argv.slice(2));
  const processes = new Processes();
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-bench-'));
  process.once('exit', () => {
    processes.killNow();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(130));
  }
  setTimeout(
    () => {
      process.stderr.write('the bench took too long and gives up\n');
      process.exit(1);
    },
    runLimitMs(options) * options.runs,
  ).unref();

  const report = await bench(options, folder, processes);
  for (const failure of report.failures) process.stderr.write(`FAILED: ${failure}\n`);
  if (options.json) process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
  process.exitCode = report.ok ? 0 : 1;
  await processes.stopAll();
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
