/** Row-level security of a real PostgreSQL by who calls: by roles, and by settings. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestPostgres } from '../../../../../test/kit/postgres-server.ts';
import { isJsonObject, principalOf, type Principal } from '../../../kernel/index.ts';
import type { SqlConfig } from '../config-schema.ts';
import { openWorld, type SqlWorld } from '../test-world.ts';
import { sessionFor } from './session.ts';

const FILES = {
  'mine.sql': 'select owner, body, current_user::text as role from notes order by id',
  'write.sql':
    '-- writes\n-- param body text required\ninsert into notes(owner, body) values (current_user, :body) returning owner',
  'teams.sql': `select name from teams order by name`,
  'told.sql': `select current_setting('app.user') as u, current_setting('app.groups') as g`,
};
const GATEWAY = 'only-the-gateway';

let server: TestPostgres;
let admin: pg.Client;
const worlds: SqlWorld[] = [];

beforeAll(async () => {
  server = await startPostgres();
  admin = new pg.Client(server.url);
  await admin.connect();
  await admin.query(`
    create role gateway login noinherit password '${GATEWAY}';
    create role u_ann; create role u_bob; create role guest; create role u_eve;
    grant u_ann, u_bob, guest to gateway;
    create table notes(id serial primary key, owner text not null, body text);
    grant select on notes to guest, u_ann, u_bob, u_eve; grant insert on notes to u_ann;
    grant usage on sequence notes_id_seq to u_ann;
    alter table notes enable row level security;
    create policy own on notes using (owner = current_user) with check (owner = current_user);
    insert into notes(owner, body) values ('u_ann', 'of ann'), ('u_bob', 'of bob'), ('gateway', 'of nobody');
    create table teams(name text, team text); grant select on teams to gateway;
    alter table teams enable row level security;
    create policy team on teams using (team = nullif(current_setting('app.team', true), ''));
    insert into teams values ('a1', 'a'), ('b1', 'b'), ('b2', 'b')`);
});

afterAll(async () => {
  for (const { api } of worlds) await api.close();
  await admin?.end();
  await server?.[Symbol.asyncDispose]();
});

async function open(config: Partial<SqlConfig>): Promise<SqlWorld> {
  const url = `postgres://gateway:${GATEWAY}@127.0.0.1:${server.port}/postgres`;
  const world = await openWorld(url, FILES, { maxConnections: 1, ...config });
  worlds.push(world);
  return world;
}

const who = (user: string, more: Partial<Principal> = {}): Principal =>
  principalOf({ id: `user:${user}`, kind: 'user', verifiedBy: 'test', user, ...more });

async function rows(world: SqlWorld, file: string, caller: Principal): Promise<unknown> {
  const reply = await world.call(file, {}, undefined, caller);
  const value = reply.kind === 'answer' && reply.body.kind === 'json' ? reply.body.value : null;
  return isJsonObject(value) ? value['rows'] : reply;
}

const BY_USER = { by: 'user', prefix: 'u_' };

test('each caller sees its own rows over one connection, and nobody those of the gateway', async () => {
  const world = await open({ role: BY_USER });
  expect(world.checked).toEqual([]);
  const ann = [{ owner: 'u_ann', body: 'of ann', role: 'u_ann' }];
  const bob = [{ owner: 'u_bob', body: 'of bob', role: 'u_bob' }];
  for (let round = 0; round < 3; round++) {
    expect(await rows(world, 'mine.sql', who('ann'))).toEqual(ann);
    expect(await rows(world, 'mine.sql', who('bob'))).toEqual(bob);
  }
  const both = await Promise.all(
    ['ann', 'bob', 'ann', 'bob'].map((name) => rows(world, 'mine.sql', who(name))),
  );
  expect(both).toEqual([ann, bob, ann, bob]);
});

test('what is written is written as who calls, or not at all', async () => {
  const world = await open({ role: BY_USER });
  const write = (name: string) => world.call('write.sql', { body: 'new' }, undefined, who(name));
  expect(await write('ann')).toMatchObject({ body: { value: { rows: [{ owner: 'u_ann' }] } } });
  expect(await write('bob')).toMatchObject({ kind: 'failure', class: 'forbidden' });
  // A failed call leaves the connection with nobody's role.
  expect(await rows(world, 'mine.sql', who('bob'))).toMatchObject([{ owner: 'u_bob' }]);
});

test('a caller without a role is refused, and never becomes the gateway', async () => {
  const world = await open({ role: BY_USER });
  const refused = { kind: 'broken', reason: 'upstream_credentials_unavailable' };
  // Known to the database but not granted, unknown to it, nobody, and too long to be one.
  for (const name of ['eve', 'mallory', '', 'x'.repeat(80), 'a\0b']) {
    expect([name, await rows(world, 'mine.sql', who(name))]).toMatchObject([name, refused]);
  }
  const bare = await open({ role: { by: 'user', prefix: '' } });
  for (const name of [
    'none',
    'NONE',
    'postgres',
    'pg_read_server_files',
    'u_ann"; reset role; --',
  ]) {
    expect([name, await rows(bare, 'mine.sql', who(name))]).toMatchObject([name, refused]);
  }
  expect(await rows(bare, 'mine.sql', who('u_ann'))).toMatchObject([{ body: 'of ann' }, {}]);
});

test('roles by name, with one for all others', async () => {
  const named = { by: 'claims.mail', prefix: '', names: { 'a@x': 'u_ann' }, otherwise: 'guest' };
  const world = await open({ role: named });
  const mail = (value: string) => who('z', { claims: { mail: value } });
  expect(await rows(world, 'mine.sql', mail('a@x'))).toMatchObject([{ role: 'u_ann' }, {}]);
  expect(await rows(world, 'mine.sql', mail('u_bob'))).toEqual([]);
  expect(await rows(world, 'mine.sql', mail('constructor'))).toEqual([]);
  const fixed = await open({ role: 'u_bob' });
  expect(await rows(fixed, 'mine.sql', who('ann'))).toMatchObject([{ role: 'u_bob' }]);
});

test('settings tell policies who calls, and are gone with the call', async () => {
  const world = await open({ settings: { 'app.team': 'team' } });
  expect(await rows(world, 'teams.sql', who('ann', { team: 'b' }))).toEqual([
    { name: 'b1' },
    { name: 'b2' },
  ]);
  expect(await rows(world, 'teams.sql', who('ann', { team: 'a' }))).toEqual([{ name: 'a1' }]);
  expect(await rows(world, 'teams.sql', who('ann'))).toEqual([]);
  const team = "b' or true; reset all; --";
  expect(await rows(world, 'teams.sql', who('ann', { team }))).toEqual([]);
  const told = await open({ settings: { 'app.user': 'user', 'app.groups': 'groups' } });
  const ann = who("o'ann", { groups: ['a,b', 'c"'] });
  expect(await rows(told, 'told.sql', ann)).toEqual([{ u: "o'ann", g: '["a,b","c\\""]' }]);
});

test('what cannot be told is refused before anything is asked', () => {
  const config = { settings: { 'app.user': 'user' } };
  expect(sessionFor(config, who('a\0b'))).toMatch(/cannot be told/);
  expect(sessionFor(config, who('a'.repeat(10_000)))).toMatch(/cannot be told/);
});
