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
  return runFault(fault, detail === '' ? message : `${message}: ${detail}`, {
    value: Number(parameter) - 1,
    columns,
    offset: position === '' ? -1 : Number(position) - 1,
  });
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
