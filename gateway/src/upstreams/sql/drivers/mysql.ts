/** MySQL and MariaDB: a bounded pool; rows are counted and weighed as they come. */
import { Duplex } from 'node:stream';
import { createConnection, createPool, type Pool, type PoolConnection } from 'mysql2';
import type { Bound } from '../queries/types.ts';
import {
  runFault,
  type Check,
  type Database,
  type DatabaseSettings,
  type Ran,
  type Run,
  type RunFault,
} from './database.ts';
import { mysqlFault } from './mysql-faults.ts';
import { LoginSocket, mysqlOptions } from './mysql-options.ts';
import { collectRows } from './mysql-rows.ts';
import type { ServerAddress } from './server-address.ts';

const NOTHING: Ran = {
  kind: 'rows',
  columns: [],
  rows: [],
  binary: [],
  affected: -1,
  cut: '',
};
const MAX_WAITING = 200;
const IDLE_MS = 30_000;
const FORGET = 'DO RELEASE_ALL_LOCKS()';
/** How long a statement that was ended may take to end before its connection is dropped. */
const GRACE_MS = 1000;
/** What is said beside the rows themselves. */
const SLACK_BYTES = 1_048_576;
const CHECK_MS = 10_000;

export function openMysql(address: ServerAddress, settings: DatabaseSettings): Database {
  return new Mysql(address, settings);
}

class Mysql implements Database {
  private readonly address: ServerAddress;
  private readonly settings: DatabaseSettings;
  private pool: Pool | undefined;

  constructor(address: ServerAddress, settings: DatabaseSettings) {
    this.address = address;
    this.settings = settings;
  }

  run(run: Run): Promise<Ran | RunFault> {
    const limitMs = Math.max(1, Math.min(run.timeoutMs, this.settings.statementTimeoutMs));
    const maxHeard = 2 * run.maxBytes + SLACK_BYTES;
    return this.withConnection({ ...run, limitMs, maxHeard }, async (connection) => {
      await query(
        connection,
        run.writes ? 'START TRANSACTION READ WRITE' : 'START TRANSACTION READ ONLY',
      );
      const { isClean, ...ran } = await collectRows(connection, {
        ...run,
        values: run.values.map(wireOf),
      });
      if (!isClean) return { ran, isClean };
      await query(connection, ran.cut === '' || !run.writes ? 'COMMIT' : 'ROLLBACK');
      return { ran, isClean };
    });
  }

  async check({ sql }: Check, signal: AbortSignal): Promise<RunFault | undefined> {
    const asked = { timeoutMs: CHECK_MS, limitMs: CHECK_MS, maxHeard: SLACK_BYTES, signal };
    const checked = await this.withConnection(asked, async (connection) => {
      await new Promise<void>((resolve, reject) => {
        connection.prepare(sql, (error, statement) => {
          if (error !== null) reject(error);
          else {
            statement.close();
            resolve();
          }
        });
      });
      return { ran: NOTHING, isClean: true };
    });
    return checked.kind === 'fault' ? checked : undefined;
  }

  async close(): Promise<void> {
    const { pool } = this;
    if (pool !== undefined) await new Promise<void>((resolve) => pool.end(() => resolve()));
  }

  private async withConnection(
    { timeoutMs, signal, limitMs, maxHeard }: Asked,
    work: (connection: PoolConnection) => Promise<{ ran: Ran; isClean: boolean }>,
  ): Promise<Ran | RunFault> {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const connection = await this.connect(deadline);
    if ('fault' in connection) return signal.aborted ? runFault('cancelled', '') : connection;
    const ended = AbortSignal.any([deadline, AbortSignal.timeout(limitMs)]);
    const kill = (): void => this.kill(connection);
    ended.addEventListener('abort', kill, { once: true });
    let isFine = false;
    // A statement whose rows are listened to is not told that its connection broke.
    const { promise: lost, reject: lose } = Promise.withResolvers<never>();
    connection.on('error', lose);
    lost.catch(() => undefined);
    const stopHearing = hear(connection, maxHeard, () => lose(OVER));
    try {
      const working = this.setLimits(connection, limitMs).then(() => work(connection));
      const { ran, isClean } = await soonAfter(ended, Promise.race([working, lost]));
      // What a statement left in its session would be there for the next caller.
      if (isClean) await soonAfter(ended, query(connection, FORGET));
      isFine = isClean && !ended.aborted;
      return ran;
    } catch (error) {
      if (error === OVER) return runFault('too_large', '');
      const fault = mysqlFault(error);
      isFine = !ended.aborted && fault.fault !== 'unreachable' && (await rolledBack(connection));
      if (signal.aborted) return runFault('cancelled', '');
      if (ended.aborted) return runFault('timeout', 'it took too long');
      return fault.fault === 'unreachable' ? { ...fault, fault: 'lost' } : fault;
    } finally {
      connection.off('error', lose);
      stopHearing();
      ended.removeEventListener('abort', kill);
      if (isFine) connection.release();
      else connection.destroy();
    }
  }

  private connect(deadline: AbortSignal): Promise<PoolConnection | RunFault> {
    const options = mysqlOptions(this.address, this.settings);
    if (typeof options === 'string') return Promise.resolve(runFault('unreachable', options));
    const { maxConnections } = this.settings;
    this.pool ??= createPool({
      ...options,
      connectionLimit: maxConnections,
      queueLimit: MAX_WAITING,
      idleTimeout: IDLE_MS,
    });
    const { pool } = this;
    return new Promise((resolve) => {
      const gone = (): void => resolve(runFault('busy', 'all its connections are in use'));
      if (deadline.aborted) return gone();
      deadline.addEventListener('abort', gone, { once: true });
      return pool.getConnection((error, connection) => {
        deadline.removeEventListener('abort', gone);
        if (error !== null) resolve(mysqlFault(error));
        else if (deadline.aborted) connection.release();
        else resolve(connection);
      });
    });
  }

  /** MySQL and MariaDB call the same limit otherwise; the one that is not known is passed over. */
  private async setLimits(connection: PoolConnection, limitMs: number): Promise<void> {
    const lockSeconds = Math.max(1, Math.ceil(this.settings.lockTimeoutMs / 1000));
    await query(
      connection,
      `SET SESSION innodb_lock_wait_timeout = ${lockSeconds}, lock_wait_timeout = ${lockSeconds}`,
    );
    await query(connection, `SET SESSION max_statement_time = ${limitMs / 1000}`).catch(() =>
      query(connection, `SET SESSION max_execution_time = ${Math.ceil(limitMs)}`),
    );
  }

  private kill(connection: PoolConnection): void {
    const options = mysqlOptions(this.address, this.settings);
    if (typeof options === 'string') return;
    const other = createConnection(options);
    other.on('error', () => undefined);
    other.query(`KILL QUERY ${Number(connection.threadId)}`, () => {
      other.destroy();
      connection.destroy();
    });
  }
}

interface Asked extends Pick<Run, 'timeoutMs' | 'signal'> {
  /** For the statement itself. */
  readonly limitMs: number;
  /** Bytes, of all that the server says. */
  readonly maxHeard: number;
}

const OVER = new Error('the server says more than it may');

/** A single row may be larger than all of them may be, and is heard of before it is whole. */
function hear(connection: PoolConnection, maxBytes: number, onOver: () => void): () => void {
  const stream: unknown = Reflect.get(connection, 'stream');
  if (stream instanceof LoginSocket) stream.letGo();
  if (!(stream instanceof Duplex)) return () => undefined;
  let left = maxBytes;
  const listen = (chunk: Buffer): void => {
    left -= chunk.length;
    if (left >= 0) return;
    stream.off('data', listen);
    onOver();
    connection.destroy();
  };
  stream.on('data', listen);
  return () => void stream.off('data', listen);
}

function query(connection: PoolConnection, sql: string): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.query(sql, (error) => (error === null ? resolve() : reject(error)));
  });
}

/** A connection that broke may never answer, nor say that it broke. */
function soonAfter<T>(ended: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let grace: NodeJS.Timeout | undefined;
    const stop = (): void => {
      grace = setTimeout(() => reject(new Error('it did not end in time')), GRACE_MS);
    };
    work.then(resolve, reject).finally(() => {
      ended.removeEventListener('abort', stop);
      clearTimeout(grace);
    });
    if (ended.aborted) stop();
    else ended.addEventListener('abort', stop, { once: true });
  });
}

async function rolledBack(connection: PoolConnection): Promise<boolean> {
  try {
    const done = query(connection, 'ROLLBACK').then(() => query(connection, FORGET));
    await soonAfter(AbortSignal.abort(), done);
    return true;
  } catch {
    return false;
  }
}

function wireOf(value: Bound): string | number | Buffer | null {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (typeof value === 'bigint') return String(value);
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}
