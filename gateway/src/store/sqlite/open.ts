/** Opens a SQLite file of Node.js for kysely. */
import { DatabaseSync } from 'node:sqlite';
import { Kysely, SqliteDialect } from 'kysely';
import { NodeSqlite } from './node-sqlite.ts';

/** How long a statement waits for another process that writes, milliseconds. */
const BUSY_TIMEOUT_MS = 2_000;

/** The database cannot be used; the message says why and what to do, for the person who starts it. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** @throws {StoreError} where it cannot be opened */
export function openSqlite<Tables>(path: string): Kysely<Tables> {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    database.exec('pragma journal_mode = wal; pragma synchronous = normal;');
    return new Kysely<Tables>({
      dialect: new SqliteDialect({ database: new NodeSqlite(database) }),
    });
  } catch (error) {
    if (database?.isOpen === true) database.close();
    throw storeError(path, error);
  }
}

/** Primary result codes of SQLite (https://sqlite.org/rescode.html) and what to do about each. */
const WAYS_OUT: Readonly<Record<number, string>> = {
  5: 'Another process is writing to it; stop that one, or use another state directory.',
  6: 'Another process is writing to it; stop that one, or use another state directory.',
  8: 'It is read-only; the gateway needs to write to it.',
  10: 'The disk could not be read or written.',
  11: 'It is damaged; restore it from a backup, or delete it: then URI owners are given out anew.',
  13: 'The disk is full.',
  14: 'It cannot be opened; its directory must exist and be writable.',
  26: 'It is not a database of ours; move it away, or use another state directory.',
};

/** An error of SQLite in words for the person who starts the gateway; any other error unchanged. */
export function storeError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('errcode' in error)) return error;
  const code = Number(error.errcode) & 0xff;
  const wayOut = WAYS_OUT[code] ?? 'Use another state directory.';
  return new StoreError(`The store ${path} cannot be used: ${error.message}. ${wayOut}`, {
    cause: error,
  });
}
