/** A server of the Redis protocol on a free port, without persistence. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestRedis extends AsyncDisposable {
  readonly port: number;
  /** With the password, where there is one. */
  readonly url: string;
  /** Kills it, so that everything it knew is lost; `start` brings it back on the same port. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** It keeps its connections but answers nothing until it goes on. */
  freeze(): void;
  thaw(): void;
}

const PROGRAMS = ['valkey-server', 'redis-server'];

/** The program to start, or undefined where there is none. */
export const redisProgram = PROGRAMS.find(
  (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0,
);

/**
 * Why tests that need a server are skipped; '' where they run. They are never skipped where
 * `CI_NO_SKIP` is set: there a missing server is a failure.
 */
export const redisMissing =
  redisProgram === undefined && process.env['CI_NO_SKIP'] !== '1'
    ? `neither ${PROGRAMS.join(' nor ')} is installed`
    : '';

if (redisMissing !== '') console.warn(`Tests that need a server are skipped: ${redisMissing}.`);

/** Starts a server that is killed when it goes out of scope. */
export async function startRedis(options: { readonly password?: string } = {}): Promise<TestRedis> {
  if (redisProgram === undefined) throw new Error('There is no server of the Redis protocol.');
  const program = redisProgram;
  const dir = await mkdtemp(join(tmpdir(), 'drawbridge-redis-'));
  const port = await freePort();
  const { password } = options;
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir];
  args.push('--save', '', '--appendonly', 'no', '--loglevel', 'warning');
  if (password !== undefined) args.push('--requirepass', password);
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = spawn(program, args, { stdio: 'ignore' });
    await untilListening(port, child);
  };
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  await start();
  return {
    port,
    url: `redis://${password === undefined ? '' : `:${encodeURIComponent(password)}@`}127.0.0.1:${port}`,
    start,
    kill,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    [Symbol.asyncDispose]: async () => {
      await kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
  throw new Error(`The server ended with ${child.exitCode} before it listened on ${port}.`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  return address.port;
}
