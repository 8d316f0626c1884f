/** What errors of MySQL and MariaDB mean for a call (their server error reference). */
import { runFault, type DatabaseFault, type RunFault } from './database.ts';
import { socketFault } from './socket-faults.ts';

const NUMBERS: Readonly<Record<number, DatabaseFault>> = {
  1040: 'busy',
  1203: 'busy',
  1226: 'busy',
  1044: 'denied',
  1142: 'denied',
  1143: 'denied',
  1227: 'denied',
  1370: 'denied',
  1045: 'unauthenticated',
  1698: 'unauthenticated',
  1251: 'unauthenticated',
  1049: 'unreachable',
  1053: 'unreachable',
  1927: 'unreachable',
  3169: 'unreachable',
  1205: 'locked',
  1213: 'locked',
  1317: 'timeout',
  1969: 'timeout',
  3024: 'timeout',
  1048: 'constraint',
  1062: 'constraint',
  1216: 'constraint',
  1217: 'constraint',
  1364: 'constraint',
  1451: 'constraint',
  1452: 'constraint',
  1644: 'constraint',
  3819: 'constraint',
  4025: 'constraint',
  1264: 'value',
  1265: 'value',
  1292: 'value',
  1366: 'value',
  1406: 'value',
  3140: 'value',
  1290: 'read_only',
  1792: 'read_only',
  1836: 'read_only',
  1054: 'statement',
  1064: 'statement',
  1146: 'statement',
  1305: 'statement',
};

const NO_DATABASE = 1049;

export function mysqlFault(error: unknown): RunFault {
  if (!(error instanceof Error)) return runFault('other', '');
  const number = 'errno' in error ? Number(error.errno) : 0;
  const code = 'code' in error ? String(error.code) : '';
  if (!(number >= 1000)) return socketFault(code, error.message);
  const fault = NUMBERS[number] ?? 'other';
  if (fault === 'unreachable') {
    return runFault(
      fault,
      number === NO_DATABASE ? 'there is no such database' : 'it ended the connection',
    );
  }
  const [, column = ''] = /(?:Column|column) [`']([^`']+)[`']/.exec(error.message) ?? [];
  const [, key = ''] = /for key [`'](?:[^.`']+\.)?([^`']+)[`']/.exec(error.message) ?? [];
  return runFault(fault, wordsOf(error.message), {
    columns: [column, key].filter((name) => name !== ''),
  });
}

/** Without values, which may be those of other rows, and without the gateway's own user. */
function wordsOf(message: string): string {
  return message
    .replace(/Duplicate entry '.*' for key/s, 'Duplicate entry for key')
    .replace(/ value: '.*'/s, ' value')
    .replace(/ (?:to|for) user '[^']*'@'[^']*'/g, '');
}
