/** Plants one bad file per rule and runs the linter with our own configuration over all of them. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from './sources.ts';

interface Planted {
  readonly title: string;
  /** Path under `gateway/src`; every case has its own. */
  readonly path: string;
  readonly text: string;
  /** The rule that has to fire; nothing where the file is good. */
  readonly rule?: string;
}

const PROOF = `import type { Screened } from './evidence.ts';\n`;

const CASES: readonly Planted[] = [
  {
    title: 'minting a proof where it belongs',
    path: 'guard/evidence.ts',
    text: `import type { Exchange } from '../kernel/index.ts';
      declare const screened: unique symbol;
      export type Screened = Exchange & { readonly [screened]: true };
      export function markScreened<X extends Exchange>(x: X): asserts x is X & Screened { void x; }`,
  },
  {
    title: 'a door that hands out the type of a proof',
    path: 'guard/index.ts',
    text: `export type { Screened } from './evidence.ts';`,
  },
  {
    title: 'a cast onto a proof in its own room',
    path: 'guard/cast.ts',
    text: `${PROOF}export const f = (x: object) => x as Screened;`,
    rule: 'house(evidence)',
  },
  {
    title: 'a cast by way of unknown',
    path: 'guard/unknown.ts',
    text: `${PROOF}export const f = (x: number) => x as unknown as Screened;`,
    rule: 'house(evidence)',
  },
  {
    title: 'a cast in another room, by way of a door and another name',
    path: 'compose/index.ts',
    text: `import type { Screened as Seen } from '../guard/index.ts';
      export const f = (x: object) => x as Seen;`,
    rule: 'house(evidence)',
  },
  {
    title: 'a cast onto a sum with a proof in it',
    path: 'guard/sum.ts',
    text: `${PROOF}type Checked = { a: 1 } & Screened;
      export const f = (x: object) => x as Checked;`,
    rule: 'house(evidence)',
  },
  {
    title: 'a cast onto an imported type by its path',
    path: 'guard/path.ts',
    text: `export const f = (x: object) => x as import('./evidence.ts').Screened;`,
    rule: 'house(evidence)',
  },
  {
    title: 'a type predicate',
    path: 'guard/predicate.ts',
    text: `${PROOF}export const f = (x: object): x is Screened => x !== null;`,
    rule: 'house(evidence)',
  },
  {
    title: 'an assertion signature',
    path: 'guard/assertion.ts',
    text: `${PROOF}export function f(x: object): asserts x is Screened { void x; }`,
    rule: 'house(evidence)',
  },
  {
    title: 'an assertion onto a bounded type parameter',
    path: 'guard/bounded.ts',
    text: `${PROOF}export function f<T extends Screened>(x: object): asserts x is T { void x; }`,
    rule: 'house(evidence)',
  },
  {
    title: 'a value that is only declared',
    path: 'guard/declared.ts',
    text: `${PROOF}declare const x: Screened;\nexport const y = () => x;`,
    rule: 'house(evidence)',
  },
  {
    title: 'an overload that promises a proof',
    path: 'guard/overload.ts',
    text: `${PROOF}export function f(x: object): Screened;
      export function f(x: unknown): unknown { return x; }`,
    rule: 'house(evidence)',
  },
  {
    title: 'another name for a proof',
    path: 'guard/alias.ts',
    text: `${PROOF}export type Seen = Screened;`,
    rule: 'house(evidence)',
  },
  {
    title: 'a door that hands out what makes a proof',
    path: 'limits/index.ts',
    text: `export { markLimited } from './evidence.ts';`,
    rule: 'house(evidence)',
  },
  {
    title: 'letting a request in from the wrong room',
    path: 'audit/mint.ts',
    text: `import { markReceived } from '../kernel/index.ts';\nexport const f = markReceived;`,
    rule: 'house(evidence)',
  },
  {
    title: 'an import past a door',
    path: 'policy/deep.ts',
    text: `export { REASONS } from '../kernel/reasons.ts';`,
    rule: 'house(doors)',
  },
  {
    title: 'a door that exports everything',
    path: 'store/index.ts',
    text: `export * from './sqlite.ts';`,
    rule: 'house(doors)',
  },
  {
    title: 'an import of a neighbour',
    path: 'policy/neighbour.ts',
    text: `export type { Screened } from '../guard/index.ts';`,
    rule: 'house(floors)',
  },
  {
    title: 'an import of a floor above',
    path: 'store/above.ts',
    text: `export const load = () => import('../guard/index.ts');`,
    rule: 'house(floors)',
  },
  {
    title: 'an import of egress by a room that has no business outside',
    path: 'policy/egress.ts',
    text: `export { pool } from '../egress/index.ts';`,
    rule: 'house(floors)',
  },
  {
    title: 'a room that the table does not know',
    path: 'plugins/a.ts',
    text: `export type { Exchange } from '../kernel/index.ts';`,
    rule: 'house(floors)',
  },
  {
    title: 'a name that says nothing',
    path: 'wire/string-utils.ts',
    text: `export const a = 1;`,
    rule: 'house(names)',
  },
  {
    title: 'fetch',
    path: 'egress/fetch.ts',
    text: `export const get = () => fetch('http://127.0.0.1/');`,
    rule: 'eslint(no-restricted-globals)',
  },
  {
    title: 'fetch by way of globalThis',
    path: 'egress/global-fetch.ts',
    text: `export const get = () => globalThis.fetch('http://127.0.0.1/');`,
    rule: 'eslint(no-restricted-properties)',
  },
  {
    title: 'fetch of undici',
    path: 'egress/undici-fetch.ts',
    text: `export { fetch as get } from 'undici';`,
    rule: 'eslint(no-restricted-imports)',
  },
  {
    title: 'the Client of the SDK',
    path: 'upstreams/sdk.ts',
    text: `import { Client } from '@modelcontextprotocol/client';
      export const client = () => new Client({ name: 'a', version: '1' });`,
    rule: 'eslint(no-restricted-imports)',
  },
  {
    title: 'the Client of the older SDK',
    path: 'upstreams/older-sdk.ts',
    text: `export { Client } from '@modelcontextprotocol/sdk/client/index.js';`,
    rule: 'eslint(no-restricted-imports)',
  },
  {
    title: 'the Server of the SDK by way of its namespace',
    path: 'upstreams/namespace-sdk.ts',
    text: `import * as sdk from '@modelcontextprotocol/server';
      export const server = () => new sdk.Server({ name: 'a', version: '1' });`,
    rule: 'eslint(no-restricted-imports)',
  },
  {
    title: 'console outside the command line',
    path: 'audit/console.ts',
    text: `export const say = () => console.log('a');`,
    rule: 'eslint(no-console)',
  },
  {
    title: 'console in the command line',
    path: 'cli/console.ts',
    text: `export const say = () => console.log('a');`,
  },
  {
    title: 'any',
    path: 'wire/any.ts',
    text: `export const f = (x: any) => void x;`,
    rule: 'typescript(no-explicit-any)',
  },
  {
    title: 'a narrowing cast',
    path: 'wire/cast.ts',
    text: `export const f = (x: unknown) => x as string;`,
    rule: 'typescript(no-unsafe-type-assertion)',
  },
  {
    title: 'a non-null assertion',
    path: 'wire/non-null.ts',
    text: `export const f = (x: string | undefined) => x!.length;`,
    rule: 'typescript(no-non-null-assertion)',
  },
  {
    title: 'a value of any kind passed on',
    path: 'wire/parse.ts',
    text: `export const f = (x: string): string => JSON.parse(x);`,
    rule: 'typescript(no-unsafe-return)',
  },
  {
    title: 'a promise that nobody waits for',
    path: 'wire/floating.ts',
    text: `export const f = (x: () => Promise<void>) => { x(); };`,
    rule: 'typescript(no-floating-promises)',
  },
  {
    title: 'a promise taken for a truth',
    path: 'wire/misused.ts',
    text: `export const f = (x: () => Promise<boolean>) => { if (x()) return 1; return 2; };`,
    rule: 'typescript(no-misused-promises)',
  },
  {
    title: 'a switch that forgets a case',
    path: 'wire/switch.ts',
    text: `export function f(x: 'a' | 'b'): void { switch (x) { case 'a': return; } }`,
    rule: 'typescript(switch-exhaustiveness-check)',
  },
  {
    title: 'a ring of files',
    path: 'wire/ring.ts',
    text: `import { b } from './ring-back.ts';\nexport const a = () => b;`,
    rule: 'import(no-cycle)',
  },
  {
    title: 'the other half of the ring',
    path: 'wire/ring-back.ts',
    text: `import { a } from './ring.ts';\nexport const b = () => a;`,
    rule: 'import(no-cycle)',
  },
  {
    title: 'a long file',
    path: 'wire/long.ts',
    text: `export const a = 1;\n`.concat('// more\n'.repeat(400)),
    rule: 'eslint(max-lines)',
  },
  {
    title: 'a long function',
    path: 'wire/long-function.ts',
    text: `export function f(): void {\n${'  void 0;\n'.repeat(50)}}\n`,
    rule: 'eslint(max-lines-per-function)',
  },
];

const KERNEL = `export { type Exchange, markReceived } from './exchange.ts';\n`;
const EXCHANGE = `export interface Exchange { readonly id: string }
export function markReceived(x: Exchange): void { void x; }\n`;

describe('the linter', () => {
  let folder = '';
  let fired = new Map<string, readonly string[]>();

  async function plant(path: string, text: string): Promise<void> {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'planted-'));
    const config = await readFile(join(ROOT, '.oxlintrc.json'), 'utf8');
    await plant('.oxlintrc.json', config.replace('"./tools/', `"${ROOT}tools/`));
    await plant('tsconfig.json', await readFile(join(ROOT, 'tsconfig.json'), 'utf8'));
    await plant('package.json', '{"type":"module"}');
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    await plant('gateway/src/kernel/index.ts', KERNEL);
    await plant('gateway/src/kernel/exchange.ts', EXCHANGE);
    for (const { path, text } of CASES) await plant(`gateway/src/${path}`, text);
    fired = await lint(folder);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(CASES.filter(({ rule }) => rule !== undefined))('refuses $title', ({ path, rule }) => {
    expect(fired.get(`gateway/src/${path}`)).toContain(rule);
  });

  test.each(CASES.filter(({ rule }) => rule === undefined))('accepts $title', ({ path }) => {
    expect(fired.get(`gateway/src/${path}`) ?? []).toEqual([]);
  });
});

/** Runs the linter in a folder; answers the rules that fired, by file. */
async function lint(folder: string): Promise<Map<string, readonly string[]>> {
  const program = join(ROOT, 'node_modules/oxlint/bin/oxlint');
  const output = await new Promise<string>((resolve) => {
    execFile(
      process.execPath,
      [program, '--format', 'json'],
      { cwd: folder, maxBuffer: 16 * 1024 * 1024 },
      (_, stdout) => resolve(stdout),
    );
  });
  const report = JSON.parse(output) as {
    diagnostics: readonly { readonly code: string; readonly filename: string }[];
  };
  const fired = new Map<string, readonly string[]>();
  for (const { code, filename } of report.diagnostics) {
    fired.set(filename, [...(fired.get(filename) ?? []), code]);
  }
  return fired;
}
