/** The guard runs where nothing else does, so it is tried on an older Node where there is one. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from './sources.ts';

const guard = join(ROOT, 'gateway/bin/guard.js');
const command = join(ROOT, 'gateway/bin/drawbridge.js');

/** A Node older than 24 outside of `node_modules`. */
function olderNode(): string | undefined {
  const folders = ['/usr/bin', '/usr/local/bin', ...(process.env['PATH'] ?? '').split(delimiter)];
  return folders
    .map((folder) => join(folder, 'node'))
    .filter((path) => existsSync(path) && !realpathSync(path).includes('node_modules'))
    .find((path) => majorOf(path) < 24);
}

function majorOf(node: string): number {
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return Number.parseInt(stdout.replace('v', ''), 10);
}

/** Runs a script under this Node, which says that it is 20. */
function standIn(script: string): string[] {
  const claim = `Object.defineProperty(process, 'versions', { value: { node: '20.20.2' } });`;
  return ['--import', `data:text/javascript,${encodeURIComponent(claim)}`, script];
}

function run(node: string, args: readonly string[]) {
  return spawnSync(node, args, { encoding: 'utf8' });
}

describe('the guard', () => {
  test('says nothing on the Node that we need', () => {
    const { status, stdout, stderr } = run(process.execPath, [guard]);
    expect([status, stdout, stderr]).toEqual([0, '', '']);
  });

  test.each([guard, command])('%s refuses an older Node and says what to do', (script) => {
    const older = olderNode();
    const { status, stdout, stderr } =
      older === undefined ? run(process.execPath, standIn(script)) : run(older, [script]);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^Drawbridge needs Node\.js 24 or newer; this is Node\.js \d+\./);
    expect(stderr).toContain('npm ci');
    expect(stderr).toContain('.node-version');
  });

  test('refuses by what Node says of itself', () => {
    const { status, stderr } = run(process.execPath, standIn(guard));
    expect(status).toBe(1);
    expect(stderr).toContain('this is Node.js 20.20.2');
  });

  test('agrees with what the package and the workspace declare', () => {
    const [, needed] = /NEEDED = (\d+)/.exec(readFileSync(guard, 'utf8')) ?? [];
    const engines = readFileSync(join(ROOT, 'gateway/package.json'), 'utf8');
    expect(engines).toContain(`"node": ">=${needed}"`);
    expect(readFileSync(join(ROOT, '.node-version'), 'utf8')).toMatch(new RegExp(`^${needed}\\.`));
  });

  test('stands before every npm script that starts Node', () => {
    const text = readFileSync(join(ROOT, 'package.json'), 'utf8');
    const { scripts } = JSON.parse(text) as { scripts: Record<string, string> };
    const unguarded = Object.entries(scripts).filter(
      ([, script]) => !script.startsWith('node gateway/bin/guard.js && '),
    );
    expect(unguarded).toEqual([]);
  });

  test('is not needed where npm ci has brought Node', () => {
    expect(majorOf(join(ROOT, 'node_modules/.bin/node'))).toBeGreaterThanOrEqual(24);
  });
});
