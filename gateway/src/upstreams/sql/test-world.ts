/** Queries over a database, as tests call them. */
import { expect } from 'vitest';
import { isJsonObject, principalOf, type JsonObject, type Principal } from '../../kernel/index.ts';
import type { WayOut } from '../../egress/index.ts';
import type { Reply } from '../api/model.ts';
import { SqlApi } from './api.ts';
import { sqlConfig, type SqlConfig } from './config-schema.ts';
import { dialectOf } from './dialect.ts';
import { openDatabase } from './drivers/open.ts';
import { checkQueries, type CheckedFault } from './import/check.ts';
import { readQueries, type SqlSource } from './import/read.ts';

export interface SqlWorld {
  readonly api: SqlApi;
  readonly source: SqlSource;
  readonly checked: readonly CheckedFault[];
  call(file: string, values?: JsonObject, signal?: AbortSignal, who?: Principal): Promise<Reply>;
  /** The body of an answer; fails where there is none. */
  body(file: string, values?: JsonObject): Promise<JsonObject>;
}

const ALICE = principalOf({ id: 'alice', kind: 'user', verifiedBy: 'test' });

export async function openWorld(
  url: string,
  files: Readonly<Record<string, string>>,
  { timeoutMs = 10_000, ...limits }: Partial<SqlConfig> & { readonly timeoutMs?: number } = {},
  wayOut?: WayOut,
): Promise<SqlWorld> {
  const dialect = dialectOf(url) ?? 'sqlite';
  const read = Object.entries(files).map(([file, text]) => ({
    file,
    bytes: Buffer.from(text),
    digest: '',
  }));
  const settings = { dialect, hasIntrospection: true, schemas: [], server: '' } as const;
  const source = readQueries(read, { ...settings, knownNames: new Map() });
  const config = { ...sqlConfig(url), ...limits };
  const database = await openDatabase(url, config, {
    directory: '/',
    login: undefined,
    wayOut,
  });
  const checked = await checkQueries(source, database, config, new AbortController().signal);
  const api = new SqlApi(source, dialect, config, database);
  const call: SqlWorld['call'] = (
    file,
    values = {},
    signal = new AbortController().signal,
    who = ALICE,
  ) =>
    api.call(
      source.queries.has(`sql:${file}`) ? `sql:${file}` : `sql:introspection ${file}`,
      { values, files: new Map() },
      {
        principal: who,
        signal,
        timeoutMs,
        maxAnswerBytes: 10_000_000,
        pageUrl: '',
      },
    );
  const body: SqlWorld['body'] = async (file, values) => {
    const reply = await call(file, values);
    expect(reply).toMatchObject({ kind: 'answer', body: { kind: 'json' } });
    const value = reply.kind === 'answer' && reply.body.kind === 'json' ? reply.body.value : null;
    if (!isJsonObject(value)) throw new Error(reply.kind);
    return value;
  };
  return { api, source, checked, call, body };
}
