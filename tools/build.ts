/** Compiles the published package: `gateway/src` to JavaScript and types in `gateway/dist`. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

rmSync(`${root}gateway/dist`, { recursive: true, force: true });
const { status } = spawnSync('tsc', ['--project', 'gateway/tsconfig.build.json'], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
});
process.exitCode = status ?? 1;
