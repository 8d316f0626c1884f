/**
 * `npm run eval:import -- <folder>`: turns every API description of a folder into tools, judges them
 * and prints the figures beside those of other converters.
 */
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { documentsIn } from './documents.ts';
import { isGraphQl, judgeGraphQl } from './graphql.ts';
import { judgeGrpc } from './grpc.ts';
import { judgeSql } from './sql.ts';
import { isWsdl, judgeWsdl } from './wsdl.ts';
import { measureListing, measureOpening, type Opening } from './opening.ts';
import { PEERS } from './peers.ts';
import { MAX_JUDGED } from './judge.ts';
import { runDocument, type DocumentResult } from './run.ts';
import { failuresOf, LIST_BUDGET, type List } from './verdict.ts';
import { runVectors, type VectorResult } from './vectors.ts';
import { percent, quantile, renderTable, short, type Row } from './table.ts';

const USAGE = `usage: npm run eval:import -- <folder or document> [options]

options
  --invalid        the documents are broken on purpose: a clear error or a part is expected
  --times N        fresh processes per document; the least CPU counts (1)
  --opening        also what opening costs: first, and again with what was kept
  --listing        also what a client's list holds where nothing is configured
  --no-import      only what --opening and --listing ask for, not the table of imports
  --vectors FILE   serialization vectors to check first
  --plug-in FILE   another converter (bench/import/convert.mjs)
  --faults         list every document that is not all complete
  --json           every document's figures as JSON on stdout, the table on stderr

Ends with 1 where a vector is wrong, a process ends badly, a converter breaks instead of saying what
is wrong, a broken document gives neither an error nor tools, or a list is over ${LIST_BUDGET} tokens.`;

const PLUG_IN = fileURLToPath(new URL('convert.mjs', import.meta.url));
const TIMEOUT_MS = 120_000;
const WORKERS = 2;
/** What opening again may cost, CPU ms. */
const AGAIN_MS = 5;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    invalid: { type: 'boolean', default: false },
    faults: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    opening: { type: 'boolean', default: false },
    listing: { type: 'boolean', default: false },
    'no-import': { type: 'boolean', default: false },
    vectors: { type: 'string' },
    times: { type: 'string', default: '1' },
    'plug-in': { type: 'string', default: PLUG_IN },
    help: { type: 'boolean', default: false },
  },
});
const [folder] = positionals;
if (values.help || folder === undefined) {
  process.stdout.write(`${USAGE}\n`);
  process.exit(values.help ? 0 : 2);
}
const say = (text: string): void => {
  process[values.json ? 'stderr' : 'stdout'].write(`${text}\n`);
};

let vectors: readonly VectorResult[] = [];
if (values.vectors !== undefined) {
  vectors = await runVectors(values.vectors);
  const wrong = vectors.filter(({ fault }) => fault !== '');
  say(`serialization vectors: ${vectors.length - wrong.length} of ${vectors.length}`);
  for (const { id, fault } of wrong) say(`  ${id}: ${fault}`);
}
const isGrpcJudged = await judgeGrpc(folder, say);
const isSchemaJudged = (await judgeGraphQl(folder, say)) || isGrpcJudged;
const isSqlJudged = await judgeSql(folder, say);
const isWsdlJudged = (await judgeWsdl(folder, say)) || isSqlJudged;
const files = documentsIn(folder, true).filter((file) => !isGraphQl(file) && !isWsdl(file));
if (files.length > 0) say(`${files.length} documents`);
const results: DocumentResult[] = [];
const options = { plugIn: values['plug-in'], times: Number(values.times), timeoutMs: TIMEOUT_MS };
if (!values['no-import'] && (files.length > 0 || !(isSchemaJudged || isWsdlJudged))) {
  await inTurn(files, options.times > 1 ? 1 : WORKERS, async (file) => {
    results.push(await runDocument(file, options));
  });
  if (values.invalid) reportInvalid();
  else reportTable();
}
/** Those that can be opened at all. */
const usable = values['no-import']
  ? files
  : results.filter(({ error }) => error === '').map(({ file }) => file);
if (values.opening) await reportOpening();
const lists = values.listing ? await reportListing() : [];
const failures = failuresOf({ vectors, results, lists, areInvalid: values.invalid });
for (const failure of failures) say(`FAILED ${failure}`);
if (failures.length > 0) process.exitCode = 1;
if (values.json) process.stdout.write(`${JSON.stringify(results)}\n`);

/** Several at a time, each file once. */
async function inTurn(
  all: readonly string[],
  workers: number,
  work: (file: string) => Promise<void>,
): Promise<void> {
  const queue = all.values();
  const worker = async (): Promise<void> => {
    for (const file of queue) await work(file);
  };
  await Promise.all(Array.from({ length: workers }, worker));
}

function reportTable(): void {
  const slices: readonly (readonly [string, (one: DocumentResult) => boolean])[] = [
    ['drawbridge', () => true],
    ...['2.0', '3.0', '3.1', '3.2'].map(
      (version) => [`  ${version}`, (one: DocumentResult) => one.version === version] as const,
    ),
    ['  over 1 MB', (one) => one.bytes > 1_000_000],
  ];
  const rows = slices
    .map(([name, belongs]) => rowOf(name, results.filter(belongs)))
    .filter((row) => row !== undefined);
  say(renderTable([...rows, ...PEERS]));
  say(`operations ${total((one) => one.judgement.operations)}, tools ${total(toolsOf)}`);
  const sampled = results.filter((one) => toolsOf(one) > MAX_JUDGED).length;
  say(
    `documents with more than ${MAX_JUDGED} tools, here ${sampled}, are judged by an even sample of ${MAX_JUDGED}`,
  );
  for (const one of results.filter((result) => !isComplete(result) || result.error !== '')) {
    if (values.faults || !one.hasEnded) say(`${basename(one.file)}: ${faultsOf(one)}`);
  }
}

function reportInvalid(): void {
  const ended = results.filter((one) => one.hasEnded);
  const refused = ended.filter((one) => one.error !== '');
  say(`${ended.length} of ${results.length} ended well: ${refused.length} refused with an error,`);
  say(`${ended.length - refused.length} imported in part or whole`);
  for (const one of results) {
    if (values.faults || !one.hasEnded) say(`${basename(one.file)}: ${faultsOf(one)}`);
  }
}

async function reportOpening(): Promise<void> {
  const openings: (Opening & { readonly file: string })[] = [];
  for (const file of usable) {
    openings.push({ file, ...(await measureOpening(file, options.times)) });
  }
  const show = (read: (one: Opening) => number): string =>
    [0.5, 0.95, 1].map((share) => quantile(openings.map(read), share).toFixed(1)).join('/');
  say(`opening, CPU ms p50/p95/max: first ${show((one) => one.firstMs)}`);
  say(`                             again ${show((one) => one.againMs)}`);
  const over = openings.filter(({ againMs }) => againMs >= AGAIN_MS).length;
  say(`${openings.length} documents, ${over} of them ${AGAIN_MS} ms or more again`);
  for (const one of openings.toSorted((a, b) => b.againMs - a.againMs).slice(0, 8)) {
    const { firstMs, againMs, firstMb } = one;
    const figures = `first ${firstMs.toFixed(0)} ms, again ${againMs.toFixed(1)} ms`;
    say(`  ${basename(one.file)}: ${figures}, ${firstMb.toFixed(0)} MB`);
  }
}

async function reportListing(): Promise<readonly List[]> {
  const lists: List[] = [];
  await inTurn(usable, WORKERS, async (file) => {
    lists.push(await measureListing(file));
  });
  const tokens = lists.map((one) => one.tokens);
  say(`${lists.length} lists`);
  say(
    `default list, tokens p50/p95/max: ${[0.5, 0.95, 1].map((one) => quantile(tokens, one)).join('/')}`,
  );
  for (const one of lists.filter(({ tokens: all }) => all > LIST_BUDGET)) {
    say(`  ${basename(one.file)}: ${one.tokens} tokens in ${one.tools} tools`);
  }
  return lists;
}

function rowOf(name: string, some: readonly DocumentResult[]): Row | undefined {
  if (some.length === 0) return undefined;
  const sum = (read: (one: DocumentResult) => number): number =>
    some.reduce((all, one) => all + read(one), 0);
  const operations = sum((one) => one.judgement.operations);
  const ms = some.map((one) => one.importMs);
  const mb = some.map((one) => one.importMb);
  const tokens = some.map((one) => one.judgement.tokens);
  const count = (is: (one: DocumentResult) => boolean): number => some.filter(is).length;
  return {
    name: `${name} (${some.length})`,
    ok: percent(
      count((one) => one.hasEnded && one.error === ''),
      some.length,
    ),
    valid: percent(
      sum((one) => Math.min(one.judgement.valid, one.judgement.operations)),
      operations,
    ),
    complete: percent(
      sum((one) => Math.min(one.judgement.complete, one.judgement.operations)),
      operations,
    ),
    documentsValid: percent(count(isValid), some.length),
    documentsComplete: percent(count(isComplete), some.length),
    cpu: [0.5, 0.95, 1].map((share) => Math.round(quantile(ms, share))).join('/'),
    memory: [0.5, 1].map((share) => Math.round(quantile(mb, share))).join('/'),
    tokens: [0.5, 0.95, 1].map((share) => short(quantile(tokens, share))).join('/'),
  };
}

function isValid({ judgement, hasEnded }: DocumentResult): boolean {
  return hasEnded && judgement.valid >= judgement.operations - 0.5;
}

function isComplete({ judgement, hasEnded }: DocumentResult): boolean {
  return hasEnded && judgement.complete >= judgement.operations - 0.5;
}

function toolsOf({ judgement }: DocumentResult): number {
  return judgement.tools;
}

function total(read: (one: DocumentResult) => number): number {
  return results.reduce((all, one) => all + read(one), 0);
}

function faultsOf({ error, judgement }: DocumentResult): string {
  if (error !== '') return error;
  const { operations, tools, complete, faults } = judgement;
  const words = Object.entries(faults).map(([text, times]) => `${times} × ${text}`);
  return `${complete} of ${operations} complete, ${tools} tools; ${words.join('; ')}`;
}
