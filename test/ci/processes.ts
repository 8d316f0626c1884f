/** The processes of this machine, as Linux lists them under /proc. */
import { readFile, readdir } from 'node:fs/promises';

export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Program and arguments, separated by spaces. */
  readonly command: string;
}

/** All processes now; one that ends meanwhile is left out. */
export async function processes(): Promise<readonly Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const read = await Promise.all(pids.map((pid) => readProcess(Number(pid)).catch(() => [])));
  return read.flat();
}

async function readProcess(pid: number): Promise<readonly Process[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z') return [];
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
  return [{ pid, parent: Number(parent), command: command.replaceAll('\0', ' ').trim() }];
}

/** The parent of a process, its parent, and so on. */
export function parentsOf(pid: number, all: readonly Process[]): readonly number[] {
  const parent = all.find((one) => one.pid === pid)?.parent;
  return parent === undefined || parent === 0 ? [] : [parent, ...parentsOf(parent, all)];
}
