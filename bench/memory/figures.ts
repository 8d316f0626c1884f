import type { Reading } from './reading.ts';

const KB = 1024;
/** Timers that serve all of a kind come and go with the first and the last. */
const SHARED_TIMERS = 2;

/** What one of many costs: bytes of PSS, of the heap and of buffers beside it. */
export interface Share {
  readonly what: string;
  readonly count: number;
  readonly pssBytes: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
  /** Timers that were set meanwhile. */
  readonly moreTimers: number;
  /** The most that it may cost; undefined where it is only shown. */
  readonly floorBytes: number | undefined;
}

/** What one gateway said of itself. */
export interface Measured {
  readonly title: string;
  readonly readings: readonly (readonly [what: string, Reading])[];
  readonly shares: readonly Share[];
  /** What is wrong beside the shares. */
  readonly failures: readonly string[];
}

/** The difference of two readings, divided among those that came in between. */
export function shareOf(
  what: string,
  count: number,
  before: Reading,
  after: Reading,
  floorBytes?: number,
): Share {
  return {
    what,
    count,
    pssBytes: (after.pssBytes - before.pssBytes) / count,
    heapBytes: (after.heapBytes - before.heapBytes) / count,
    externalBytes: (after.externalBytes - before.externalBytes) / count,
    moreTimers: after.timers - before.timers,
    floorBytes,
  };
}

/** What is wrong with a share, in sentences. */
export function failuresOf({ what, count, pssBytes, moreTimers, floorBytes }: Share): string[] {
  const failures: string[] = [];
  if (floorBytes === undefined) return failures;
  if (pssBytes > floorBytes) {
    failures.push(`${count} x ${what}: ${kilobytes(pssBytes)} KB each, ${floorBytes / KB} allowed`);
  }
  if (moreTimers > SHARED_TIMERS) {
    failures.push(`${count} x ${what}: ${moreTimers} more timers are set`);
  }
  return failures;
}

/** The shares as lines for people. */
export function shareTable(shares: readonly Share[]): string {
  const lines = shares.map((share) => [
    share.what,
    String(share.count),
    kilobytes(share.pssBytes),
    share.floorBytes === undefined ? '-' : String(share.floorBytes / KB),
    kilobytes(share.heapBytes),
    kilobytes(share.externalBytes),
    String(share.moreTimers),
  ]);
  return table([['KB each', 'count', 'PSS', 'floor', 'heap', 'buffers', 'timers'], ...lines]);
}

/** Readings of one process as lines for people. */
export function readingTable(readings: readonly (readonly [what: string, Reading])[]): string {
  const lines = readings.map(([what, reading]) => [
    what,
    megabytes(reading.pssBytes),
    megabytes(reading.heapBytes),
    megabytes(reading.externalBytes),
    String(reading.timers),
  ]);
  return table([['MB', 'PSS', 'heap', 'buffers', 'timers'], ...lines]);
}

function kilobytes(bytes: number): string {
  return (bytes / KB).toFixed(2);
}

function megabytes(bytes: number): string {
  return (bytes / KB / KB).toFixed(1);
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  const align = (cell: string, at: number): string =>
    at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0);
  return rows.map((row) => row.map(align).join('  ')).join('\n');
}
