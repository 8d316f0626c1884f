import { readdirSync, readFileSync } from 'node:fs';

/** Run time in nanoseconds of every thread of a process and its children, by thread id. */
export type ThreadTimes = ReadonlyMap<number, number>;

/** Reads the scheduler's account of all threads of `pid` and of its child processes. */
export function threadTimes(pid: number): ThreadTimes {
  const times = new Map<number, number>();
  addProcess(pid, times);
  return times;
}

/**
 * Nanoseconds of CPU between two readings. Throws when a thread has ended between them: its time
 * would be missing and the figure too good.
 */
export function cpuBetween(before: ThreadTimes, after: ThreadTimes): number {
  for (const thread of before.keys()) {
    if (!after.has(thread)) throw new Error(`thread ${thread} ended during a slice`);
  }
  let total = 0;
  for (const [thread, time] of after) total += time - (before.get(thread) ?? 0);
  return total;
}

/** The ids of a process and all its descendants. */
export function processTree(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(processTree)];
}

function addProcess(pid: number, times: Map<number, number>): void {
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const [runTime] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
    times.set(Number(thread), Number(runTime));
  }
  for (const child of childrenOf(pid)) addProcess(child, times);
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
      .split(' ')
      .filter((id) => id.trim() !== '')
      .map(Number),
  );
}
