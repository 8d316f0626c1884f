/** What errors of PostgreSQL mean for a call (appendix A of its manual: error codes). */
import { runFault, type DatabaseFault, type RunFault } from './database.ts';
import { socketFault } from './socket-faults.ts';

const CODES: readonly (readonly [prefix: string, fault: DatabaseFault])[] = [
  ['22', 'value'],
  ['23', 'constraint'],
  ['25006', 'read_only'],
  ['28', 'unauthenticated'],
  ['3D', 'unreachable'],
  ['40', 'locked'],
  ['42501', 'denied'],
  ['42', 'statement'],
  ['44', 'constraint'],
  ['53300', 'busy'],
  ['55P03', 'locked'],
  ['57014', 'timeout'],
  ['57P', 'unreachable'],
  ['0A', 'statement'],
  ['P0', 'constraint'],
];

export function postgresFault(error: unknown): RunFault {
  const { code = '', message = '', detail = '', where = '', position = '' } = textsOf(error);
  if (!/^[0-9A-Z]{5}$/.test(code) || /^E[A-Z]+$/.test(code)) return socketFault(code, message);
  const [, fault = 'other'] = CODES.find(([prefix]) => code.startsWith(prefix)) ?? [];
  if (fault === 'unreachable') {
    return runFault(
      fault,
      code === '3D000' ? 'there is no such database' : 'it ended the connection',
    );
  }
  const [, parameter = '0'] = /parameter \$(\d+)/.exec(where) ?? [];
  const [, key = ''] = /^Key \(([^)]+)\)/.exec(detail) ?? [];
  const { column = '' } = textsOf(error);
  const columns = [...key.split(', '), column].filter((name) => name !== '');
  const value = Number(parameter) - 1;
  return runFault(fault, wordsOf(code, message, detail, value), {
    value,
    columns,
    offset: position === '' ? -1 : Number(position) - 1,
  });
}

/**
 * Details hold values of rows ("Failing row contains (…)"), and so may messages about a value that no
 * caller gave; only names of columns and tables are kept of them.
 */
function wordsOf(code: string, message: string, detail: string, value: number): string {
  if (code.startsWith('22') && value < 0)
    return message.replace(/: ".*$/s, '').replace(/".*"/s, '…');
  const [, key] = /^(Key \([^)]+\))=/.exec(detail) ?? [];
  const [, end] =
    /\) ((?:already exists|is not present in|is still referenced from)[^()]*)$/.exec(detail) ?? [];
  return key === undefined || end === undefined ? message : `${message}: ${key} ${end}`;
}

function textsOf(error: unknown): Readonly<Record<string, string>> & {
  readonly code?: string;
  readonly message?: string;
  readonly detail?: string;
  readonly where?: string;
  readonly position?: string;
  readonly column?: string;
} {
  if (!(error instanceof Error)) return {};
  const members = Object.entries(error).filter(([, value]) => typeof value === 'string');
  return { message: error.message, ...Object.fromEntries(members) };
}
