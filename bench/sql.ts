import { fileURLToPath } from 'node:url';
import { loadOfflineSql } from '../gateway/src/upstreams/index.ts';
import {
  MAX_CALL_MICROSECONDS,
  SLICES,
  runCallBench,
  slicesOf,
  type CallFigure,
} from './in-process.ts';

const CALLS_PER_SLICE = 2000;
const QUERIES = fileURLToPath(new URL('../examples/sql/queries', import.meta.url));

/** What `sql --help` prints. */
const USAGE = `usage: npm run bench -- sql [--json]

What calls of a query cost in process, without PostgreSQL and the way to it: arguments checked and bound,
the messages of the protocol written, the rows of the answer read. Least and middle of ${SLICES} slices. Fails
where the middle of a call with a usual answer is above ${MAX_CALL_MICROSECONDS} us.`;

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
export function sqlBench(args: readonly string[]): Promise<number> {
  return runCallBench(args, USAGE, measured);
}

async function measured(): Promise<readonly CallFigure[]> {
  const open = await loadOfflineSql();
  const opened = await open(QUERIES, 'postgres');
  if (typeof opened === 'string') throw new Error(opened);
  const query = opened.queries.find(({ file }) => file === 'find_books.sql');
  if (query === undefined) throw new Error('there is no find_books.sql');
  const figures: CallFigure[] = [];
  for (const rows of [2, 20, 1000]) {
    const answer = { fields: FIELDS, rows: Array.from({ length: rows }, () => ROW) };
    const calls = Math.max(20, Math.floor((CALLS_PER_SLICE * 2) / rows));
    const us = await slicesOf(calls, async () => {
      const { kind } = await query.call(ARGUMENTS, answer);
      if (kind !== 'answer') throw new Error('the answer was not read');
    });
    figures.push({ name: `an answer of ${rows} rows`, isUsual: rows < 1000, ...us });
  }
  return figures;
}
