/** Queries with nothing behind them: their tools, their SQL, and what calls cost without the database. */
import { Duplex } from 'node:stream';
import pg from 'pg';
import { principalOf, type JsonObject } from '../../kernel/index.ts';
import { ArgumentChecker } from '../api/arguments/checker.ts';
import { toolOf } from '../api/items.ts';
import type { Operation, Reply } from '../api/model.ts';
import { DEFAULT_RESULT_LIMITS } from '../api/results/contract.ts';
import { controlSchemas } from '../api/results/controls.ts';
import { SqlApi } from './api.ts';
import { sqlConfig } from './config-schema.ts';
import type { SqlDialect } from './dialect.ts';
import type { Ran, Run } from './drivers/database.ts';
import { Portal } from './drivers/postgres-portal.ts';
import { wireOf } from './drivers/postgres-values.ts';
import { readFolder } from './import/folder.ts';
import { readQueries } from './import/read.ts';
import { lineOf } from './queries/query.ts';

/** Columns by name and type (pg_type.dat), and rows in the text format of PostgreSQL. */
export interface CannedRows {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

export interface OfflineQuery {
  readonly file: string;
  readonly sql: string;
  /** Names of the parameters, by the positions of the placeholders. */
  readonly order: readonly string[];
  /** The definition as a list has it. */
  readonly tool: JsonObject | string;
  /** The line of the file that an offset of the SQL stands in. */
  lineAt(offset: number): number;
  /** One call with PostgreSQL's part left out: checked, bound, written, and the rows read. */
  call(args: JsonObject, answer: CannedRows): Promise<Reply>;
}

export interface OfflineSql {
  readonly queries: readonly OfflineQuery[];
  /** Files that are no queries. */
  readonly faults: readonly {
    readonly file: string;
    readonly line: number;
    readonly text: string;
  }[];
}

const URLS: Readonly<Record<SqlDialect, string>> = {
  postgres: 'postgres://127.0.0.1/none',
  mysql: 'mysql://127.0.0.1/none',
  sqlite: 'sqlite:none.db',
};

/** @returns words where the folder cannot be read */
export async function openSql(folder: string, dialect: SqlDialect): Promise<OfflineSql | string> {
  const files = await readFolder(folder);
  if (typeof files === 'string') return files;
  const own = files.filter(({ file }) => !/(?:^|\/)schema\.sql$/i.test(file));
  const settings = { dialect, hasIntrospection: false, schemas: [], server: '' } as const;
  const source = readQueries(own, { ...settings, knownNames: new Map() });
  let canned: CannedRows = { fields: [], rows: [] };
  const nowhere = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });
  const connection = new pg.Connection({ stream: () => nowhere });
  const database = {
    run: (run: Run) => answered(run, canned, connection),
    close: () => Promise.resolve(),
  };
  const api = new SqlApi(source, dialect, sqlConfig(URLS[dialect]), database);
  const queries = source.index.operations.flatMap((operation): OfflineQuery[] => {
    const query = source.queries.get(operation.key);
    const plan = api.plan(operation.key);
    if (query === undefined || typeof plan === 'string') return [];
    const checker = new ArgumentChecker(plan.input, []);
    return [
      {
        file: query.file,
        sql: query.statement.sql,
        order: query.statement.order,
        tool: definition(operation, api),
        lineAt: (offset) => lineOf(query, offset),
        call: (args, answer) => {
          canned = answer;
          const checked = checker.check(args);
          const values = checked.kind === 'fine' ? checked.values : args;
          return api.call(operation.key, { values, files: NO_FILES }, CALL);
        },
      },
    ];
  });
  return { queries, faults: source.faults };
}

const NO_FILES = new Map();
const CALL = {
  principal: principalOf({ id: 'a', kind: 'user', verifiedBy: 'nobody' }),
  signal: new AbortController().signal,
  timeoutMs: 60_000,
  maxAnswerBytes: 8_388_608,
  pageUrl: '',
};

function definition(operation: Operation, api: SqlApi): JsonObject | string {
  const plan = api.plan(operation.key);
  if (typeof plan === 'string') return plan;
  return toolOf(operation, plan, {
    controlsFor: (one) => controlSchemas(one, DEFAULT_RESULT_LIMITS.maxItems),
    listsOutput: false,
    profile: 'default',
  });
}

/** What the driver writes is written to nowhere; what the server would say is said at once. */
async function answered(
  { sql, values, maxRows, maxBytes }: Run,
  canned: CannedRows,
  connection: pg.Connection,
): Promise<Ran> {
  const portal = new Portal({ sql, values: values.map(wireOf), maxRows, maxBytes, check: false });
  portal.submit(connection);
  portal.handleRowDescription(canned);
  for (const fields of canned.rows) portal.handleDataRow({ fields });
  portal.handleReadyForQuery();
  return { kind: 'rows', ...(await portal.ended) };
}
