/**
 * Builds and packs what is published, unpacks it into an empty folder with nothing but its declared
 * dependencies beside it, and starts it from there: plain JavaScript, registry unreachable.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MEMORY_SERVER = join(ROOT, 'node_modules/@modelcontextprotocol/server-memory/dist/index.js');
const run = promisify(execFile);

/** Where `gateway` finds one of its dependencies. */
function installedAt(name: string): string {
  const nested = join(ROOT, 'gateway/node_modules', name);
  return existsSync(nested) ? nested : join(ROOT, 'node_modules', name);
}

describe('the published package', () => {
  let folder = '';
  let unpacked = '';
  let manifest: {
    readonly bin: Readonly<Record<string, string>>;
    readonly exports: Readonly<Record<string, string>>;
    readonly dependencies: Readonly<Record<string, string>>;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'packed-'));
    unpacked = join(folder, 'node_modules/drawbridge');
    await run('npm', ['run', 'build'], { cwd: ROOT });
    await run('npm', ['pack', '--workspace', 'gateway', '--pack-destination', folder], {
      cwd: ROOT,
      env: { ...process.env, npm_config_offline: 'true' },
    });
    const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? 'no tarball';
    await mkdir(unpacked, { recursive: true });
    await run('tar', ['-xzf', join(folder, tarball), '-C', unpacked, '--strip-components=1']);
    manifest = JSON.parse(await readFile(join(unpacked, 'package.json'), 'utf8'));
    for (const name of Object.keys(manifest.dependencies)) {
      const place = join(folder, 'node_modules', name);
      await mkdir(dirname(place), { recursive: true });
      await symlink(installedAt(name), place);
    }
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('holds compiled code, types, the schema and the licence, and nothing else', async () => {
    const files = await readdir(unpacked, { recursive: true, withFileTypes: true });
    const paths = files
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name).slice(unpacked.length + 1));
    expect(paths.length).toBeGreaterThan(50);
    const sources = paths.filter((path) => /(?<!\.d)\.ts$|\.test\.|\/test-/.test(path));
    expect(sources).toEqual([]);
    const top = new Set(paths.map((path) => path.replace(/\/.*/, '')));
    top.delete('README.md');
    expect([...top].sort()).toEqual(['LICENSE', 'bin', 'dist', 'package.json', 'schema']);
  });

  test('holds every file that its manifest names', () => {
    const named = [...Object.values(manifest.bin), ...Object.values(manifest.exports)];
    expect(named.filter((path) => !existsSync(join(unpacked, path)))).toEqual([]);
  });

  test('serves, and stops with exit code 0 when asked to', async () => {
    const config = [
      'server: { listen: 127.0.0.1:0, stateDir: ./state }',
      'upstreams:',
      '  memory:',
      '    mcp:',
      `      command: ${JSON.stringify(process.execPath)}`,
      `      args: [${JSON.stringify(MEMORY_SERVER)}]`,
      `      env: { MEMORY_FILE_PATH: ${JSON.stringify(join(folder, 'memory.jsonl'))} }`,
    ];
    await writeFile(join(folder, 'drawbridge.yaml'), `${config.join('\n')}\n`);
    const gateway = spawn(
      process.execPath,
      [join(unpacked, manifest.bin['drawbridge'] ?? ''), 'serve', '--config', 'drawbridge.yaml'],
      {
        cwd: folder,
        env: { ...process.env, NODE_OPTIONS: '--no-experimental-strip-types' },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const exited = once(gateway, 'exit');
    try {
      const origin = await addressOf(gateway);
      await expect.poll(() => statusOf(`${origin}/readyz`), { timeout: 20_000 }).toBe(200);
      gateway.kill('SIGTERM');
      expect(await exited).toEqual([0, null]);
    } finally {
      gateway.kill('SIGKILL');
    }
  });
});

/** Resolves to the first address that a process prints; rejects with its output when it ends. */
function addressOf(child: ReturnType<typeof spawn>): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const address = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
        if (address !== undefined) resolve(address);
      });
    }
    child.once('exit', (code) => reject(new Error(`It ended with ${code}:\n${output}`)));
  });
}

/** The status of a GET, or 0 where nobody answers. */
async function statusOf(url: string): Promise<number> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.status;
  } catch {
    return 0;
  }
}
