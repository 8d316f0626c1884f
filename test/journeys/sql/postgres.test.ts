/** A PostgreSQL behind the gateway, by a password that nobody is shown. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startGateway } from '../../kit/gateway.ts';
import { startPostgres } from '../../kit/postgres-server.ts';
import { callerOf, done, WAYS } from '../apis/world.ts';

const ADD = `-- description: Adds two exact numbers.
-- param a numeric required : the first
-- param b bigint required
select :a::numeric + :b::bigint as sum`;

test(
  'typed parameters, a correction and a timeout, in every dialect',
  { timeout: 60_000 },
  async () => {
    await using server = await startPostgres();
    const folder = mkdtempSync(join(tmpdir(), 'drawbridge-queries-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'add_numbers.sql'), ADD);
    writeFileSync(
      join(folder, 'wait.sql'),
      '-- param s integer required\nselect pg_sleep(:s::int)',
    );
    const auth = { basic: { username: 'postgres', password: server.password } };
    const url = `postgres://127.0.0.1:${server.port}/postgres`;
    await using gateway = await startGateway({
      upstreams: { pg: { sql: { url, queries: folder, statementTimeoutMs: 300 }, auth } },
    });
    for (const way of WAYS) {
      await using caller = await callerOf(way, gateway);
      const wrong = await caller.call('pg__add_numbers', { a: 'many', b: '9007199254740993' });
      expect([way, wrong.isError, wrong.text]).toEqual([
        way,
        true,
        expect.stringMatching(/^a must/),
      ]);
      const { text, value } = await done(caller, 'pg__add_numbers', {
        a: '0.1',
        b: '9007199254740993',
      });
      expect(text + JSON.stringify(value)).toMatch(/9007199254740993\.1|9007199254740993/);
      const late = await caller.call('pg__wait', { s: 60 });
      expect([way, late.isError]).toEqual([way, true]);
      expect(late.text).toMatch(/took longer than it may[^]*Narrow it by s/);
    }
    const said = JSON.stringify([gateway.log, await gateway.records()]);
    expect(said).not.toContain(server.password);
  },
);
