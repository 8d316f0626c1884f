import { setTimeout as delay } from 'node:timers/promises';
import { load, type Load, type LoadResult } from './load.ts';
import { cpuBetween, threadTimes } from './scheduler.ts';
import type { Target } from './targets.ts';

/** After a slice: work that is done in batches is charged to the slice that caused it. */
const SETTLE_MS = 100;

/** One slice of one target. */
export interface Slice {
  readonly load: LoadResult;
  /** CPU of the target per call, all threads, in microseconds. */
  readonly cpuUs: number;
  /** CPU of generator and upstream together per call, in microseconds. */
  readonly loadCoreUs: number;
}

/** What a rotation needs beside its targets. */
export interface Rig {
  readonly generator: string;
  readonly upstream: Target;
}

/** The order of the targets in one round: each of them comes first in turn. */
export function orderOf<T>(targets: readonly T[], round: number): T[] {
  const first = round % Math.max(1, targets.length);
  return [...targets.slice(first), ...targets.slice(0, first)];
}

/** Takes `rounds` slices of every target, in rotation, so that all see the same noise. */
export async function rotate(
  rig: Rig,
  targets: readonly Target[],
  rounds: number,
  wanted: Load,
): Promise<Map<Target, Slice[]>> {
  const slices = new Map(targets.map((target) => [target, [] as Slice[]]));
  for (let round = 0; round < rounds; round++) {
    for (const target of orderOf(targets, round)) {
      slices.get(target)?.push(await takeSlice(rig, target, wanted));
    }
  }
  return slices;
}

async function takeSlice(rig: Rig, target: Target, wanted: Load): Promise<Slice> {
  const before = threadTimes(target.pid);
  const upstreamBefore = threadTimes(rig.upstream.pid);
  const result = await load(rig.generator, target, wanted);
  await delay(SETTLE_MS);
  const cpuNs = cpuBetween(before, threadTimes(target.pid));
  const upstreamNs = cpuBetween(upstreamBefore, threadTimes(rig.upstream.pid));
  return {
    load: result,
    cpuUs: cpuNs / 1000 / result.requests,
    loadCoreUs: (result.generatorCpuUs + upstreamNs / 1000) / result.requests,
  };
}
