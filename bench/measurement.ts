import { mkdirSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { latencyFigures, targetFigures, type LatencyFigures } from './figures.ts';
import { load } from './load.ts';
import type { Options } from './options.ts';
import type { RunReport } from './report.ts';
import { rotate, type Rig } from './rotation.ts';
import { startNginx, startUpstream, type Target, type Workshop } from './targets.ts';

const OPEN_RATES = [500, 2000];
const OPEN_ROUNDS = 5;
const OPEN_SLICE_MS = 2000;
const OPEN_CONNECTIONS = 64;

/** Says what is going on; never on stdout. */
export type Progress = (text: string) => void;

/** The targets that a command adds to nginx, and what it checks once they are measured. */
export interface Scenario {
  readonly start: (shop: Workshop, upstream: Target) => Promise<readonly Target[]>;
  readonly finish: (shop: Workshop) => Promise<Pick<RunReport, 'audit'>>;
}

/** An upper bound for the time of one run, in milliseconds. */
export function runLimitMs(options: Options): number {
  const targets = 4;
  const closed = options.slices * targets * (options.sliceMs + 1000);
  const open = options.latency
    ? OPEN_RATES.length * OPEN_ROUNDS * targets * (OPEN_SLICE_MS + 1000)
    : 0;
  return 5 * 60_000 + closed + open;
}

/** One run with fresh processes: start, warm up, measure, stop, check. */
export async function measure(
  shop: Workshop,
  options: Options,
  scenario: Scenario,
  progress: Progress,
): Promise<RunReport> {
  mkdirSync(shop.folder, { recursive: true });
  const upstream = await startUpstream(shop);
  const nginx = await startNginx(shop, upstream);
  const targets = [nginx, ...(await scenario.start(shop, upstream))];
  const rig = { generator: shop.programs.generator, upstream };
  const { connections, slices: rounds, sliceMs, warmup } = options;
  progress(`warm-up: ${warmup} calls each to ${targets.map((one) => one.name).join(', ')}`);
  for (const target of targets) await load(rig.generator, target, { connections, count: warmup });

  progress(`closed loop: ${rounds} slices of ${sliceMs} ms each, in rotation`);
  const slices = await rotate(rig, targets, rounds, { connections, durationMs: sliceMs });
  const latency = options.latency ? await measureLatency(rig, targets, progress) : [];
  const loadAverage = loadavg();
  const checked = await scenario.finish(shop);
  await shop.processes.stopAll();
  const reference = slices.get(nginx) ?? [];
  return {
    targets: [...slices].map(([target, taken]) => targetFigures(target.name, taken, reference)),
    latency,
    ...checked,
    loadAverage,
  };
}

async function measureLatency(
  rig: Rig,
  targets: readonly Target[],
  progress: Progress,
): Promise<LatencyFigures[]> {
  const direct = { ...rig.upstream, name: 'direct' };
  const figures: LatencyFigures[] = [];
  for (const rate of OPEN_RATES) {
    progress(`open loop: ${OPEN_ROUNDS} slices of ${OPEN_SLICE_MS} ms at ${rate} calls per second`);
    const wanted = { connections: OPEN_CONNECTIONS, durationMs: OPEN_SLICE_MS, rate };
    const slices = await rotate(rig, [direct, ...targets], OPEN_ROUNDS, wanted);
    for (const [target, taken] of slices) figures.push(latencyFigures(target.name, rate, taken));
  }
  return figures;
}

/** The folder of one run below the temporary folder of the bench. */
export function runFolder(folder: string, number: number): string {
  return join(folder, `run-${number}`);
}
