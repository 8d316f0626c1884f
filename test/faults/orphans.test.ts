/** A gateway that is killed leaves nothing behind, whatever its children do about it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../gateway/src/main.ts', import.meta.url));
const SERVER = fileURLToPath(new URL('../kit/children/stubborn-server.ts', import.meta.url));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function startServe(folder: string): Promise<ChildProcess> {
  const pids = join(folder, 'pids');
  const config = join(folder, 'drawbridge.yaml');
  const entry = { command: process.execPath, args: [SERVER, pids], era: '2025-11-25' };
  const text = JSON.stringify({
    server: { listen: '127.0.0.1:0', stateDir: folder },
    upstreams: { stubborn: { mcp: entry } },
  });
  await writeFile(config, text);
  const gateway = spawn(process.execPath, [MAIN, 'serve', '--config', config], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder,
  });
  return gateway;
}

/** Pids of the server and of the grandchild that it forked, once both are there. */
async function pidsOf(folder: string): Promise<number[]> {
  const read = async (): Promise<number[]> => {
    const text = await readFile(join(folder, 'pids'), 'utf8').catch(() => '');
    return text.split('\n').filter(Boolean).map(Number);
  };
  await expect.poll(read, { timeout: 15_000 }).toHaveLength(2);
  return await read();
}

test.each(['SIGKILL', 'SIGTERM'] as const)(
  '%s: a child that ignores SIGTERM and the end of its input, and its grandchild, are gone in 5 s',
  async (signal) => {
    const folder = await mkdtemp(join(tmpdir(), 'drawbridge-orphans-'));
    const gateway = await startServe(folder);
    try {
      const pids = await pidsOf(folder);
      expect(pids.every(isAlive)).toBe(true);
      const exited = once(gateway, 'exit');
      gateway.kill(signal);
      await exited;
      await expect.poll(() => pids.filter(isAlive), { timeout: 5_000, interval: 50 }).toEqual([]);
    } finally {
      gateway.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    }
  },
);
