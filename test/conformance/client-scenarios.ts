/** The suite's client scenarios, with the gateway between its server and a client of the SDK. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Suite } from './cells.ts';
import { clientNames, readChecks, runCli } from './suite.ts';

export interface ClientRun {
  readonly name: string;
  readonly passed: number;
  /** Texts of the checks that did not pass; a warning is one too. */
  readonly failures: readonly string[];
}

/** Unscored scenarios that have to pass all the same. */
const ALSO = ['json-schema-2020-12-preservation'];
const DRIVER = fileURLToPath(new URL('driver.ts', import.meta.url));

/** Runs every scenario of a requirement set but those about authorization. */
export async function runClientScenarios(suite: Exclude<Suite, '0.1.16'>): Promise<ClientRun[]> {
  const scored = clientNames(await runCli(false, ['list', '--requirements', suite]));
  const names = [...scored, ...ALSO].filter((name) => !name.startsWith('auth/'));
  const runs: ClientRun[] = [];
  for (const name of names) runs.push(await runScenario(name, suite));
  return runs;
}

async function runScenario(name: string, suite: Suite): Promise<ClientRun> {
  const out = await mkdtemp(join(tmpdir(), 'drawbridge-conformance-'));
  try {
    const command = `${process.execPath} ${DRIVER}`;
    const which = ['--scenario', name, '--spec-version', suite];
    await runCli(false, ['client', '--command', command, ...which, '-o', out]);
    const checks = await readChecks(out);
    const bad = checks.filter(({ status }) => status === 'FAILURE' || status === 'WARNING');
    const failures = bad.map(({ id, errorMessage = '' }) => `${id}: ${errorMessage}`);
    const passed = checks.filter(({ status }) => status === 'SUCCESS').length;
    if (passed === 0) failures.push('no check passed');
    return { name, passed, failures };
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}
