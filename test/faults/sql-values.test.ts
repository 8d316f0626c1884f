/** Values of every type on their way to a real PostgreSQL: beside the SQL, never in it, and unchanged. */
import pg from 'pg';
import { expect, test } from 'vitest';
import { callerOf } from '../journeys/apis/world.ts';
import { startGateway } from '../kit/gateway.ts';
import { startPostgres } from '../kit/postgres-server.ts';
import { queryFolder } from '../kit/sql-queries.ts';
import { postgresMessages, startWireTap } from '../kit/wire-tap.ts';

const ECHO = `-- param words text
-- param small integer
-- param big bigint
-- param exact numeric
-- param ratio float
-- param yes boolean
-- param day date
-- param moment timestamp
-- param hour time
-- param id uuid
-- param any json
-- param raw binary
-- param mood enum(sad|it's ok)
-- param many text[]
-- param numbers bigint[]
-- param moods enum(sad|it's ok)[]
select :words::text as words, :small::int as small, :big::bigint as big, :exact::numeric as exact, :ratio::float8 as ratio,
  :yes::boolean as yes, :day::date as day, :moment::timestamptz as moment, :hour::time as hour, :id::uuid as id,
  :any::jsonb as any, :raw::bytea as raw, :mood::mood as mood, :many::text[] as many, :numbers::bigint[] as numbers,
  :moods::mood[]::text[] as moods, :big::bigint::text as big_text, :exact::numeric::text as exact_text`;

/** Stands in every value that can hold it. */
const CANARY = 'canary-5f1c';
const NASTY = [
  `${CANARY}'; drop table kept; --`,
  `${CANARY}\\'); select pg_sleep(60); /*`,
  `${CANARY} $1 $$ :words ?1 {a,NULL,"b"} \\u0000 \\x00 %s \r\n\t \u2028 é 😀`,
  `${CANARY}" \` ' ]] */ E'\\n' U&'\\0041'`,
];

const VALUES = {
  small: -2_147_483_648,
  big: '-9223372036854775808',
  exact: '12345678901234567890.123456789012345678901234567890',
  ratio: 0.1,
  yes: false,
  day: '0999-12-31',
  moment: '2026-03-29T01:30:00.123456+05:30',
  hour: '23:59:59.999999',
  id: '123e4567-e89b-12d3-a456-426614174000',
  mood: "it's ok",
  numbers: ['9223372036854775807', 0, -1],
  moods: ['sad', "it's ok"],
};

test('beside the SQL, and unchanged', { timeout: 60_000 }, async () => {
  await using server = await startPostgres();
  const admin = new pg.Client(server.url);
  await admin.connect();
  await admin.query(`create type mood as enum ('sad', 'it''s ok'); create table kept(a int)`);
  await using tap = await startWireTap(server.port);
  using queries = queryFolder({ echo: ECHO });
  const url = `postgres://postgres:${server.password}@127.0.0.1:${tap.port}/postgres`;
  await using gateway = await startGateway({
    upstreams: { pg: { sql: { url, queries: queries.path } } },
  });
  await using caller = await callerOf('modern', gateway);
  for (const words of NASTY) {
    const any = { [words]: [words, null, 1e-7] };
    const raw = Buffer.from(`${words}\0\xff`, 'latin1').toString('base64');
    const args = { ...VALUES, words, any, raw, many: [words, '', 'NULL'] };
    const { value, text } = await caller.call('pg__echo', args);
    expect(value ?? text).toMatchObject({
      rows: [
        {
          words,
          any,
          raw,
          small: VALUES.small,
          ratio: 0.1,
          yes: false,
          day: VALUES.day,
          moment: '2026-03-28T20:00:00.123456+00:00',
          hour: VALUES.hour,
          id: VALUES.id,
          mood: VALUES.mood,
          many: args.many,
          moods: VALUES.moods,
          big_text: VALUES.big,
          exact_text: VALUES.exact,
        },
      ],
    });
  }
  const nul = await caller.call('pg__echo', { words: `${CANARY}\0`, many: [`${CANARY}\0`] });
  expect(nul.text).toMatch(/^(?:words|many) cannot be sent: PostgreSQL keeps no NUL character/);
  const half = await caller.call('pg__echo', { words: `${CANARY}\ud800` });
  expect(half.isError).toBe(true);
  const outside = await caller.call('pg__echo', { big: '9223372036854775808' });
  expect(outside.text).toMatch(/^big /);
  expect(await admin.query('select * from kept')).toMatchObject({ rowCount: 0 });
  await admin.end();

  const messages = tap.sent.flatMap(postgresMessages);
  const has = (body: Buffer) => body.includes(CANARY) || body.includes('4266141740');
  const kinds = new Set(messages.filter(({ body }) => has(body)).map(({ kind }) => kind));
  // Only in Bind (B), in no Parse (P) and no simple query (Q).
  expect([...kinds]).toEqual(['B']);
  const parsed = messages.filter(({ kind, body }) => kind === 'P' && body.includes('$1::text'));
  expect(new Set(parsed.map(({ body }) => body.toString('latin1'))).size).toBe(1);
});
