/**
 * The official conformance suite through the gateway to our fixture, cell by cell. Exits with 1 when
 * a scored scenario fails that is no known exception, or when an exception has become stale.
 */
import { startFixture } from '../kit/fixture/index.ts';
import { startGateway, type TestConfig } from '../kit/gateway.ts';
import type { Pair } from '../../tools/bridging/cells.ts';
import { ROWS } from '../../tools/bridging/rows.ts';
import { CELLS, type Cell } from './cells.ts';
import { startIssuer } from '../kit/oidc.ts';
import { runClientScenarios } from './client-scenarios.ts';
import { runSuite, type SuiteRun } from './suite.ts';
import { startWithToken } from './with-token.ts';

const isRunAlone = process.argv.length > 2;

/** What a cell is called, and by what words on the command line it is chosen. */
function nameOf({ suite, fixture, items, tokens = false }: Cell): string {
  const more = tokens ? ' with tokens' : '';
  return `${suite} ${fixture}${items ? '' : ' without items'}${more}`;
}

function isChosen(cell: Cell): boolean {
  return !isRunAlone || process.argv.slice(2).every((word) => nameOf(cell).includes(word));
}

async function runCell(cell: Cell): Promise<SuiteRun> {
  await using fixture = await startFixture({ era: cell.fixture, items: cell.items });
  const sections = {
    // The suite asks for the error that a caller without tasks gets where nobody waits for it.
    upstreams: { fixture: { mcp: { url: fixture.url, tasks: 'pass' } } },
    endpoints: { default: { include: ['fixture/*'], names: 'original' } },
  };
  if (cell.tokens === true) return await runWithTokens(cell, sections);
  await using gateway = await startGateway(sections);
  return await runSuite(gateway.url.replace('127.0.0.1', 'localhost'), cell.suite);
}

async function runWithTokens(cell: Cell, sections: TestConfig): Promise<SuiteRun> {
  await using issuer = await startIssuer();
  const publicUrl = 'https://tools.example.com';
  const audience = `${publicUrl}/mcp`;
  await using gateway = await startGateway({
    ...sections,
    server: { publicUrl },
    identity: {
      oauth: [{ issuer: issuer.url, audience, requireAtJwt: true }],
      scopes: { default: ['tools'] },
    },
    policy: { default: 'allow' },
  });
  const headers = { 'content-type': 'application/json' };
  const refused = await fetch(gateway.url, { method: 'POST', headers, body: '{}' });
  if (refused.status !== 401) throw new Error(`without a token: HTTP ${refused.status}`);
  await using way = await startWithToken(gateway.origin, await issuer.token(audience));
  return await runSuite(way.url, cell.suite);
}

/** The pair of eras that a cell is about; a server of both is spoken to in the modern one. */
function pairOf({ suite, fixture }: Cell): Pair {
  const client = suite === '2026-07-28' ? 'modern' : 'legacy';
  return `${client}-${fixture === 'legacy' ? 'legacy' : 'modern'}`;
}

/** What is wrong with the excuse for a failing scenario; undefined where it stands. */
function excuseProblem(cell: Cell, scenario: string, rowId: string): string | undefined {
  const row = ROWS.find(({ id }) => id === rowId);
  if (row === undefined) return `${scenario} is excused by "${rowId}", which is no row`;
  const { fate } = row.cells[pairOf(cell)];
  return fate === 'exact' || fate === 'absent'
    ? `${scenario} is excused by "${rowId}", which is ${fate} for ${pairOf(cell)}`
    : undefined;
}

/** What is wrong with a run, a line each; nothing where it is as it should be. */
function judge(cell: Cell, run: SuiteRun): string[] {
  const failing = [...run.scenarios.values()].filter((each) => each.failures.length > 0);
  if (cell.minFailing !== undefined) {
    return failing.length >= cell.minFailing
      ? []
      : [`only ${failing.length} scenarios fail; at least ${cell.minFailing} have to`];
  }
  const required = new Set([...run.scored, ...cell.alsoRequired]);
  const problems: string[] = [];
  for (const name of required) {
    const result = run.scenarios.get(name);
    if (result === undefined) problems.push(`${name} did not run`);
    else if (result.failures.length > 0 && !Object.hasOwn(cell.exceptions, name)) {
      problems.push(...result.failures.map((failure) => `${name}: ${failure}`));
    }
  }
  for (const [name, rowId] of Object.entries(cell.exceptions)) {
    const problem = excuseProblem(cell, name, rowId);
    if (problem !== undefined) problems.push(problem);
    if (run.scenarios.get(name)?.failures.length === 0) {
      problems.push(`${name} is listed as an exception but passes; take it off the list`);
    }
  }
  return problems;
}

let isGood = true;
for (const cell of CELLS.filter(isChosen)) {
  const run = await runCell(cell);
  const problems = judge(cell, run);
  const results = [...run.scenarios.values()];
  const passing = results.filter((each) => each.failures.length === 0);
  const scored = passing.filter((each) => run.scored.has(each.name)).length;
  const checks = results.reduce((sum, each) => sum + each.passed, 0);
  process.stdout.write(
    `${problems.length === 0 ? 'ok    ' : 'FAILED'} ${nameOf(cell)}: ` +
      `${passing.length} of ${results.length} scenarios, ${scored} of ${run.scored.size} scored, ` +
      `${checks} checks passed\n`,
  );
  for (const [name, why] of Object.entries(cell.exceptions)) {
    process.stdout.write(`       left out: ${name}, see "${why}" in docs/bridging.md\n`);
  }
  for (const problem of problems) process.stdout.write(`       ${problem}\n`);
  for (const result of results) {
    if (cell.minFailing !== undefined || run.scored.has(result.name)) continue;
    if (cell.alsoRequired.includes(result.name) || result.failures.length === 0) continue;
    process.stdout.write(`       not scored and failing: ${result.name}\n`);
  }
  isGood &&= problems.length === 0;
}
for (const suite of ['2025-11-25', '2026-07-28'] as const) {
  const name = `${suite} client`;
  if (!process.argv.slice(2).every((word) => name.includes(word))) continue;
  const runs = await runClientScenarios(suite);
  const failing = runs.filter(({ failures }) => failures.length > 0);
  const checks = runs.reduce((sum, { passed }) => sum + passed, 0);
  process.stdout.write(
    `${failing.length === 0 ? 'ok    ' : 'FAILED'} ${name}: ` +
      `${runs.length - failing.length} of ${runs.length} scenarios, ${checks} checks passed\n`,
  );
  for (const { name: scenario, failures } of failing) {
    for (const failure of failures) process.stdout.write(`       ${scenario}: ${failure}\n`);
  }
  isGood &&= failing.length === 0;
}
process.exitCode = isGood ? 0 : 1;
