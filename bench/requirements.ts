import { accessSync, constants } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { compile } from './compile.ts';

const NEEDED: Readonly<Record<string, string>> = {
  gcc: 'gcc',
  nginx: 'nginx-light',
  taskset: 'util-linux',
  setpriv: 'util-linux',
};

/** The programs a measurement uses, as absolute paths. */
export interface Programs {
  readonly nginx: string;
  readonly generator: string;
  readonly upstream: string;
}

/** What is missing, one sentence each; `find` says where a program is. */
export function missingPrograms(find: (name: string) => string | undefined): string[] {
  return Object.entries(NEEDED)
    .filter(([name]) => find(name) === undefined)
    .map(([name, debian]) => `${name} is missing (Debian: apt-get install ${debian})`);
}

/**
 * Checks that this machine can measure and compiles the C programs into `out/`. Throws with
 * everything that is missing.
 */
export async function prepare(benchFolder: string): Promise<Programs> {
  if (process.platform !== 'linux') throw new Error('the bench needs Linux: it reads /proc');
  const missing = missingPrograms(findProgram);
  if (availableParallelism() < 2) missing.push('two processor cores are needed');
  if (missing.length > 0) throw new Error(`the bench cannot run here:\n  ${missing.join('\n  ')}`);
  return {
    nginx: findProgram('nginx') ?? 'nginx',
    generator: await compile(benchFolder, 'generator'),
    upstream: await compile(benchFolder, 'upstream'),
  };
}

/** Where a program is: the PATH, then the folders of system programs. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
