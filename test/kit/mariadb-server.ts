/** A MariaDB of a test's own, of the programs that are installed, on a free port. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestMariaDb extends AsyncDisposable {
  readonly port: number;
  /** Of a user with every right, over TCP. */
  readonly url: string;
}

const NOBODY = 65_534;

/** @param options further ones of its own, as on its command line */
export async function startMariaDb(options: readonly string[] = []): Promise<TestMariaDb> {
  const dir = mkdtempSync(join(tmpdir(), 'drawbridge-mariadb-'));
  const owner = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (owner.uid !== undefined) chownSync(dir, NOBODY, NOBODY);
  chmodSync(dir, 0o700);
  const data = join(dir, 'data');
  const words = ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal'];
  const made = spawnSync('mariadb-install-db', [...words, '--skip-test-db'], {
    cwd: dir,
    ...owner,
  });
  if (made.status !== 0) throw new Error(`${String(made.stderr)} ${String(made.error ?? '')}`);
  const port = await freePort();
  const child = spawn(
    'mariadbd',
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(dir, 'socket')}`,
      `--pid-file=${join(dir, 'pid')}`,
      '--skip-log-bin',
      ...options,
    ],
    { cwd: dir, ...owner, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('ready for connections')) resolve();
    });
    child.once('exit', () => reject(new Error(said)));
    child.once('error', reject);
  });
  return {
    port,
    url: `mysql://root@127.0.0.1:${port}/mysql`,
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
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
