/** Runs the official suite as a child process and reads what it found. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Suite } from './cells.ts';

export interface ScenarioResult {
  readonly name: string;
  readonly passed: number;
  /** Texts of the checks that failed. */
  readonly failures: readonly string[];
}

export interface SuiteRun {
  readonly scenarios: ReadonlyMap<string, ScenarioResult>;
  /** Names of the scored scenarios of the set. */
  readonly scored: ReadonlySet<string>;
}

export interface Check {
  readonly id: string;
  readonly status: string;
  readonly errorMessage?: string;
}

const TIMEOUT_MS = 300_000;

/** Runs all server scenarios of a suite against `url` (it has to be on localhost). */
export async function runSuite(url: string, suite: Suite): Promise<SuiteRun> {
  const out = await mkdtemp(join(tmpdir(), 'drawbridge-conformance-'));
  const isOld = suite === '0.1.16';
  const which = isOld ? ['--suite', 'all'] : ['--requirements', suite];
  try {
    await runCli(isOld, ['server', '--url', url, ...which, '-o', out]);
    const scored = scoredNames(await runCli(isOld, ['list', ...(isOld ? ['--server'] : which)]));
    return { scenarios: await readResults(out), scored };
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

/** Runs the suite's command line. @returns what it printed */
export async function runCli(isOld: boolean, args: readonly string[]): Promise<string> {
  const name = isOld ? 'conformance-0-1' : '@modelcontextprotocol/conformance';
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  const cli = join(dirname(manifest), 'dist/index.js');
  const child = spawn(process.execPath, [cli, ...args], {
    stdio: ['ignore', 'pipe', args[0] === 'client' ? 'ignore' : 'inherit'],
    timeout: TIMEOUT_MS,
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(child, 'close');
  return Buffer.concat(chunks).toString('utf8');
}

/** The list prints the scored scenarios first, servers' and clients' under headings of their own. */
function scoredNames(listing: string): Set<string> {
  return new Set(namesUnder(/Server scenarios[^\n]*\n([\s\S]*?)(?:\n\n|$)/, listing));
}

/** Names of the scored client scenarios. */
export function clientNames(listing: string): string[] {
  return namesUnder(/Client scenarios[^\n]*\n([\s\S]*?)(?:\n\n|$)/, listing);
}

function namesUnder(heading: RegExp, listing: string): string[] {
  const [, scenarios = ''] = heading.exec(listing) ?? [];
  const names = [...scenarios.matchAll(/^\s+- (\S+)/gm)].map((match) => match[1] ?? '');
  if (names.length === 0) throw new Error('the suite lists no scored scenario');
  return names;
}

/** All checks below a folder. */
export async function readChecks(folder: string): Promise<Check[]> {
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => name.endsWith('checks.json'));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) => JSON.parse(text) as Check[]);
}

async function readResults(folder: string): Promise<Map<string, ScenarioResult>> {
  const results = new Map<string, ScenarioResult>();
  for (const entry of await readdir(folder)) {
    const name = /^server-(.+)-\d{4}-\d\d-\d\dT/.exec(entry)?.[1];
    if (name === undefined) continue;
    const checks = JSON.parse(
      await readFile(join(folder, entry, 'checks.json'), 'utf8'),
    ) as Check[];
    const failed = checks.filter((check) => check.status === 'FAILURE');
    results.set(name, {
      name,
      passed: checks.filter((check) => check.status === 'SUCCESS').length,
      failures: failed.map((check) => `${check.id}: ${check.errorMessage ?? ''}`),
    });
  }
  if (results.size === 0) throw new Error('the suite left no results');
  return results;
}
