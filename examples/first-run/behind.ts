/** What stands behind the first run and does not start by itself: an MCP server over HTTP. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const STATE = fileURLToPath(new URL('.drawbridge/', import.meta.url));
const STARTED_WITHIN_MS = 10_000;

/** Starts the server on a free port; the configuration finds it by EVERYTHING_URL. */
export async function start(): Promise<{ stop(): Promise<void> }> {
  mkdirSync(STATE, { recursive: true, mode: 0o700 });
  const child = startServer();
  const port = await portOf(child);
  process.env['EVERYTHING_URL'] = `http://127.0.0.1:${port}/mcp`;
  process.env['MEMORY_FILE'] = join(STATE, 'memory.jsonl');
  return { stop: () => stop(child) };
}

function startServer(): ChildProcess {
  const manifest = createRequire(import.meta.url).resolve(
    '@modelcontextprotocol/server-everything/package.json',
  );
  return fork(
    fileURLToPath(new URL('on-loopback.ts', import.meta.url)),
    [join(dirname(manifest), 'dist/index.js'), 'streamableHttp'],
    { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] },
  );
}

async function portOf(child: ChildProcess): Promise<number> {
  const signal = AbortSignal.timeout(STARTED_WITHIN_MS);
  const exit = once(child, 'exit', { signal }).then(() => {
    throw new Error('The example server ended before it listened.');
  });
  const message = once(child, 'message', { signal }).then(([port]: unknown[]) => Number(port));
  exit.catch(() => {});
  return Promise.race([message, exit]);
}

/** Ends the server and everything it has begun. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  process.kill(-child.pid, 'SIGKILL');
  await exited;
}
