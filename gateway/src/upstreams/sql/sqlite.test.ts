/** Queries in files over a real SQLite database: listed, called, corrected, contained. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ExactNumber, principalOf, type Json, type JsonObject } from '../../kernel/index.ts';
import type { ApiCall, Reply } from '../api/model.ts';
import { SqlApi } from './api.ts';
import { sqlConfig } from './config-schema.ts';
import { openDatabase } from './drivers/open.ts';
import { checkQueries } from './import/check.ts';
import { readFolder } from './import/folder.ts';
import { readQueries, type SqlSource } from './import/read.ts';

const FILES = {
  'find_orders.sql': `-- name: find_orders
-- description: Finds orders by their status. Newest first.
-- param status enum(open|paid) required : status of the orders
-- param limit integer default 2 : orders of one answer
-- param offset integer default 0
-- page: offset :offset limit :limit
select id, total, status from orders where status = :status /* :not */ and ':no' <> '' order by id
limit :limit offset :offset;`,
  'after.sql': `-- param after bigint default 0
-- param count integer default 2
-- page: after :after by id limit :count
select id from orders where id > :after order by id limit :count`,
  'add_order.sql': `-- writes
-- param status text required
-- param total numeric required
insert into orders(status, total) values (:status, :total) returning id`,
  'sneak.sql': `with x as (select 1) insert into orders(status, total) select 'open', 1 from x`,
  'endless.sql': `with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) as n from c`,
  'many.sql': `with recursive c(x) as (select 1 union all select x + 1 from c) select x from c`,
  'huge.sql': `select zeroblob(2000000) as b`,
  'echo.sql': `-- param t text
-- param i bigint
-- param n numeric
-- param f float
-- param j json
-- param l text[]
-- param b binary
select :t as t, typeof(:i) as it, :i as i, :n as n, :f as f, :j as j, :l as l, :b as b`,
  'broken.sql': `select 1;
select 2`,
};
const LIMITS = {
  maxRows: 100,
  maxBytes: 100_000,
  statementTimeoutMs: 3000,
  lockTimeoutMs: 100,
  connectTimeoutMs: 1000,
  maxConnections: 2,
};

let folder: string;
let api: SqlApi;
let source: SqlSource;
let checked: readonly object[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-sql-'));
  mkdirSync(join(folder, 'queries'));
  for (const [name, text] of Object.entries(FILES)) {
    writeFileSync(join(folder, 'queries', name), text);
  }
  const path = join(folder, 'shop.db');
  const database = new DatabaseSync(path);
  database.exec(`create table orders(id integer primary key, status text check (status <> 'bad'), total numeric);
    insert into orders(status, total) values ('open', 9007199254740993), ('open', 1.5), ('open', 2), ('paid', null)`);
  database.close();
  const files = await readFolder(join(folder, 'queries'));
  if (typeof files === 'string') throw new Error(files);
  const settings = { dialect: 'sqlite', hasIntrospection: true, schemas: [], server: '' } as const;
  source = readQueries(files, { ...settings, knownNames: new Map() });
  const config = sqlConfig({ ...sqlConfig(path), ...LIMITS });
  const opened = await openDatabase(path, config, {
    directory: folder,
    login: undefined,
    wayOut: undefined,
  });
  checked = await checkQueries(source, opened, config, new AbortController().signal);
  api = new SqlApi(source, 'sqlite', config, opened);
});

afterAll(async () => {
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

async function call(key: string, values: JsonObject = {}, signal?: AbortSignal): Promise<Reply> {
  const made: ApiCall = {
    principal: principalOf({ id: 'alice', kind: 'user', verifiedBy: 'test' }),
    signal: signal ?? new AbortController().signal,
    timeoutMs: 10_000,
    maxAnswerBytes: 1_000_000,
    pageUrl: '',
  };
  return api.call(key, { values, files: new Map() }, made);
}

function bodyOf(reply: Reply): Record<string, Json> {
  if (reply.kind !== 'answer' || reply.body.kind !== 'json') throw new Error(JSON.stringify(reply));
  return reply.body.value as Record<string, Json>;
}

test('files become operations; what is wrong in one is told with its line', () => {
  expect(checked).toEqual([]);
  const names = source.index.operations.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['find_orders', 'add_order', 'list_tables']));
  expect(source.index.skipped).toMatchObject([
    { what: 'broken.sql', at: { source: 'broken.sql', line: 2 } },
  ]);
  const plan = api.plan('sql:find_orders.sql');
  expect(plan).toMatchObject({
    description: 'Finds orders by their status. Newest first.',
    input: {
      properties: { status: { type: 'string', enum: ['open', 'paid'] }, limit: { default: 2 } },
      required: ['status'],
    },
    pagination: { style: 'offset', items: 'rows', argument: 'offset', sizeArgument: 'limit' },
  });
});

test('rows come as objects with exact numbers', async () => {
  const body = bodyOf(await call('sql:find_orders.sql', { status: 'open' }));
  expect(body).toEqual({
    rows: [
      { id: 1, total: new ExactNumber('9007199254740993'), status: 'open' },
      { id: 2, total: 1.5, status: 'open' },
    ],
  });
});

test('a full page by key names where the next begins', async () => {
  expect(bodyOf(await call('sql:after.sql'))).toEqual({ rows: [{ id: 1 }, { id: 2 }], next: 2 });
});

test('a query that is declared to write does, and a violated constraint names the argument', async () => {
  const args = { status: 'new', total: new ExactNumber('12345678901234567') };
  const body = bodyOf(await call('sql:add_order.sql', args));
  expect(body).toMatchObject({ affectedRows: 1, rows: [{ id: 5 }] });
  expect(await call('sql:add_order.sql', { status: 'bad', total: 1 })).toMatchObject({
    kind: 'failure',
    class: 'invalid',
    status: 'constraint violation',
  });
});

test('contained: writes of readers, endless work, endless and huge answers', async () => {
  expect(await call('sql:sneak.sql')).toMatchObject({ kind: 'failure', class: 'forbidden' });
  expect(await call('sql:endless.sql')).toMatchObject({ reason: 'upstream_timeout' });
  const many = await call('sql:many.sql');
  expect(many).toMatchObject({ kind: 'answer', note: expect.stringContaining('first 100 rows') });
  expect(await call('sql:huge.sql')).toMatchObject({ reason: 'result_too_large' });
  const signal = AbortSignal.timeout(50);
  expect(await call('sql:endless.sql', {}, signal)).toMatchObject({ reason: 'cancelled' });
  const tables = await call('sql:introspection list_tables');
  expect(bodyOf(tables)).toEqual({ rows: [{ name: 'orders', kind: 'table' }] });
});

test('the database sees every value as it was', async () => {
  const property = fc.asyncProperty(
    fc.string({ unit: 'grapheme' }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.jsonValue(),
    fc.uint8Array(),
    async (t, i, j, bytes) => {
      const b = Buffer.from(bytes).toString('base64');
      const json = JSON.parse(JSON.stringify(j)) as Json;
      const echo = bodyOf(await call('sql:echo.sql', { t, i: String(i), j: json, l: [t], b }));
      const [row] = echo['rows'] as unknown as Record<string, Json>[];
      expect(row).toMatchObject({ t, it: 'integer', b, n: null });
      expect(row?.['j']).toBe(json === null ? null : JSON.stringify(json));
      expect(row?.['i'] instanceof ExactNumber ? row['i'].text : String(row?.['i'])).toBe(
        String(i),
      );
      expect(JSON.parse(String(row?.['l']))).toEqual([t]);
    },
  );
  await fc.assert(property, {
    numRuns: 60,
    examples: [["'; drop table orders; -- \u0000 \\u0027 $1 :t ?1", 0n, null, new Uint8Array()]],
  });
});
