/** Queries over a real PostgreSQL: values land as they were, and nothing gets out of hand. */
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestPostgres } from '../../../../test/kit/postgres-server.ts';
import { ExactNumber, type Json } from '../../kernel/index.ts';
import { openWorld, type SqlWorld } from './test-world.ts';

const FILES = {
  'types.sql': `select 9007199254740993::bigint as b, 12345678901234567890.10::numeric as n, 'NaN'::numeric as nan,
    true as t, '2026-01-31'::date as d, '2026-01-31 12:00:00.5'::timestamp as ts, '\\xdead'::bytea as bytes,
    '{"a":9007199254740993}'::jsonb as j, array[1,null,3] as l, array[['a,"b"','c']] as m, null as z, 1 as z`,
  'echo.sql': `-- param t text
-- param i bigint
-- param n numeric
-- param j json
-- param l text[]
-- param ids integer[]
-- param b binary
-- param day date
-- param u uuid
select :t::text as t, :i::bigint as i, :n::numeric as n, :j::jsonb as j, :l::text[] as l,
  :ids::int[] as ids, :b::bytea as b, :day::date as day, :u::uuid as u, $$:no$$ as d, ':no' as s`,
  'add.sql': `-- writes
-- param email text required
-- param age integer
insert into people(email, age) values (:email, :age) returning id`,
  'flood.sql': `-- writes
insert into people(email) select 'p' || x from generate_series(1, 5000) x returning id`,
  'sneak.sql': `with x as (insert into people(email) values ('x') returning id) select id from x`,
  'nextval.sql': `select nextval('people_id_seq')`,
  'sleep.sql': `select pg_sleep(60)`,
  'endless.sql': `select generate_series(1, 100000000000) as x`,
  'huge.sql': `select repeat('x', 4000000) as x`,
  'wide.sql': `select repeat('x', 60000) as x from generate_series(1, 20)`,
  'lock.sql': `-- writes
-- param id integer required
update people set age = 1 where id = :id`,
  'cast.sql': `-- param day text required
select :day::date as day`,
  'unknown.sql': `-- description: Names a column that is not there.
-- param id integer required
select id,
  colour from people where id = :id`,
};
const LIMITS = { maxRows: 100, maxBytes: 200_000, statementTimeoutMs: 3000, lockTimeoutMs: 200 };

let server: TestPostgres;
let world: SqlWorld;
let admin: pg.Client;

beforeAll(async () => {
  server = await startPostgres();
  admin = new pg.Client(server.url);
  await admin.connect();
  await admin.query(
    `create table people(id serial primary key, email text unique not null, age int check (age > 0));
     insert into people(email) values ('ada@x'); comment on table people is 'who there is'`,
  );
  world = await openWorld(server.url, FILES, LIMITS);
});

afterAll(async () => {
  await world?.api.close();
  await admin?.end();
  await server?.[Symbol.asyncDispose]();
});

const count = async (): Promise<number> =>
  Number((await admin.query('select count(*) from people')).rows[0].count);

test('the server names what it does not have, with file and line', () => {
  expect(world.checked).toEqual([
    {
      key: 'sql:unknown.sql',
      file: 'unknown.sql',
      line: 4,
      text: 'column "colour" does not exist',
    },
  ]);
});

test('every type comes out exactly', async () => {
  const { rows } = await world.body('types.sql');
  expect(rows).toEqual([
    {
      b: new ExactNumber('9007199254740993'),
      n: new ExactNumber('12345678901234567890.10'),
      nan: 'NaN',
      t: true,
      d: '2026-01-31',
      ts: '2026-01-31T12:00:00.5',
      bytes: '3q0=',
      j: { a: new ExactNumber('9007199254740993') },
      l: [1, null, 3],
      m: [['a,"b"', 'c']],
      z: null,
      z_2: 1,
    },
  ]);
});

const exact = (value: Json | undefined): string =>
  value instanceof ExactNumber ? value.text : String(value);

test('the server sees every value as it was', async () => {
  const text = fc.string({ unit: 'grapheme' }).map((t) => t.replaceAll('\0', ''));
  const property = fc.asyncProperty(
    text,
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.array(fc.option(text)),
    fc.uint8Array(),
    fc.uuid(),
    async (t, i, l, bytes, u) => {
      const b = Buffer.from(bytes).toString('base64');
      const n = new ExactNumber(`${i}.0123456789`);
      const j: Json = { [t]: [t, null, 0.5] };
      const { rows } = await world.body('echo.sql', {
        t,
        i: String(i),
        n,
        j,
        l,
        b,
        u,
        ids: [1, 2],
      });
      const [row] = rows as unknown as Record<string, Json>[];
      expect(row).toMatchObject({ t, l, b, u, j, ids: [1, 2], day: null, d: ':no', s: ':no' });
      expect(exact(row?.['n'])).toBe(`${i}.0123456789`);
      expect(exact(row?.['i'])).toBe(String(i));
    },
  );
  const nasty = '\'; drop table people; -- \\u0027 \\x00 $1 :t $$ /* " {a,NULL}';
  await fc.assert(property, {
    numRuns: 60,
    examples: [
      [nasty, 0n, [nasty, null, 'NULL', ''], new Uint8Array([0, 255]), crypto.randomUUID()],
    ],
  });
  expect(await count()).toBe(1);
  expect(await world.call('echo.sql', { t: 'a\0b' })).toMatchObject({
    kind: 'unsendable',
    argument: 't',
  });
});

test('what is wrong is told in the names of the arguments', async () => {
  const said = async (file: string, values: Record<string, Json>) => world.call(file, values);
  expect(await said('add.sql', { email: 'ada@x' })).toMatchObject({
    class: 'invalid',
    complaints: [{ wire: 'email', text: expect.stringContaining('already exists') }],
  });
  expect(await said('add.sql', { email: 'b@x', age: -1 })).toMatchObject({ class: 'invalid' });
  expect(await said('cast.sql', { day: 'tomorrow-ish' })).toMatchObject({
    class: 'invalid',
    complaints: [{ wire: 'day' }],
  });
  expect(await count()).toBe(1);
});

test('contained: writes of readers, long work, endless and huge answers', async () => {
  const forbidden = { kind: 'failure', class: 'forbidden' };
  expect(await world.call('sneak.sql')).toMatchObject(forbidden);
  expect(await world.call('nextval.sql')).toMatchObject(forbidden);
  expect(await world.call('sleep.sql')).toMatchObject({ reason: 'upstream_timeout' });
  const wide = await world.call('wide.sql');
  expect(wide).toMatchObject({ kind: 'answer', note: expect.stringContaining('first 3 rows') });
  const endless = await world.call('endless.sql');
  expect(endless).toMatchObject({
    kind: 'answer',
    note: expect.stringContaining('first 100 rows'),
  });
  expect(await world.call('huge.sql')).toMatchObject({ reason: 'result_too_large' });
  expect(await world.call('flood.sql')).toMatchObject({ reason: 'result_too_large' });
  expect(await count()).toBe(1);
});

test('a lock is not waited for without end, and a cancelled statement ends at the server', async () => {
  await admin.query('begin');
  await admin.query('update people set age = 2');
  expect(await world.call('lock.sql', { id: 1 })).toMatchObject({ status: 'lock timeout' });
  await admin.query('rollback');
  const stop = new AbortController();
  const sleeping = world.call('sleep.sql', {}, stop.signal);
  const running = `select count(*)::int as n from pg_stat_activity where query like 'select pg_sleep%'
    and state = 'active'`;
  const active = async () => (await admin.query(running)).rows[0].n;
  await expect.poll(active).toBe(1);
  stop.abort();
  expect(await sleeping).toMatchObject({ reason: 'cancelled' });
  await expect.poll(active).toBe(0);
});

test('tables are shown without their data', async () => {
  expect(await world.body('list_tables', { like: 'PEO' })).toEqual({
    rows: [{ schema: 'public', name: 'people', kind: 'table', comment: 'who there is' }],
  });
  const { rows } = await world.body('describe_table', { table: 'people' });
  expect(rows).toMatchObject([
    { column: 'id', type: 'integer', nullable: false, primary_key: true },
    { column: 'email', nullable: false },
    { column: 'age', nullable: true },
  ]);
});

test('a refused login and a server that is away say nothing of the address', async () => {
  for (const url of [
    server.url.replace(server.password, 'wrong-secret'),
    'postgres://u:secret-1@127.0.0.1:1/x',
  ]) {
    const away = await openWorld(url, FILES);
    const reply = await away.call('types.sql');
    expect(reply).toMatchObject({ kind: 'broken' });
    expect(JSON.stringify(reply)).not.toMatch(/secret|127\.0\.0\.1|postgres:/);
    await away.api.close();
  }
});
