/** SQLite, each connection in a process that is ended where a statement does not end by itself. */
import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ExactNumber, type Json } from '../../../kernel/index.ts';
import {
  runFault,
  type Check,
  type Database,
  type DatabaseSettings,
  type Ran,
  type Run,
  type RunFault,
} from './database.ts';
import { sqliteFault } from './sqlite-faults.ts';
import { Slots } from './slots.ts';
import type { SqliteAnswer, SqliteOrder } from './sqlite-orders.ts';

/** Beside this file, in sources and when built. */
const CHILD = new URL(
  `./sqlite-child.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
  import.meta.url,
);
/** JavaScript's own memory of one process, MiB. */
const MAX_HEAP_MIB = 256;
const CHECK_MS = 10_000;
const IS_STATIC = { maxRows: 1, maxBytes: 1024 };

/** @param path absolute */
export function openSqlite(path: string, settings: DatabaseSettings): Database {
  return new Sqlite(path, settings);
}

class Sqlite implements Database {
  private readonly path: string;
  private readonly settings: DatabaseSettings;
  private readonly slots: Slots<ChildProcess>;

  constructor(path: string, settings: DatabaseSettings) {
    this.path = path;
    this.settings = settings;
    this.slots = new Slots(settings.maxConnections, startChild, (child) => child.kill('SIGKILL'));
  }

  async run(run: Run): Promise<Ran | RunFault> {
    const values = run.values.flatMap((value) => (Array.isArray(value) ? [] : [value]));
    const limit = Math.min(run.timeoutMs, this.settings.statementTimeoutMs);
    const { sql, writes, maxRows, maxBytes } = run;
    const order = { sql, writes, maxRows, maxBytes, check: false, values: values.filter(isPlain) };
    const answer = await this.ask(order, limit, run.signal);
    if (answer.kind !== 'rows') return answer;
    const binary = answer.columns.flatMap((_name, at) =>
      answer.rows.some((row) => row[at] instanceof Uint8Array) ? [at] : [],
    );
    return { ...answer, binary, rows: answer.rows.map((row) => row.map(jsonOf)) };
  }

  async check({ sql, writes }: Check, signal: AbortSignal): Promise<RunFault | undefined> {
    const order = { sql, writes, check: true, values: [], ...IS_STATIC };
    const answer = await this.ask(order, CHECK_MS, signal);
    return answer.kind === 'fault' ? answer : undefined;
  }

  async close(): Promise<void> {
    this.slots.close();
  }

  private async ask(
    order: Omit<SqliteOrder, 'path' | 'lockTimeoutMs'>,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<Extract<SqliteAnswer, { kind: 'rows' }> | RunFault> {
    if (!existsSync(this.path)) return runFault('unreachable', 'its file is not there');
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
    const child = await this.slots.take(deadline);
    if (child === undefined) {
      return signal.aborted ? runFault('cancelled', '') : runFault('busy', 'it is busy');
    }
    const { lockTimeoutMs } = this.settings;
    const answer = await askChild(child, { ...order, path: this.path, lockTimeoutMs }, deadline);
    // A process that did not answer works on; what it holds is given up with it.
    this.slots.give(child, answer !== undefined);
    if (answer === undefined) {
      if (signal.aborted) return runFault('cancelled', '');
      return deadline.aborted
        ? runFault('timeout', 'it took too long')
        : runFault('lost', 'the process that held its file ended');
    }
    return answer.kind === 'rows' ? answer : sqliteFault(answer);
  }
}

function startChild(): ChildProcess {
  const child = fork(CHILD, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [`--max-old-space-size=${MAX_HEAP_MIB}`, '--disable-warning=ExperimentalWarning'],
    env: {},
  });
  // Only a call that waits keeps the gateway running.
  child.unref();
  child.channel?.unref();
  child.on('error', () => undefined);
  return child;
}

/** @returns undefined where it did not answer before `deadline`, or ended */
function askChild(
  child: ChildProcess,
  order: SqliteOrder,
  deadline: AbortSignal,
): Promise<SqliteAnswer | undefined> {
  return new Promise((resolve) => {
    const end = (answer: SqliteAnswer | undefined): void => {
      child.off('message', onMessage).off('exit', onExit);
      deadline.removeEventListener('abort', onExit);
      child.channel?.unref();
      resolve(answer);
    };
    const onMessage = (message: unknown): void => end(isAnswer(message) ? message : undefined);
    const onExit = (): void => end(undefined);
    child.on('message', onMessage).on('exit', onExit);
    deadline.addEventListener('abort', onExit);
    child.channel?.ref();
    child.send(order, (error) => {
      if (error !== null) onExit();
    });
  });
}

function isAnswer(message: unknown): message is SqliteAnswer {
  return typeof message === 'object' && message !== null && 'kind' in message;
}

function isPlain(value: unknown): value is SqliteOrder['values'][number] {
  return typeof value !== 'object' || value === null || value instanceof Uint8Array;
}

function jsonOf(value: unknown): Json {
  if (typeof value === 'bigint') {
    const isSafe = BigInt(Number(value)) === value && Number.isSafeInteger(Number(value));
    return isSafe ? Number(value) : new ExactNumber(String(value));
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'string') return value;
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : null;
}
