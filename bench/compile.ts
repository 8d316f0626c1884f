import { execFile } from 'node:child_process';
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const SOURCES: Readonly<Record<'generator' | 'upstream', readonly string[]>> = {
  generator: ['generator.c', 'arrivals.c', 'outcome.c', 'http.c', '-lm'],
  upstream: ['upstream.c', 'json.c', 'http.c'],
};

/**
 * Compiles one of the C programs into `out/` and returns its path. A bench that runs at the same
 * time keeps its own copy: the new file takes the place of the old one in one step.
 */
export async function compile(
  benchFolder: string,
  name: 'generator' | 'upstream',
): Promise<string> {
  const out = join(benchFolder, 'out');
  const program = join(out, name);
  const fresh = `${program}.${process.pid}`;
  mkdirSync(out, { recursive: true });
  const flags = ['-O2', '-std=gnu17', '-Wall', '-Wextra', '-Werror', '-o', fresh];
  await run('gcc', [...flags, ...SOURCES[name]], {
    cwd: join(benchFolder, 'load'),
    timeout: 60_000,
  });
  renameSync(fresh, program);
  return program;
}
