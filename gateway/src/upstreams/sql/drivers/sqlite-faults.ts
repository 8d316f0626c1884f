/** What SQLite's result codes mean for a call. */
import { runFault, type DatabaseFault, type RunFault } from './database.ts';
import type { SqliteAnswer } from './sqlite-orders.ts';

/** Primary result codes (sqlite.org/rescode.html). */
const FAULTS: Readonly<Record<number, DatabaseFault>> = {
  1: 'statement',
  3: 'denied',
  5: 'locked',
  6: 'locked',
  8: 'read_only',
  14: 'unreachable',
  18: 'too_large',
  19: 'constraint',
  20: 'value',
  23: 'denied',
  26: 'unreachable',
};

export function sqliteFault({ text, code }: Extract<SqliteAnswer, { kind: 'failed' }>): RunFault {
  const fault = FAULTS[code & 0xff] ?? 'other';
  if (fault === 'unreachable') return runFault(fault, 'its file cannot be opened as a database');
  const [, places = ''] = /constraint failed: ([\w.]+(?:, [\w.]+)*)$/.exec(text) ?? [];
  const columns = fault !== 'constraint' || !places.includes('.') ? [] : places.split(', ');
  return runFault(fault, text, { columns: columns.map((place) => place.replace(/^.*\./, '')) });
}
