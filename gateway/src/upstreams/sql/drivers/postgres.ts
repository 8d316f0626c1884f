/** PostgreSQL: a bounded pool; every statement in a transaction of its own with its own limits. */
import pg, { type ClientConfig, type PoolClient } from 'pg';
import type { Session } from '../principals/session.ts';
import {
  runFault,
  type Check,
  type Database,
  type DatabaseSettings,
  type Ran,
  type Run,
  type RunFault,
} from './database.ts';
import { BoundedClient } from './postgres-client.ts';
import { postgresFault } from './postgres-faults.ts';
import { Portal, type PortalEnd } from './postgres-portal.ts';
import { wireOf } from './postgres-values.ts';
import type { ServerAddress } from './server-address.ts';

const IDLE_MS = 30_000;
/** How long a statement that was cancelled may take to end before its connection is dropped. */
const CANCEL_GRACE_MS = 1000;
const CHECK_MS = 10_000;
/** What is said beside the rows themselves: heads of rows, other messages. */
const SLACK_BYTES = 1_048_576;
/** What a statement left in its session would be there for the next caller. */
const FORGET = 'RESET ROLE; RESET ALL; SELECT pg_advisory_unlock_all()';
/** Texts come in the forms that we read, whatever the server or the role sets. */
const FORMS =
  "SET LOCAL DateStyle = 'ISO'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL standard_conforming_strings = on";

export function openPostgres(address: ServerAddress, settings: DatabaseSettings): Database {
  return new Postgres(address, settings);
}

class Postgres implements Database {
  private readonly address: ServerAddress;
  private readonly settings: DatabaseSettings;
  private pool: pg.Pool | undefined;

  constructor(address: ServerAddress, settings: DatabaseSettings) {
    this.address = address;
    this.settings = settings;
  }

  run(run: Run): Promise<Ran | RunFault> {
    const { sql, values, maxRows, maxBytes } = run;
    const order = { sql, values: values.map(wireOf), maxRows, maxBytes, check: false };
    return this.transact(new Portal(order), run);
  }

  async check(wish: Check, signal: AbortSignal): Promise<RunFault | undefined> {
    const order = { sql: wish.sql, values: [], maxRows: 1, maxBytes: 65_536, check: true };
    const checked = await this.transact(new Portal(order), {
      ...wish,
      timeoutMs: CHECK_MS,
      signal,
    });
    return checked.kind === 'fault' ? checked : undefined;
  }

  async close(): Promise<void> {
    await this.pool?.end();
  }

  private async transact(
    portal: Portal,
    { session, writes, timeoutMs, signal }: Omit<Run, 'sql' | 'values' | 'maxRows' | 'maxBytes'>,
  ): Promise<Ran | RunFault> {
    // It is looked at below; an abort before that must not count as unhandled.
    portal.ended.catch(() => undefined);
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const client = await this.connect(deadline);
    if ('fault' in client) return signal.aborted ? runFault('cancelled', '') : client;
    client.allow(2 * portal.maxBytes + SLACK_BYTES, () => portal.overflow());
    let isFine = false;
    const watch = this.cancelOn(deadline, client);
    try {
      await client.query(begin(writes, timeoutMs, this.settings));
      await introduce(client, session);
      client.query(portal);
      const end = await portal.ended;
      // What was cut of a write is taken back: nobody would know what it did.
      const isTaken = end.isClean && (end.cut === '' || !writes);
      if (end.isClean) await client.query(isTaken ? `COMMIT; ${FORGET}` : `ROLLBACK; ${FORGET}`);
      isFine = end.isClean && !deadline.aborted;
      return ranOf(end);
    } catch (error) {
      const fault = error instanceof NotTaken ? error.fault : postgresFault(error);
      isFine = !deadline.aborted && (await rolledBack(client, fault));
      if (signal.aborted) return runFault('cancelled', '');
      if (deadline.aborted) return runFault('timeout', 'it took too long');
      return fault.fault === 'unreachable' ? { ...fault, fault: 'lost' } : fault;
    } finally {
      watch();
      client.allow(SLACK_BYTES, () => undefined);
      client.release(!isFine);
    }
  }

  private async connect(deadline: AbortSignal): Promise<(PoolClient & BoundedClient) | RunFault> {
    const ssl = this.address.securing();
    if (typeof ssl === 'string') return runFault('unreachable', ssl);
    this.pool ??= this.openPool();
    const { pool } = this;
    if (deadline.aborted) return runFault('busy', 'it is busy');
    const wanted = pool.connect();
    try {
      return bounded(await untilAborted(wanted, deadline));
    } catch (error) {
      wanted.then((client) => client.release()).catch(() => undefined);
      return deadline.aborted
        ? runFault('busy', 'all its connections are in use')
        : postgresFault(error);
    }
  }

  private openPool(): pg.Pool {
    const { maxConnections } = this.settings;
    const pool = new pg.Pool({
      ...this.clientConfig(),
      Client: BoundedClient,
      max: maxConnections,
      idleTimeoutMillis: IDLE_MS,
      allowExitOnIdle: true,
    });
    // An idle connection that breaks is simply gone; the next call makes another.
    pool.on('error', () => undefined);
    return pool;
  }

  private clientConfig(): ClientConfig {
    const { host, port, user, password, database } = this.address;
    const ssl = this.address.securing();
    return {
      host,
      port,
      user: user ?? 'postgres',
      // Never what is in the environment or the home folder of whoever runs the gateway.
      password: password ?? '',
      database: database ?? user ?? 'postgres',
      ssl: typeof ssl === 'object' ? ssl.options : ssl !== false,
      connectionTimeoutMillis: this.settings.connectTimeoutMs,
      application_name: 'drawbridge',
    };
  }

  /** At an abort the server is told to stop; a connection that does not end by that is dropped. */
  private cancelOn(deadline: AbortSignal, client: BoundedClient): () => void {
    let grace: NodeJS.Timeout | undefined;
    const stop = (): void => {
      grace = setTimeout(() => client.cut(), CANCEL_GRACE_MS);
      void this.cancel(client);
    };
    deadline.addEventListener('abort', stop, { once: true });
    if (deadline.aborted) stop();
    return () => {
      deadline.removeEventListener('abort', stop);
      clearTimeout(grace);
    };
  }

  private async cancel(client: pg.Client): Promise<void> {
    const processId: unknown = Reflect.get(client, 'processID');
    if (typeof processId !== 'number') return;
    const other = new BoundedClient(this.clientConfig());
    other.on('error', () => undefined);
    try {
      await other.connect();
      await other.query('select pg_cancel_backend($1)', [processId]);
    } catch {
      // The connection is dropped after a while, and the statement has its own limit at the server.
    } finally {
      await other.end().catch(() => undefined);
    }
  }
}

function begin(
  writes: boolean,
  timeoutMs: number,
  { statementTimeoutMs, lockTimeoutMs }: DatabaseSettings,
): string {
  const limitMs = Math.max(1, Math.floor(Math.min(timeoutMs, statementTimeoutMs)));
  return [
    `BEGIN ${writes ? 'READ WRITE' : 'READ ONLY'}`,
    `SET LOCAL statement_timeout = ${limitMs}`,
    `SET LOCAL lock_timeout = ${lockTimeoutMs}`,
    `SET LOCAL idle_in_transaction_session_timeout = ${limitMs + lockTimeoutMs}`,
    FORMS,
  ].join('; ');
}

/** The role or a setting of a caller was refused. */
class NotTaken extends Error {
  readonly fault: RunFault;

  constructor(error: unknown) {
    super('the session was refused');
    const fault = postgresFault(error);
    const isRole = fault.fault === 'denied' || fault.fault === 'value';
    this.fault = isRole ? runFault('role', '') : fault;
  }
}

/** Says who calls, until the transaction ends; names and values are never part of the SQL. */
async function introduce(client: PoolClient, session: Session): Promise<void> {
  if (session.length === 0) return;
  const calls = session.map((_one, at) => `set_config($${2 * at + 1}, $${2 * at + 2}, true)`);
  try {
    await client.query(`select ${calls.join(', ')}`, session.flat());
  } catch (error) {
    throw new NotTaken(error);
  }
}

/** Whether the connection can serve another call. */
async function rolledBack(client: PoolClient, { fault }: RunFault): Promise<boolean> {
  if (fault === 'unreachable' || fault === 'unauthenticated') return false;
  try {
    await client.query(`ROLLBACK; ${FORGET}`);
    return true;
  } catch {
    return false;
  }
}

function ranOf({ columns, rows, binary, affected, cut }: PortalEnd): Ran {
  return { kind: 'rows', columns, rows, binary, affected, cut };
}

function bounded(client: PoolClient): PoolClient & BoundedClient {
  if (client instanceof BoundedClient) return client;
  throw new Error('the pool made another kind of connection');
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new Error('aborted'));
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
