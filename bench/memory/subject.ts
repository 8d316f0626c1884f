import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, refuseTaken } from '../ports.ts';
import { untilReady } from '../readiness.ts';
import { NODE_FLAGS } from '../targets.ts';
import { isReading, type Reading } from './reading.ts';

const READ_LIMIT_MS = 60_000;
const END_LIMIT_MS = 20_000;

/** Flags of the gateway under measurement: those it is run with, and the right to ask for a collection. */
export const FLAGS = [...NODE_FLAGS, '--expose-gc'];

/** What one measurement needs. */
export interface Bench {
  /** Main file of the gateway. */
  readonly entry: string;
  readonly folder: string;
  readonly rounds: number;
}

/** A gateway in a process of its own that says how much memory it takes. */
export interface Subject {
  readonly port: number;
  read(): Promise<Reading>;
  stop(): Promise<void>;
}

/**
 * Starts a gateway before one legacy upstream. Caps that a measurement would meet are raised; as many
 * outcomes of answered calls are kept for late retries as one round has calls.
 * @param folder temporary; its state and its output lie there
 */
export async function startSubject(
  entry: string,
  folder: string,
  upstreamUrl: string,
): Promise<Subject> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const file = join(folder, 'drawbridge.yaml');
  writeFileSync(file, configuration(port, upstreamUrl, folder));
  refuseTaken(port);
  const outputFile = join(folder, 'gateway.log');
  const output = openSync(outputFile, 'a');
  const probe = fileURLToPath(new URL('probe.ts', import.meta.url));
  const args = ['--import', probe, entry, 'serve', '--config', file];
  const command = ['--pdeathsig', 'KILL', process.execPath, ...FLAGS, ...args];
  const child = spawn('setpriv', command, {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder },
    stdio: ['ignore', output, output, 'ipc'],
  });
  closeSync(output);
  if (child.pid === undefined) throw new Error('the gateway could not be started');
  await untilReady({ name: 'gateway', pid: child.pid, child, outputFile }, port, '/readyz');
  return { port, read: () => readingOf(child), stop: () => stop(child) };
}

function configuration(port: number, upstreamUrl: string, stateDir: string): string {
  return `server: { listen: "127.0.0.1:${port}", stateDir: ${JSON.stringify(stateDir)} }
limits: { maxCallsPerPrincipal: 10000, maxCallsPerUpstream: 10000, maxStreamsPerPrincipal: 10000 }
interactions: { maxParkedPerPrincipal: 10000, maxParkedPerUpstream: 10000, maxParked: 1000 }
upstreams:
  bench: { mcp: { url: ${JSON.stringify(upstreamUrl)}, era: "2025-11-25" } }
policy:
  rules: [{ allow: ["bench/*"] }]
`;
}

async function readingOf(child: ChildProcess): Promise<Reading> {
  const signal = AbortSignal.timeout(READ_LIMIT_MS);
  const answered = once(child, 'message', { signal });
  child.send('read');
  const [message]: unknown[] = await answered;
  if (isReading(message)) return message;
  throw new Error(`the gateway did not say how much memory it takes: ${JSON.stringify(message)}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), END_LIMIT_MS);
  await exited;
  clearTimeout(late);
}
