/** Two callers with keys of their own, one query, one PostgreSQL with TLS: each sees its own rows. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { openKeys } from '../../kit/api-keys.ts';
import { issueLocal, makeAuthority } from '../../kit/certificates.ts';
import { startGateway } from '../../kit/gateway.ts';
import { startPostgres } from '../../kit/postgres-server.ts';
import { queryFolder } from '../../kit/sql-queries.ts';

const PASSWORD = 'gateway-canary';
const MINE = `select body, current_user::text as role, current_setting('app.team') as team from notes order by id`;

test('rows by who calls, over TLS', { timeout: 60_000 }, async () => {
  const authority = makeAuthority('Databases');
  const { cert, key } = issueLocal(authority);
  await using server = await startPostgres({
    settings: { ssl: 'on' },
    files: { 'server.crt': cert, 'server.key': key },
    hba: 'hostssl all all 127.0.0.1/32 scram-sha-256\n',
  });
  const admin = new pg.Client({ connectionString: server.url, ssl: { ca: authority.cert } });
  await admin.connect();
  await admin.query(`create role gateway login noinherit password '${PASSWORD}';
    create role app_ann; create role app_bob; grant app_ann, app_bob to gateway;
    create table notes(id serial, owner text, body text); grant select on notes to app_ann, app_bob;
    alter table notes enable row level security; create policy own on notes using (owner = current_user);
    insert into notes(owner, body) values ('app_ann', 'of ann'), ('app_bob', 'of bob')`);
  await admin.end();

  using queries = queryFolder({ mine: MINE });
  const stateDir = mkdtempSync(join(tmpdir(), 'drawbridge-callers-'));
  onTestFinished(() => rmSync(stateDir, { recursive: true, force: true }));
  const ca = join(stateDir, 'ca.pem');
  writeFileSync(ca, authority.cert);
  await using keys = await openKeys(stateDir);
  const [ann, bob, eve] = await Promise.all([
    keys.add({ user: 'ann', team: 'blue' }),
    keys.add({ user: 'bob' }),
    keys.add({ user: 'eve' }),
  ]);
  const url = `postgres://gateway:${PASSWORD}@localhost:${server.port}/postgres?sslmode=verify-full`;
  const who = { role: { by: 'user', prefix: 'app_' }, settings: { 'app.team': 'team' } };
  const sql = { url, queries: queries.path, maxConnections: 1, ...who };
  await using gateway = await startGateway({
    server: { stateDir },
    identity: { keys: true },
    policy: { rules: [{ allow: ['*'] }] },
    upstreams: { db: { sql, tls: { ca } } },
  });
  const ask = async (token: string): Promise<{ status: number; text: string }> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const path = `${gateway.origin}/api/default/tools/db__mine`;
    const answer = await fetch(path, { method: 'POST', headers, body: '{}' });
    return { status: answer.status, text: await answer.text() };
  };
  const row = (name: string, team: string) =>
    JSON.stringify({ rows: [{ body: `of ${name}`, role: `app_${name}`, team }] });
  for (let round = 0; round < 2; round++) {
    expect(await ask(ann.text)).toEqual({ status: 200, text: row('ann', 'blue') });
    expect(await ask(bob.text)).toEqual({ status: 200, text: row('bob', '') });
  }
  const refused = await ask(eve.text);
  expect(refused.status).toBeGreaterThanOrEqual(400);
  expect(refused.text).toMatch(/does not let the gateway act as this caller/);
  expect(refused.text + gateway.log.join('\n')).not.toMatch(/of ann|of bob|canary/);
});
