/** Benches that run in this process alone: their options, their slices and how they say what they found. */
import { parseArgs } from 'node:util';

export const SLICES = 20;
/** What a usual call of any kind of API may cost without its way, CPU microseconds. */
export const MAX_CALL_MICROSECONDS = 80;

/** CPU microseconds per call. */
export interface Slices {
  readonly least: number;
  readonly middle: number;
}

interface Found {
  readonly ok: boolean;
}

/** What a call cost in one case. */
export interface CallFigure extends Slices {
  /** The case in words, its sizes included. */
  readonly name: string;
  /** Whether the budget is meant for it. */
  readonly isUsual: boolean;
}

/**
 * Runs a command that takes `--json` and `--help` only.
 * @param show prints the report as text
 * @returns the exit code
 */
export async function runInProcess<T extends Found>(
  args: readonly string[],
  usage: string,
  measure: () => Promise<T>,
  show: (report: T) => void,
): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const report = await measure();
  if (values.json) process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
  else show(report);
  return report.ok ? 0 : 1;
}

/** Runs a bench of the calls of one kind of API; a usual call over the budget fails it. */
export function runCallBench(
  args: readonly string[],
  usage: string,
  measure: () => Promise<readonly CallFigure[]>,
): Promise<number> {
  return runInProcess(
    args,
    usage,
    async () => {
      const figures = await measure();
      const isOver = ({ isUsual, middle }: CallFigure): boolean =>
        isUsual && middle >= MAX_CALL_MICROSECONDS;
      return { ok: !figures.some(isOver), figures };
    },
    ({ figures }) => {
      for (const { name, least, middle } of figures) {
        const told = `least ${least.toFixed(1)}, middle ${middle.toFixed(1)} us CPU per call`;
        process.stdout.write(`${name}: ${told}\n`);
      }
    },
  );
}

/** What a call costs once everything is warm. */
export async function slicesOf(calls: number, call: () => Promise<void>): Promise<Slices> {
  const slices: number[] = [];
  for (let slice = -1; slice < SLICES; slice++) {
    const before = process.cpuUsage();
    for (let index = 0; index < calls; index++) await call();
    const { user, system } = process.cpuUsage(before);
    if (slice >= 0) slices.push((user + system) / calls);
  }
  const sorted = slices.toSorted((a, b) => a - b);
  return { least: sorted[0] ?? 0, middle: sorted[Math.floor(SLICES / 2)] ?? 0 };
}
