/** Lets the database prepare every query, which tells of tables and columns that it does not have. */
import type { Database } from '../drivers/database.ts';
import { standingSession, type SessionConfig } from '../principals/session.ts';
import { lineOf } from '../queries/query.ts';
import type { SqlSource } from './read.ts';

export interface CheckedFault {
  readonly key: string;
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

const MAX_CHECKED = 500;

/** @returns what it does not take; [] also where it cannot be reached now */
export async function checkQueries(
  { queries }: Pick<SqlSource, 'queries'>,
  database: Database,
  who: SessionConfig,
  signal: AbortSignal,
): Promise<readonly CheckedFault[]> {
  const faults: CheckedFault[] = [];
  const session = standingSession(who);
  const isByCaller = typeof who.role === 'object';
  for (const [key, query] of [...queries].slice(0, MAX_CHECKED)) {
    const { statement, header, file } = query;
    const wish = { sql: statement.sql, writes: header.effect !== 'read', session };
    const fault = await database.check(wish, signal);
    // Whoever calls may be allowed what nobody is.
    if (fault === undefined || (fault.fault === 'denied' && isByCaller)) continue;
    if (fault.fault !== 'statement' && fault.fault !== 'denied') break;
    const line = fault.offset < 0 ? query.line : lineOf(query, fault.offset);
    faults.push({ key, file, line, text: fault.text });
  }
  return faults;
}
