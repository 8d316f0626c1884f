import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadOfflineSql } from '../gateway/src/upstreams/index.ts';

const SLICES = 20;
const CALLS_PER_SLICE = 2000;
const MAX_MICROSECONDS = 80;
const QUERIES = fileURLToPath(new URL('../examples/sql/queries', import.meta.url));

/** What `sql --help` prints. */
const USAGE = `usage: npm run bench -- sql [--json]

What calls of a query cost in process, without PostgreSQL and the way to it: arguments checked and bound,
the messages of the protocol written, the rows of the answer read. Least and middle of ${SLICES} slices. Fails
where the middle of a call with a usual answer is above ${MAX_MICROSECONDS} us.`;

const ARGUMENTS = { author: 'Mary Shelley', not_before: 1800, limit: 20 };
const FIELDS = [
  { name: 'id', dataTypeID: 20 },
  { name: 'title', dataTypeID: 25 },
  { name: 'author', dataTypeID: 25 },
  { name: 'year', dataTypeID: 23 },
  { name: 'price', dataTypeID: 1700 },
  { name: 'lent', dataTypeID: 1184 },
];
const ROW = [
  '9007199254740993',
  'Frankenstein',
  'Mary Shelley',
  '1818',
  '12.25',
  '2026-01-31 12:00:00+00',
];

/** Runs the command. @returns the exit code */
export async function sqlBench(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const open = await loadOfflineSql();
  const opened = await open(QUERIES, 'postgres');
  if (typeof opened === 'string') throw new Error(opened);
  const query = opened.queries.find(({ file }) => file === 'find_books.sql');
  if (query === undefined) throw new Error('there is no find_books.sql');
  const figures = [];
  for (const rows of [2, 20, 1000]) {
    const answer = { fields: FIELDS, rows: Array.from({ length: rows }, () => ROW) };
    const calls = Math.max(20, Math.floor((CALLS_PER_SLICE * 2) / rows));
    const us = await slicesOf(calls, async () => {
      const { kind } = await query.call(ARGUMENTS, answer);
      if (kind !== 'answer') throw new Error('the answer was not read');
    });
    figures.push({ rows, ...us });
  }
  const ok = figures.slice(0, 2).every(({ middle }) => middle < MAX_MICROSECONDS);
  if (values.json) process.stdout.write(`${JSON.stringify({ ok, figures }, undefined, 2)}\n`);
  else {
    for (const { rows, least, middle } of figures) {
      const told = `least ${least.toFixed(1)}, middle ${middle.toFixed(1)} us CPU per call`;
      process.stdout.write(`an answer of ${rows} rows: ${told}\n`);
    }
  }
  return ok ? 0 : 1;
}

/** CPU microseconds per call, once everything is warm. */
async function slicesOf(
  calls: number,
  call: () => Promise<void>,
): Promise<{ readonly least: number; readonly middle: number }> {
  const slices: number[] = [];
  for (let slice = -1; slice < SLICES; slice++) {
    const before = process.cpuUsage();
    for (let index = 0; index < calls; index++) await call();
    const { user, system } = process.cpuUsage(before);
    if (slice >= 0) slices.push((user + system) / calls);
  }
  slices.sort((a, b) => a - b);
  return { least: slices[0] ?? 0, middle: slices[Math.floor(SLICES / 2)] ?? 0 };
}
