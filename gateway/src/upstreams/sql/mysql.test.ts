/** Queries over a real MariaDB: values land as they were, and nothing gets out of hand. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection, type Connection } from 'mysql2';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { makeAuthority } from '../../../../test/kit/certificates.ts';
import { openTls } from '../../egress/index.ts';
import { ExactNumber, systemClock } from '../../kernel/index.ts';
import { openWorld, type SqlWorld } from './test-world.ts';
import { startMariaDb, type TestMariaDb } from '../../../../test/kit/mariadb-server.ts';

const FILES = {
  'types.sql': `select cast(9007199254740993 as signed) as b, cast('12345678901234567890.10' as decimal(30,2)) as n,
    date '2026-01-31' as d, timestamp '2026-01-31 12:00:00' as ts, x'dead' as bytes, null as z`,
  'echo.sql': `-- param t text
-- param i bigint
-- param limit integer default 1
select :t as t, cast(:i as signed) as i, ':no' as s limit :limit`,
  'add.sql': `-- writes
-- param email text required
insert into shop.people(email) values (:email)`,
  'sneak.sql': `with x as (select 1) select shop.sneaky()`,
  'sleep.sql': `select sleep(60)`,
  'endless.sql': `select seq from shop.seq`,
  'unknown.sql': `select colour from shop.people`,
};

let server: TestMariaDb;
let admin: Connection;
let world: SqlWorld;

const ask = (sql: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    admin.query(sql, (error, rows) => (error === null ? resolve(rows) : reject(error)));
  });

beforeAll(async () => {
  server = await startMariaDb();
  admin = createConnection(server.url);
  await ask('create database shop');
  await ask(
    'create table shop.people(id int primary key auto_increment, email varchar(90) unique)',
  );
  await ask("insert into shop.people(email) values ('ada@x')");
  await ask(
    "create function shop.sneaky() returns int begin insert into shop.people(email) values ('no'); return 1; end",
  );
  await ask(
    'create view shop.seq as with recursive c(seq) as (select 1 union all select seq + 1 from c where seq < 100000) select seq from c',
  );
  const limits = { maxRows: 100, maxBytes: 200_000, statementTimeoutMs: 2000 };
  world = await openWorld(server.url, FILES, limits);
}, 60_000);

afterAll(async () => {
  await world?.api.close();
  admin?.destroy();
  await server?.[Symbol.asyncDispose]();
});

test('the server names what it does not have', () => {
  expect(world.checked).toMatchObject([
    { file: 'unknown.sql', text: expect.stringContaining('colour') },
  ]);
});

test('every type comes out exactly, and every value lands as it was', async () => {
  const { rows } = await world.body('types.sql');
  expect(rows).toEqual([
    {
      b: new ExactNumber('9007199254740993'),
      n: new ExactNumber('12345678901234567890.10'),
      d: '2026-01-31',
      ts: '2026-01-31 12:00:00',
      bytes: '3q0=',
      z: null,
    },
  ]);
  for (const t of ["'; drop table shop.people; -- \\' \0 \u0027 ? :t", '😀 "`', '']) {
    const { rows: echoed } = await world.body('echo.sql', { t, i: '-9223372036854775808' });
    expect(echoed).toEqual([{ t, i: new ExactNumber('-9223372036854775808'), s: ':no' }]);
  }
});

test('a violated constraint names the argument', async () => {
  expect(await world.body('add.sql', { email: 'b@x' })).toEqual({ affectedRows: 1 });
  expect(await world.call('add.sql', { email: 'ada@x' })).toMatchObject({
    class: 'invalid',
    complaints: [{ wire: 'email' }],
  });
});

test('contained: writes of readers, long work, long answers', async () => {
  expect(await world.call('sneak.sql')).toMatchObject({ class: 'forbidden' });
  expect(await world.call('sleep.sql')).toMatchObject({ reason: 'upstream_timeout' });
  expect(await world.call('endless.sql')).toMatchObject({
    note: expect.stringContaining('first 100 rows'),
  });
  const stop = AbortSignal.timeout(100);
  expect(await world.call('sleep.sql', {}, stop)).toMatchObject({ reason: 'cancelled' });
  const running = async () => JSON.stringify(await ask('show processlist')).includes('sleep(60)');
  await expect.poll(running).toBe(false);
});

test('tables are shown without their data', async () => {
  const { rows } = await world.body('list_tables', { like: 'people' });
  expect(rows).toMatchObject([{ schema: 'shop', name: 'people' }]);
  const page = await world.body('list_tables', { like: 'people', limit: 1, offset: 1 });
  expect(page).toEqual({ rows: [] });
  expect(await world.body('list_tables', { limit: 1000 })).toMatchObject({ rows: [{}, {}] });
  expect(await world.body('describe_table', { table: 'people' })).toMatchObject({
    rows: [{ column: 'id', primary_key: 1 }, { column: 'email' }],
  });
});

test('TLS is verified, name included, or nothing is said', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-mysql-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  const [good, bad] = [makeAuthority('Databases'), makeAuthority('Nobody we know')];
  const own = good.issue({ cn: 'localhost', dns: ['localhost'] });
  for (const [name, text] of Object.entries({ cert: own.cert, key: own.key, ca: good.cert })) {
    writeFileSync(join(folder, name), text, { mode: 0o644 });
  }
  const at = ['cert', 'key', 'ca'].map((name) => `--ssl-${name}=${join(folder, name)}`);
  await using secured = await startMariaDb([...at, '--require-secure-transport=on']);
  const ask = async (host: string, ca: string, on = secured): Promise<unknown> => {
    const url = `mysql://root@${host}:${on.port}/mysql`;
    const settings = { directory: '/', clock: systemClock, own: [`${host}:${on.port}`] };
    const tls = openTls({ ca }, { ...settings, onFault: () => undefined });
    const one = await openWorld(url, { 'how.sql': HOW }, { connectTimeoutMs: 3000 }, { tls });
    const reply = await one.call('how.sql');
    await one.api.close();
    if (reply.kind === 'answer' && reply.body.kind === 'json') return reply.body.value;
    return reply.kind === 'broken' ? reply.text : reply;
  };
  const cipher = expect.stringMatching(/^TLS/);
  expect(await ask('localhost', good.cert)).toMatchObject({ rows: [{ cipher }] });
  const refused = expect.stringMatching(/its TLS certificate is not accepted/);
  expect(await ask('localhost', bad.cert)).toEqual(refused);
  // Its certificate has a name and no address.
  expect(await ask('127.0.0.1', good.cert)).toEqual(refused);
  expect(await ask('127.0.0.1', good.cert, server)).toEqual(
    expect.stringMatching(/cannot be reached/),
  );
});

const HOW = `select variable_value as cipher from information_schema.session_status where variable_name = 'Ssl_cipher'`;
