/** Queries that mean harm over a real MariaDB, which no package of npm brings: the project `mysql`. */
import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection, type Connection } from 'mysql2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callerOf, type Caller } from '../journeys/apis/world.ts';
import { startGateway, type TestGateway } from '../kit/gateway.ts';
import { startMariaDb, type TestMariaDb } from '../kit/mariadb-server.ts';
import { queryFolder, type QueryFolder } from '../kit/sql-queries.ts';

const OUT = join(tmpdir(), `drawbridge-out-${process.pid}`);
const REFUSED: Readonly<Record<string, string>> = {
  direct: `insert into shop.notes(body) values ('no')`,
  several: `select 1; delete from shop.notes`,
  outfile: `select body from shop.notes into outfile '${OUT}'`,
  dumpfile: `select body into dumpfile '${OUT}' from shop.notes`,
  hidden: `select 1 /*!50000 into outfile '${OUT}' */`,
  hidden_maria: `select 1 /*M!100000 into outfile '${OUT}' */`,
  loaded: `load data infile '/etc/passwd' into table shop.notes`,
  called: 'call shop.sneak()',
  set: 'set session transaction read write',
  handled: 'handler shop.notes open',
  done: 'do sleep(1)',
};
const WRITERS: Readonly<Record<string, string>> = {
  in_function: 'select shop.sneaky()',
  cte: 'with x as (select 1) select shop.sneaky() from x',
};
const OTHERS: Readonly<Record<string, string>> = {
  sleep: 'select sleep(60)',
  many: `with recursive c(x) as (select 1 union all select x + 1 from c where x < 5000) select x from c`,
  wide: `select repeat('x', 900000) as x`,
  locked: '-- writes\nupdate shop.notes set body = body where id = 1',
  lock: `select get_lock('held', 1) as l`,
  duplicate: `-- writes\ninsert into shop.people(email) select email from shop.people`,
  misread: `-- writes\nupdate shop.notes set id = (select secret from shop.people)`,
  denied: 'select * from shop.hidden',
  echo: '-- param words text\nselect :words as words',
  fine: 'select body from shop.notes',
};

let server: TestMariaDb;
let admin: Connection;
let queries: QueryFolder;
let gateway: TestGateway;
let caller: Caller;

const ask = (sql: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    admin.query(sql, (error, rows) => (error === null ? resolve(rows) : reject(error)));
  });

const SETUP = [
  'create database shop',
  'create table shop.notes(id int primary key auto_increment, body text)',
  `insert into shop.notes(body) values ('one')`,
  'create table shop.hidden(a int)',
  'create table shop.people(email varchar(90) unique, secret varchar(90))',
  `insert into shop.people values ('ada@x', 'hush-hush')`,
  `create function shop.sneaky() returns int begin insert into shop.notes(body) values ('no'); return 1; end`,
  `create procedure shop.sneak() begin commit; insert into shop.notes(body) values ('no'); end`,
  `create user app@'127.0.0.1' identified by 'app-secret-canary'`,
  `grant select, insert, update, delete, execute on shop.* to app@'127.0.0.1'`,
  `create user low@'127.0.0.1' identified by 'app-secret-canary'`,
  `grant select on shop.notes to low@'127.0.0.1'`,
];

describe('MariaDB', () => {
  beforeAll(async () => {
    server = await startMariaDb();
    admin = createConnection(server.url);
    for (const sql of SETUP) await ask(sql);
    queries = queryFolder({ ...REFUSED, ...WRITERS, ...OTHERS });
    const sql = { queries: queries.path, statementTimeoutMs: 2000, lockTimeoutMs: 1000 };
    const of = (url: string) => ({ sql: { ...sql, url, maxBytes: 100_000, maxConnections: 1 } });
    const as = (user: string) => `mysql://${user}:app-secret-canary@127.0.0.1:${server.port}/shop`;
    gateway = await startGateway({
      upstreams: { my: of(as('app')), root: of(server.url), low: of(as('low')) },
    });
    caller = await callerOf('modern', gateway);
  }, 60_000);

  afterAll(async () => {
    await caller?.[Symbol.asyncDispose]();
    await gateway?.close();
    admin?.destroy();
    await server?.[Symbol.asyncDispose]();
    queries?.[Symbol.dispose]();
    rmSync(OUT, { force: true });
  });

  test('what escapes a transaction that cannot write never becomes a tool', async () => {
    const tools = await caller.tools();
    expect(Object.keys(REFUSED).filter((name) => tools.includes(`my__${name}`))).toEqual([]);
    expect(existsSync(OUT)).toBe(false);
  });

  test.each(Object.keys(WRITERS))('%s', async (name) => {
    for (const upstream of ['my', 'root']) {
      const told = await caller.call(`${upstream}__${name}`);
      expect([told.isError, told.text]).toEqual([true, expect.stringMatching(/may only read/)]);
    }
    expect(await ask('select count(*) as n from shop.notes')).toEqual([{ n: 1 }]);
  });

  test('what runs long or says much ends', async () => {
    expect((await caller.call('my__sleep')).text).toMatch(/took longer than it may/);
    expect((await caller.call('my__many')).text).toMatch(/Only the first 1000 rows/);
    expect((await caller.call('my__wide')).text).toMatch(/more than one answer may hold/);
  });

  test('no lock is waited for without end, and none is left', async () => {
    await ask('start transaction');
    await ask('update shop.notes set body = body');
    expect((await caller.call('my__locked')).text).toMatch(/lock timeout/);
    await ask('rollback');
    expect((await caller.call('my__lock')).value).toEqual({ rows: [{ l: 1 }] });
    expect(await ask(`select is_free_lock('held') as f`)).toEqual([{ f: 1 }]);
  });

  test('a connection that is killed is told of, and the next call works', async () => {
    const reading = caller.call('my__sleep');
    const find = async () => {
      const rows = (await ask('show processlist')) as { Id: number; Info: string | null }[];
      return rows.find(({ Info }) => Info?.startsWith('select sleep') === true)?.Id ?? 0;
    };
    await expect.poll(find).toBeGreaterThan(0);
    await ask(`kill connection ${await find()}`);
    expect((await reading).text).toMatch(/was lost under way/);
    expect((await caller.call('my__fine')).isError).toBe(false);
  });

  test('what is wrong is told without data of rows, users or hosts', async () => {
    for (const [tool, words] of [
      ['my__duplicate', /Duplicate entry for key/],
      ['my__misread', /Incorrect integer value|Truncated incorrect/],
      ['low__denied', /denied/],
    ] as const) {
      const { isError, text } = await caller.call(tool);
      expect([tool, isError, text]).toEqual([tool, true, expect.stringMatching(words)]);
      expect(text).not.toMatch(/hush|ada@x|canary|low'|127\.0\.0\.1/);
    }
  });

  test('arguments are beside the SQL by the log of the server', async () => {
    await ask(`set global log_output = 'TABLE'`);
    await ask('set global general_log = 1');
    const words = `wire-canary'; drop table shop.notes; -- \\' \0 ? :words`;
    expect((await caller.call('my__echo', { words })).value).toEqual({ rows: [{ words }] });
    await ask('set global general_log = 0');
    const log = `select command_type as c, convert(argument using utf8mb4) as a from mysql.general_log`;
    const rows = (await ask(log)) as { c: string; a: string }[];
    const holding = rows.filter(({ a }) => a.includes('wire-canary')).map(({ c }) => c);
    // The log fills the values of what was prepared into its own text of an execution.
    expect(new Set(holding)).toEqual(new Set(['Execute']));
    expect(rows.some(({ c, a }) => c === 'Prepare' && a.includes('select ? as words'))).toBe(true);
    expect(await ask('select count(*) as n from shop.notes')).toEqual([{ n: 1 }]);
  });
});
