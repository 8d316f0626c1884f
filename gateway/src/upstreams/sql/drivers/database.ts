/** What every database is to this kind, whatever its driver. */
import type { Json } from '../../../kernel/index.ts';
import type { Session } from '../principals/session.ts';
import type { Bound } from '../queries/types.ts';

export interface Run {
  readonly sql: string;
  readonly values: readonly Bound[];
  /** Who calls, as the database is told. */
  readonly session: Session;
  /** Everything else runs in a transaction that cannot write. */
  readonly writes: boolean;
  readonly maxRows: number;
  readonly maxBytes: number;
  /** For all of it, waiting for a connection included; the database itself is told, too. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export type Check = Pick<Run, 'sql' | 'writes' | 'session'>;

export type DatabaseFault =
  | 'unreachable'
  /** The connection broke under way. */
  | 'lost'
  | 'unauthenticated'
  /** The database does not let the gateway be who calls. */
  | 'role'
  | 'busy'
  | 'cancelled'
  | 'timeout'
  | 'locked'
  | 'too_large'
  | 'constraint'
  | 'value'
  | 'read_only'
  | 'denied'
  | 'statement'
  | 'other';

export interface Ran {
  readonly kind: 'rows';
  /** Names as the database gives them; [] where the statement returns nothing. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Json[])[];
  /** Positions of columns that hold bytes, which stand in the rows as base64. */
  readonly binary: readonly number[];
  /** Rows that were changed; -1 where that has no meaning. */
  readonly affected: number;
  /** Why there are more rows than these; '' where there are none. */
  readonly cut: '' | 'rows' | 'bytes';
}

export interface RunFault {
  readonly kind: 'fault';
  readonly fault: DatabaseFault;
  /** The database's own words, or ours; never an address, a user or a password. */
  readonly text: string;
  /** Position of the bound value that is at fault, from 0; -1 where none is known. */
  readonly value: number;
  /** Columns that a constraint speaks of, where the database names them. */
  readonly columns: readonly string[];
  /** Offset in the SQL, from 0; -1 where it is not known. */
  readonly offset: number;
}

export interface Database {
  /** Never rejects. */
  run(run: Run): Promise<Ran | RunFault>;
  /** Prepares a statement without running it. @returns undefined where it is fine */
  check(wish: Check, signal: AbortSignal): Promise<RunFault | undefined>;
  close(): Promise<void>;
}

export interface DatabaseSettings {
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly maxConnections: number;
}

export function runFault(
  fault: DatabaseFault,
  text: string,
  more: Partial<Pick<RunFault, 'value' | 'columns' | 'offset'>> = {},
): RunFault {
  return { kind: 'fault', fault, text, value: -1, columns: [], offset: -1, ...more };
}
