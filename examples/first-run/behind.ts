/** What stands behind the first run and does not start by itself: an MCP server over HTTP. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const STATE = fileURLToPath(new URL('.drawbridge/', import.meta.url));

/** Starts the server on a free port; the configuration finds it by EVERYTHING_URL. */
export async function start(): Promise<{ stop(): Promise<void> }> {
  mkdirSync(STATE, { recursive: true, mode: 0o700 });
  const socket = createServer().listen(0, '127.0.0.1');
  await once(socket, 'listening');
  const address = socket.address();
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  process.env['EVERYTHING_URL'] = `http://127.0.0.1:${address.port}/mcp`;
  process.env['MEMORY_FILE'] = join(STATE, 'memory.jsonl');
  const child = startServer(socket);
  return { stop: () => stop(child) };
}

/** The server takes the socket over, so that it can be called before it is loaded. */
function startServer(socket: Server): ChildProcess {
  const manifest = createRequire(import.meta.url).resolve(
    '@modelcontextprotocol/server-everything/package.json',
  );
  const child = fork(
    fileURLToPath(new URL('on-loopback.ts', import.meta.url)),
    [join(dirname(manifest), 'dist/index.js'), 'streamableHttp'],
    { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] },
  );
  child.send('socket', socket, () => socket.close());
  return child;
}

/** Ends the server and everything it has begun. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  process.kill(-child.pid, 'SIGKILL');
  await exited;
}
