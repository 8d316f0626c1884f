/** Why a database did not carry a query out, in the names of the tool's arguments. */
import type { FailureClass, Reply } from '../../api/model.ts';
import type { DatabaseFault, RunFault } from '../drivers/database.ts';
import type { Query } from '../queries/query.ts';

type Broken = Extract<Reply, { readonly kind: 'broken' }>;

const CLASSES: Readonly<Partial<Record<DatabaseFault, readonly [FailureClass, string]>>> = {
  constraint: ['invalid', 'constraint violation'],
  value: ['invalid', 'invalid value'],
  read_only: ['forbidden', 'read-only'],
  denied: ['forbidden', 'not permitted'],
  locked: ['server_error', 'lock timeout'],
  busy: ['rate_limited', 'busy'],
  statement: ['server_error', 'statement error'],
  other: ['server_error', 'error'],
};
const MAX_WORDS = 600;
const PERHAPS_DONE = 'It is rolled back unless it was just done: look before calling again.';

/** @param maxBytes of one answer */
export function failureOf(fault: RunFault, query: Query, maxBytes: number): Reply {
  const own = brokenOf(fault, query, maxBytes);
  if (own !== undefined) return own;
  const [failureClass, status] = CLASSES[fault.fault] ?? ['other', 'error'];
  const words = wordsFor(fault, query);
  const names = argumentsOf(fault, query);
  const complaints = failureClass === 'invalid' ? names.map((wire) => ({ wire, text: words })) : [];
  return {
    kind: 'failure',
    class: failureClass,
    status,
    body: words === '' ? { kind: 'none' } : { kind: 'text', text: words, mimeType: 'text/plain' },
    complaints,
    retryAfterMs: -1,
    authHint: '',
  };
}

function brokenOf({ fault, text }: RunFault, query: Query, maxBytes: number): Broken | undefined {
  const broken = (reason: Broken['reason'], words: string): Broken => ({
    kind: 'broken',
    reason,
    text: words,
  });
  switch (fault) {
    case 'unreachable':
      return broken('upstream_unavailable', `The database cannot be reached: ${text}.`);
    case 'lost': {
      const done = query.header.effect === 'read' ? '' : ` ${PERHAPS_DONE}`;
      const words = `The connection to the database was lost under way: ${text}.${done}`;
      return broken('upstream_closed', words);
    }
    case 'unauthenticated':
      return broken(
        'upstream_credentials_unavailable',
        'The database refused the user or the password that are configured for it.',
      );
    case 'role':
      return broken(
        'upstream_credentials_unavailable',
        'The database does not let the gateway act as this caller; its role there has to be granted to the user of the gateway.',
      );
    case 'timeout':
      return broken('upstream_timeout', timeoutWords(query));
    case 'cancelled':
      return broken('cancelled', '');
    case 'too_large': {
      const done = query.header.effect === 'read' ? '' : ' Nothing was changed.';
      return broken(
        'result_too_large',
        `The query returns more than one answer may hold (${maxBytes} bytes).${done}${narrowing(query)}`,
      );
    }
    default:
      return undefined;
  }
}

function timeoutWords(query: Query): string {
  const done = query.header.effect === 'read' ? '' : ` ${PERHAPS_DONE}`;
  return `The query took longer than it may and was ended at the database.${done}${narrowing(query)}`;
}

function narrowing({ header: { params } }: Query): string {
  const names = params.slice(0, 8).map(({ name }) => name);
  return names.length === 0 ? '' : ` Narrow it by ${names.join(', ')}.`;
}

function wordsFor({ fault, text }: RunFault, { header }: Query): string {
  if (fault === 'read_only' && header.effect === 'read') {
    return 'This query may only read: whoever wrote it has to declare that it writes ("-- writes").';
  }
  return text.slice(0, MAX_WORDS).toWellFormed();
}

/** The argument whose value is at fault, or those that are called like the columns that are. */
function argumentsOf({ value, columns }: RunFault, { statement, header }: Query): string[] {
  const bound = statement.order[value];
  if (bound !== undefined) return [bound];
  const known = header.params.map(({ name }) => name);
  return known.filter((name) => columns.some((column) => fold(column) === fold(name)));
}

function fold(name: string): string {
  return name.toLowerCase().replaceAll('_', '');
}
