/** Lets the database prepare every query, which tells of tables and columns that it does not have. */
import type { Database } from '../drivers/database.ts';
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
  { queries }: SqlSource,
  database: Database,
  signal: AbortSignal,
): Promise<readonly CheckedFault[]> {
  const faults: CheckedFault[] = [];
  for (const [key, query] of [...queries].slice(0, MAX_CHECKED)) {
    const { statement, header, file } = query;
    const fault = await database.check(statement.sql, header.effect !== 'read', signal);
    if (fault === undefined) continue;
    if (fault.fault !== 'statement' && fault.fault !== 'denied') break;
    const line = fault.offset < 0 ? query.line : lineOf(query, fault.offset);
    faults.push({ key, file, line, text: fault.text });
  }
  return faults;
}
