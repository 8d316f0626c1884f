/**
 * The one gate, the fastest step first. Stops at the first step that fails and says how to run that
 * step alone. `node tools/check.ts <step>...` runs only the named ones; `--after-tests` leaves out
 * those that `npm test` consists of, where it has just passed on the same files.
 */
import { spawnSync } from 'node:child_process';

interface Step {
  readonly name: string;
  /** A program of `node_modules/.bin` (or git) and its arguments. */
  readonly command: readonly [string, ...string[]];
}

/** What `npm test` runs. */
const TESTS: readonly string[] = ['unit', 'journeys', 'package'];

const GENERATED = ['gateway/schema/drawbridge.schema.json'];

const STEPS: readonly Step[] = [
  { name: 'format', command: ['oxfmt', '--check'] },
  { name: 'lint', command: ['oxlint', '--deny-warnings'] },
  { name: 'types', command: ['tsc', '--project', '.'] },
  { name: 'house', command: ['vitest', 'run', '--project', 'unit', 'test/house'] },
  { name: 'unused', command: ['knip', '--no-progress'] },
  { name: 'generate', command: ['node', 'tools/generate.ts'] },
  { name: 'generated', command: ['git', 'diff', '--exit-code', '--stat', '--', ...GENERATED] },
  { name: 'committed', command: ['git', 'ls-files', '--error-unmatch', '--', ...GENERATED] },
  { name: 'unit', command: ['vitest', 'run', '--project', 'unit'] },
  { name: 'matrix', command: ['vitest', 'run', '--project', 'matrix'] },
  { name: 'journeys', command: ['vitest', 'run', '--project', 'journeys'] },
  { name: 'package', command: ['vitest', 'run', '--project', 'package'] },
  { name: 'conformance', command: ['node', 'test/conformance/run.ts'] },
];

/** Runs one step with its output shown; answers whether it passed. */
function passes(step: Step): boolean {
  const [program, ...args] = step.command;
  const startedMs = performance.now();
  process.stdout.write(`\n> ${step.name}: ${step.command.join(' ')}\n`);
  const { status, error } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (error !== undefined) process.stderr.write(`${error.message}\n`);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const verdict = status === 0 ? 'ok' : 'FAILED';
  process.stdout.write(`< ${step.name}: ${verdict} after ${seconds} s\n`);
  return status === 0;
}

/** Runs the steps in their order; answers the exit code. */
function check(args: readonly string[]): number {
  const known = STEPS.map((step) => step.name);
  const isAfterTests = args.includes('--after-tests');
  const wanted = args.filter((each) => each !== '--after-tests');
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    process.stderr.write(`There is no step "${unknown}". The steps are: ${known.join(', ')}.\n`);
    return 2;
  }
  const chosen = STEPS.filter(
    ({ name }) =>
      (wanted.length === 0 || wanted.includes(name)) && !(isAfterTests && TESTS.includes(name)),
  );
  if (isAfterTests) process.stdout.write(`Left to npm test: ${TESTS.join(', ')}.\n`);
  for (const step of chosen) {
    if (passes(step)) continue;
    process.stderr.write(`To run only this step: npm run check -- ${step.name}\n`);
    return 1;
  }
  process.stdout.write(`\nAll ${chosen.length} steps passed.\n`);
  return 0;
}

process.exitCode = check(process.argv.slice(2));
