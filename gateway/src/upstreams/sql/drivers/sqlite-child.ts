/**
 * Runs statements on one SQLite file, in a process of its own: SQLite works synchronously, and only
 * the end of its process surely ends a statement that runs without end.
 */
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';
import type { SqliteAnswer, SqliteOrder } from './sqlite-orders.ts';

/** What a caller may give has to fit. */
const LEAST_LENGTH = 16_777_216;
const open = new Map<boolean, DatabaseSync>();

function databaseFor({ path, writes, lockTimeoutMs }: SqliteOrder): DatabaseSync {
  const known = open.get(writes);
  if (known !== undefined) return known;
  const made = new DatabaseSync(path, {
    readOnly: !writes,
    allowExtension: false,
    enableForeignKeyConstraints: true,
    timeout: lockTimeoutMs,
    limits: { attach: 0 },
  });
  made.exec(writes ? 'PRAGMA trusted_schema = OFF' : 'PRAGMA query_only = ON');
  open.set(writes, made);
  return made;
}

function carryOut(order: SqliteOrder): SqliteAnswer {
  const database = databaseFor(order);
  // One value would be whole in memory before it could be weighed.
  database.limits.length = Math.max(order.maxBytes, LEAST_LENGTH);
  const statement = database.prepare(order.sql);
  if (order.check) return { kind: 'rows', columns: [], rows: [], affected: -1, cut: '' };
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  const columns = statement.columns().map(({ name }) => name);
  const values: SQLInputValue[] = [...order.values];
  if (!order.writes)
    return { ...collect(statement.iterate(...values), order), columns, affected: -1 };
  database.exec('BEGIN IMMEDIATE');
  try {
    const answer =
      columns.length === 0
        ? { rows: [], cut: '' as const, affected: Number(statement.run(...values).changes) }
        : withReturned(collect(statement.iterate(...values), order));
    database.exec(answer.cut === '' ? 'COMMIT' : 'ROLLBACK');
    return { kind: 'rows', columns, ...answer };
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

function withReturned(taken: ReturnType<typeof collect>) {
  return { ...taken, affected: taken.rows.length };
}

function collect(found: Iterable<unknown>, { maxRows, maxBytes }: SqliteOrder) {
  const rows: SQLOutputValue[][] = [];
  let bytes = 0;
  for (const row of found) {
    if (!isRow(row)) continue;
    bytes += row.reduce((sum: number, value: unknown) => sum + sizeOf(value), 0);
    if (bytes > maxBytes) return { kind: 'rows' as const, rows, cut: 'bytes' as const };
    if (rows.length >= maxRows) return { kind: 'rows' as const, rows, cut: 'rows' as const };
    rows.push(row);
  }
  return { kind: 'rows' as const, rows, cut: '' as const };
}

function isRow(row: unknown): row is SQLOutputValue[] {
  return Array.isArray(row);
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 3;
  return value instanceof Uint8Array ? Math.ceil(value.length / 3) * 4 : 9;
}

function answerTo(order: SqliteOrder): SqliteAnswer {
  try {
    return carryOut(order);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0;
    return { kind: 'failed', text, code };
  }
}

process.on('message', (order: SqliteOrder) => process.send?.(answerTo(order)));
process.on('disconnect', () => process.exit());
