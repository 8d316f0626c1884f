/** Queries that mean harm, over a real PostgreSQL and a real SQLite: nothing is written, held or flooded. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callerOf, type Caller } from '../journeys/apis/world.ts';
import { startGateway, type TestGateway } from '../kit/gateway.ts';
import { startPostgres, type TestPostgres } from '../kit/postgres-server.ts';
import { queryFolder, type QueryFolder } from '../kit/sql-queries.ts';

const APP_PASSWORD = 'app-secret-canary';
const MAX_BYTES = 100_000;

/** Readers by their headers; what they are is another thing. */
const WRITERS: Readonly<Record<string, string>> = {
  cte: `with x as (insert into notes(body) values ('no') returning id) select id from x`,
  in_function: 'select sneak()',
  by_definer: 'select sneak_as_owner()',
  next_value: `select nextval('notes_id_seq')`,
  into_table: 'select 1 as a into stolen',
  analyzed: `explain analyze insert into notes(body) values ('no')`,
  for_update: 'select id from notes for update',
  read_write: `with a as (select set_config('transaction_read_only', 'off', true) as s),
    b as (insert into notes(body) select s from a returning id) select id from b`,
  read_write_function: 'select write_in_spite()',
  large_object: `select lo_from_bytea(0, 'x')`,
  notified: `select pg_notify('a', 'b'), sneak()`,
};
/** What only the rights of the user stop. */
const BEYOND: Readonly<Record<string, string>> = {
  imported: `select lo_import('/etc/passwd')`,
  exported: `select lo_export(1, '/tmp/drawbridge-exported')`,
  read_file: `select pg_read_file('/etc/passwd')`,
  by_link: `select dblink_exec('dbname=postgres', 'insert into notes(body) values (''no'')')`,
  reloaded: 'select pg_reload_conf()',
};
/** No query at all: nothing of them becomes a tool. */
const REFUSED: Readonly<Record<string, string>> = {
  direct: `insert into notes(body) values ('no')`,
  several: `select 1; insert into notes(body) values ('no')`,
  several_quoted: `select 'a\\'; insert into notes(body) values ('no') --'`,
  set: 'set transaction read write',
  copied: `copy (select 1) to program 'touch /tmp/drawbridge-copied'`,
  copied_in: `copy notes(body) from program 'id'`,
  done: `do $$ begin insert into notes(body) values ('no'); end $$`,
  called: 'call sneak_procedure()',
  listened: 'listen a',
  begun: 'begin read write',
};
const OTHERS: Readonly<Record<string, string>> = {
  sleep: 'select pg_sleep(60)',
  spin: 'select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b',
  ten_million: 'select generate_series(1, 10000000) as x',
  giant: `select repeat('x', 30000000) as x`,
  update_one: '-- writes\nupdate notes set body = body where id = 1',
  update_slow: '-- writes\nupdate notes set body = body from (select pg_sleep(60)) s where id = 1',
  lock: 'select pg_advisory_lock(77)',
  leave: `select set_config('app.left', 'behind', false), set_config('statement_timeout', '1', false),
    set_config('role', 'other', false)`,
  left: `select current_setting('app.left', true) as l, current_setting('role') as r,
    current_setting('idle_in_transaction_session_timeout') as idle`,
  duplicate: `-- writes\ninsert into people(email, secret) select 'ada@x', secret from people`,
  unchecked: `-- writes\n-- param age integer\nupdate people set age = :age where email = 'ada@x'`,
  misread: 'select secret::int from people',
  hidden: 'select * from hidden',
};

let server: TestPostgres;
let admin: pg.Client;
let queries: QueryFolder;
let gateway: TestGateway;
let caller: Caller;

beforeAll(async () => {
  server = await startPostgres();
  admin = new pg.Client(server.url);
  await admin.connect();
  await admin.query(`
    create table notes(id serial primary key, body text); insert into notes(body) values ('one');
    create table hidden(a int); create role other;
    create table people(email text unique, secret text not null default 'hush-hush', age int check (age > 0));
    insert into people(email) values ('ada@x');
    create function sneak() returns int volatile language plpgsql as $$ begin insert into notes(body) values ('no'); return 1; end $$;
    create function sneak_as_owner() returns int security definer language sql as $$ insert into notes(body) values ('no') returning 1 $$;
    create function write_in_spite() returns int language plpgsql as $$ begin
      set transaction read write; insert into notes(body) values ('no'); return 1; end $$;
    create procedure sneak_procedure() language sql as $$ insert into notes(body) values ('no') $$;
    create extension dblink;
    create role app login password '${APP_PASSWORD}'; grant other to app;
    grant all on notes, people to app, other; grant usage on sequence notes_id_seq to app;
    grant create on schema public to app`);
  queries = queryFolder({ ...WRITERS, ...BEYOND, ...REFUSED, ...OTHERS });
  const sql = { queries: queries.path, maxBytes: MAX_BYTES, statementTimeoutMs: 1500 };
  const more = { lockTimeoutMs: 200, maxConnections: 1 };
  const of = (url: string) => ({ sql: { ...sql, ...more, url } });
  gateway = await startGateway({
    upstreams: { pg: of(asApp()), root: of(server.url) },
  });
  caller = await callerOf('modern', gateway);
}, 60_000);

afterAll(async () => {
  await caller?.[Symbol.asyncDispose]();
  await gateway?.close();
  await admin?.end();
  await server?.[Symbol.asyncDispose]();
  queries?.[Symbol.dispose]();
});

const asApp = (): string => `postgres://app:${APP_PASSWORD}@127.0.0.1:${server.port}/postgres`;

async function one(sql: string): Promise<unknown> {
  const { rows } = await admin.query({ text: sql, rowMode: 'array' });
  return rows[0]?.[0];
}

const state = async (): Promise<unknown> => [
  await one('select count(*)::int from notes'),
  await one('select last_value::int from notes_id_seq'),
  await one('select count(*)::int from pg_largeobject_metadata'),
  await one(`select to_regclass('stolen')::text`),
];
const UNTOUCHED = [1, 1, 0, null];

describe('what is to read cannot write', () => {
  test('several statements, and what is no query, never become tools', async () => {
    const tools = await caller.tools();
    const made = Object.keys(REFUSED).filter((name) => tools.includes(`pg__${name}`));
    expect(made).toEqual([]);
    for (const name of ['direct', 'several', 'copied', 'called']) {
      expect(gateway.log.join('\n')).toContain(`${name}.sql`);
    }
  });

  test.each(Object.keys(WRITERS))('%s', async (name) => {
    for (const upstream of ['pg', 'root']) {
      const told = await caller.call(`${upstream}__${name}`);
      expect([told.isError, told.text]).toEqual([
        true,
        expect.stringMatching(/not permitted|only read|read-write|read-only|not allowed/),
      ]);
    }
    expect(await state()).toEqual(UNTOUCHED);
  });

  test.each(Object.keys(BEYOND))('%s, by the rights of its user', async (name) => {
    const told = await caller.call(`pg__${name}`);
    expect(told.isError).toBe(true);
    expect(told.text).not.toContain('root:');
    expect(await state()).toEqual(UNTOUCHED);
    expect(existsSync('/tmp/drawbridge-exported')).toBe(false);
  });
});

describe('what runs long or says much ends', () => {
  test.each(['sleep', 'spin'])('%s', async (name) => {
    const told = await caller.call(`pg__${name}`);
    expect([told.isError, told.text]).toEqual([
      true,
      expect.stringMatching(/took longer than it may/),
    ]);
    const active = `select count(*)::int from pg_stat_activity where state = 'active' and usename = 'app'`;
    await expect.poll(() => one(active)).toBe(0);
  });

  test('ten million rows are a few, and a giant value is none', async () => {
    const many = await caller.call('pg__ten_million');
    expect(many.text).toMatch(/Only the first 1000 rows: there are more rows/);
    const before = process.memoryUsage.rss();
    const giant = await caller.call('pg__giant');
    expect([giant.isError, giant.text]).toEqual([
      true,
      expect.stringMatching(/more than one answer may hold/),
    ]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1024 * 1024);
  });
});

describe('nothing is held', () => {
  test('a lock of another is not waited for without end', async () => {
    await admin.query('begin; update notes set body = body');
    const told = await caller.call('pg__update_one');
    await admin.query('rollback');
    expect([told.isError, told.text]).toEqual([true, expect.stringMatching(/lock timeout/)]);
    expect((await caller.call('pg__update_one')).isError).toBe(false);
  });

  test('a lock of a session ends with its call, and so does what was set', async () => {
    expect((await caller.call('pg__lock')).isError).toBe(false);
    expect(await one(`select count(*)::int from pg_locks where locktype = 'advisory'`)).toBe(0);
    expect((await caller.call('pg__leave')).isError).toBe(false);
    const { value } = await caller.call('pg__left');
    expect(value).toEqual({ rows: [{ l: '', r: 'none', idle: '1700ms' }] });
  });
});

describe('what breaks is told, and the next call works', () => {
  const running = (like: string) =>
    one(
      `select min(pid) from pg_stat_activity where state = 'active' and usename = 'app' and query like '${like}%'`,
    );

  async function pidOf(like: string): Promise<number> {
    await expect.poll(() => running(like)).toBeGreaterThan(0);
    return Number(await running(like));
  }

  test('a caller who leaves ends the statement at the server', async () => {
    const leaving = new AbortController();
    const body = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'pg__sleep', arguments: {}, _meta: META },
    };
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-method': 'tools/call',
      'mcp-name': 'pg__sleep',
      'mcp-protocol-version': '2026-07-28',
    };
    const asked = fetch(gateway.url, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      signal: leaving.signal,
    }).catch(() => undefined);
    await pidOf('select pg_sleep');
    leaving.abort();
    await asked;
    await expect.poll(() => running('select pg_sleep')).toBe(null);
  });

  test('a connection that is killed under way', async () => {
    const reading = caller.call('pg__sleep');
    await admin.query('select pg_terminate_backend($1)', [await pidOf('select pg_sleep')]);
    expect(await reading).toMatchObject({
      isError: true,
      text: expect.stringMatching(/was lost under way/),
    });
    const writing = caller.call('pg__update_slow');
    await admin.query('select pg_terminate_backend($1)', [await pidOf('update notes')]);
    const { text } = await writing;
    expect(text).toMatch(/was lost under way[^]*rolled back unless it was just done: look before/);
    expect((await caller.call('pg__update_one')).isError).toBe(false);
  });

  test('no connection is free at the server', async () => {
    await admin.query(
      "alter role app connection limit 0; select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app'",
    );
    await expect
      .poll(async () => (await caller.call('pg__left')).text)
      .toMatch(/too many connections/);
    await admin.query('alter role app connection limit -1');
    expect((await caller.call('pg__left')).isError).toBe(false);
  });

  test('a server that was started again is connected to again', async () => {
    await admin.end();
    await server.restart();
    admin = new pg.Client(server.url);
    await admin.connect();
    for (const tool of ['pg__left', 'root__left']) {
      expect([tool, (await caller.call(tool)).isError]).toEqual([tool, false]);
    }
  });
});

describe('what is wrong is told without data of rows and without credentials', () => {
  test.each([
    ['duplicate', /Key \(email\) already exists/],
    ['misread', /invalid input syntax for type integer/],
    ['hidden', /permission denied/],
  ])('%s', async (name, words) => {
    const { isError, text } = await caller.call(`pg__${name}`);
    expect([isError, text]).toEqual([true, expect.stringMatching(words)]);
    expect(text).not.toMatch(/hush|ada@x|canary|postgres:/);
  });

  test('a check names the argument, not the row', async () => {
    const { text } = await caller.call('pg__unchecked', { age: -1 });
    expect(text).toMatch(/age/);
    expect(text).not.toMatch(/hush|ada@x|Failing row/);
  });

  test('a changed password is in no answer, log or record', async () => {
    await admin.query(
      `alter role app password 'another'; select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app'`,
    );
    await expect
      .poll(async () => (await caller.call('pg__left')).text)
      .toMatch(/refused the user or the password/);
    await admin.query(`alter role app password '${APP_PASSWORD}'`);
    const said = JSON.stringify([gateway.log, await gateway.records()]);
    for (const secret of [APP_PASSWORD, server.password]) expect(said).not.toContain(secret);
  });
});

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'a', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

test('SQLite: nothing is written, attached, loaded or flooded', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-hostile-'));
  const path = join(folder, 'a.db');
  const made = new DatabaseSync(path);
  made.exec(
    `create table notes(id integer primary key, body text); insert into notes(body) values ('one')`,
  );
  made.close();
  const out = join(folder, 'out');
  const refused = {
    attach: `attach '${out}' as x`,
    pragma: 'pragma query_only = off',
    vacuum: `vacuum into '${out}'`,
    several: `select 1; delete from notes`,
    direct: 'delete from notes',
  };
  const failing = {
    cte: `with x as (select 1) delete from notes`,
    load: `select load_extension('${out}')`,
    write_file: `select writefile('${out}', 'x')`,
    read_file: `select readfile('/etc/passwd')`,
    pragma_table: `select * from pragma_query_only(0)`,
    tokenizer: `select fts3_tokenizer('simple', x'00')`,
    giant: 'select zeroblob(900000000) as b',
    deep: `with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c`,
  };
  using texts = queryFolder({ ...refused, ...failing, ok: 'select body from notes' });
  const sql = { url: path, queries: texts.path, statementTimeoutMs: 2000, maxBytes: MAX_BYTES };
  await using over = await startGateway({ upstreams: { lite: { sql } } });
  await using asked = await callerOf('modern', over);
  const tools = await asked.tools();
  for (const name of Object.keys(refused)) expect(tools).not.toContain(`lite__${name}`);
  for (const name of Object.keys(failing)) {
    expect([name, (await asked.call(`lite__${name}`)).isError]).toEqual([name, true]);
  }
  expect((await asked.call('lite__ok')).value).toEqual({ rows: [{ body: 'one' }] });
  expect(existsSync(out)).toBe(false);
  rmSync(folder, { recursive: true, force: true });
});
