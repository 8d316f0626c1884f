/** A database from its address to its entry: the password that was typed is in no file and no word. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import pg from 'pg';
import { runCommand } from '../../kit/command-line.ts';
import { startPostgres, type TestPostgres } from '../../kit/postgres-server.ts';

const PASSWORD = 'p@ss/word-canary:1';
const QUERY = '-- description: Counts people.\nselect count(*)::int as n from people';

let server: TestPostgres;
let here: string;

beforeAll(async () => {
  server = await startPostgres();
  const admin = new pg.Client(server.url);
  await admin.connect();
  await admin.query(`create table people(name text); insert into people values ('Ada');
    create role reader login password '${PASSWORD}'; grant select on people to reader`);
  await admin.end();
});
afterAll(() => server[Symbol.asyncDispose]());

beforeEach(() => {
  here = mkdtempSync(join(tmpdir(), 'drawbridge-add-'));
  const folder = here;
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

const written = (): string => readFileSync(join(here, 'drawbridge.yaml'), 'utf8');
const at = (user: string, more = ''): string =>
  `postgres://${user}@127.0.0.1:${server.port}/postgres${more}`;
const typed = (): string => at(`reader:${encodeURIComponent(PASSWORD)}`);
const traces = [PASSWORD, encodeURIComponent(PASSWORD), 'canary'];

function clean(...texts: string[]): void {
  for (const trace of traces) for (const text of texts) expect(text).not.toContain(trace);
}

test('what was typed is connected with once, and a variable stands for it in the file', async () => {
  const added = await runCommand(['add', typed(), '--name', 'sales', '--yes'], here);
  expect(added.stderr + added.stdout).toMatch(/list_tables/);
  expect(added.code).toBe(0);
  expect(written()).toContain(`url: postgres://127.0.0.1:${server.port}/postgres`);
  expect(written()).toMatch(/username: reader\s+password: \$\{SALES_PASSWORD\}/);
  expect(added.stdout + added.stderr).toMatch(
    /Set in the environment[^]*SALES_PASSWORD {2}password of the database user reader/,
  );
  clean(written(), added.stdout, added.stderr);
  const args = ['call', 'sales__list_tables', '--json'];
  const called = await runCommand(args, here, { SALES_PASSWORD: PASSWORD });
  expect(called.stdout).toContain('people');
  const unset = await runCommand(args, here);
  expect([unset.code === 0, unset.stdout + unset.stderr]).toEqual([
    false,
    expect.stringContaining('SALES_PASSWORD'),
  ]);
});

test('a placeholder stays what it is, and is filled in to look at the database', async () => {
  const login = at('reader:${DB_PASSWORD}');
  const added = await runCommand(['add', login, '--name', 'db', '--yes', '--json'], here, {
    DB_PASSWORD: PASSWORD,
  });
  expect(JSON.parse(added.stdout)).toMatchObject({
    entry: { auth: { basic: { username: 'reader', password: '${DB_PASSWORD}' } } },
    tools: ['list_tables', 'describe_table'],
    variables: ['DB_PASSWORD'],
  });
  clean(written(), added.stdout, added.stderr);
  const unset = await runCommand(['add', login, '--name', 'db', '--yes'], here);
  expect([unset.code, unset.stderr]).toEqual([
    1,
    expect.stringMatching(/names a variable that is not set/),
  ]);
});

test('with a folder of queries, --url is taken apart too', async () => {
  mkdirSync(join(here, 'queries'));
  writeFileSync(join(here, 'queries', 'count_people.sql'), QUERY);
  const added = await runCommand(
    ['add', './queries', '--url', typed(), '--name', 'people', '--yes'],
    here,
  );
  expect([added.code, written()]).toEqual([0, expect.stringContaining('${PEOPLE_PASSWORD}')]);
  clean(written(), added.stdout, added.stderr);
  const called = await runCommand(['call', 'people__count_people', '--json'], here, {
    PEOPLE_PASSWORD: PASSWORD,
  });
  expect(called.stdout).toMatch(/"n":1/);
});

test.each([
  ['a wrong mode', () => `${typed()}?sslmode=prefer`, /may fall back/],
  ['a password as a parameter', () => at('reader', '?password=canary'), /set by auth.basic/],
  [
    'a password that is written as none is',
    () => 'postgres://reader:can/ary@h/x',
    /must be postgres/,
  ],
])('%s is refused without a word of it', async (_what, addressOf, why) => {
  const address = addressOf();
  const refused = await runCommand(['add', address, '--name', 'x', '--yes'], here);
  expect([refused.code === 0, refused.stderr]).toEqual([false, expect.stringMatching(why)]);
  clean(refused.stdout, refused.stderr);
  expect(refused.stderr).not.toContain('can/ary');
  expect(existsSync(join(here, 'drawbridge.yaml'))).toBe(false);
  const shown = await runCommand(['preview', address], here);
  clean(shown.stdout, shown.stderr);
});
