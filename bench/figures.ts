import type { Slice } from './rotation.ts';
import { quantile, spread } from './statistics.ts';

/** The closed loop of one target. CPU in microseconds per call. */
export interface TargetFigures {
  readonly target: string;
  readonly minUs: number;
  readonly lowerQuartileUs: number;
  readonly medianUs: number;
  /** Lower quartile over nginx's lower quartile. */
  readonly ratioToNginx: number;
  readonly bestRps: number;
  readonly medianRps: number;
  readonly loadCoreUs: number;
  readonly slices: number;
  readonly requests: number;
  readonly errors: number;
  readonly wrong: number;
}

/** The open loop of one target at one rate. Times in microseconds. */
export interface LatencyFigures {
  readonly target: string;
  readonly rate: number;
  readonly p50BestUs: number;
  readonly p50MedianUs: number;
  readonly p99BestUs: number;
  readonly p99LowerQuartileUs: number;
  readonly cpuUs: number;
  readonly slices: number;
  readonly requests: number;
}

/** Summarises the closed loop. `nginx` are the slices of the reference in the same run. */
export function targetFigures(
  target: string,
  slices: readonly Slice[],
  nginx: readonly Slice[],
): TargetFigures {
  const cpu = spread(slices.map((slice) => slice.cpuUs));
  const rps = slices.map((slice) => slice.load.requests / slice.load.seconds);
  return {
    target,
    minUs: cpu.min,
    lowerQuartileUs: cpu.lowerQuartile,
    medianUs: cpu.median,
    ratioToNginx: cpu.lowerQuartile / spread(nginx.map((slice) => slice.cpuUs)).lowerQuartile,
    bestRps: quantile(rps, 1),
    medianRps: quantile(rps, 0.5),
    loadCoreUs: quantile(
      slices.map((slice) => slice.loadCoreUs),
      0.25,
    ),
    slices: slices.length,
    requests: total(slices, 'requests'),
    errors: total(slices, 'errors'),
    wrong: total(slices, 'wrong'),
  };
}

/** Summarises the open loop at one rate. */
export function latencyFigures(
  target: string,
  rate: number,
  slices: readonly Slice[],
): LatencyFigures {
  const p50 = slices.map((slice) => slice.load.p50Us);
  const p99 = slices.map((slice) => slice.load.p99Us);
  return {
    target,
    rate,
    p50BestUs: quantile(p50, 0),
    p50MedianUs: quantile(p50, 0.5),
    p99BestUs: quantile(p99, 0),
    p99LowerQuartileUs: quantile(p99, 0.25),
    cpuUs: quantile(
      slices.map((slice) => slice.cpuUs),
      0.25,
    ),
    slices: slices.length,
    requests: total(slices, 'requests'),
  };
}

function total(slices: readonly Slice[], figure: 'requests' | 'errors' | 'wrong'): number {
  return slices.reduce((sum, slice) => sum + slice.load[figure], 0);
}
