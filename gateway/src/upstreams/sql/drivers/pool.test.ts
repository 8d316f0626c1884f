/** Connections that are all in use, of real databases: callers wait so long, and no longer. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { startPostgres } from '../../../../../test/kit/postgres-server.ts';
import { principalOf } from '../../../kernel/index.ts';
import type { Reply } from '../../api/model.ts';
import { openWorld, type SqlWorld } from '../test-world.ts';

const BUSY = { kind: 'failure', class: 'rate_limited', status: 'busy' };

/** One query holds the only connection while others are asked for. */
async function exhausted(world: SqlWorld, untilHeld: () => Promise<void>): Promise<void> {
  const ask = (file: string, timeoutMs: number, signal = new AbortController().signal) =>
    world.api.call(
      `sql:${file}`,
      { values: {}, files: new Map() },
      {
        principal: principalOf({ id: 'ann', kind: 'user', verifiedBy: 'test' }),
        signal,
        timeoutMs,
        maxAnswerBytes: 1_000_000,
        pageUrl: '',
      },
    );
  const stop = new AbortController();
  const holding = ask('hold.sql', 30_000, stop.signal);
  await untilHeld();
  const waited = await Promise.all(Array.from({ length: 20 }, () => ask('one.sql', 200)));
  expect(waited.filter((reply: Reply) => reply.kind !== 'failure')).toEqual([]);
  expect(waited[0]).toMatchObject(BUSY);
  const leaving = new AbortController();
  const left = ask('one.sql', 30_000, leaving.signal);
  const patient = ask('one.sql', 30_000);
  leaving.abort();
  expect(await left).toMatchObject({ reason: 'cancelled' });
  stop.abort();
  expect(await holding).toMatchObject({ reason: 'cancelled' });
  expect(await patient).toMatchObject({ kind: 'answer' });
}

const LIMITS = { maxConnections: 1, statementTimeoutMs: 30_000 };

test('PostgreSQL', { timeout: 60_000 }, async () => {
  await using server = await startPostgres();
  const files = { 'hold.sql': 'select pg_sleep(60)', 'one.sql': 'select 1 as one' };
  const world = await openWorld(server.url, files, LIMITS);
  const other = await openWorld(server.url, {
    'held.sql': `select count(*)::int as n from pg_stat_activity where query like 'select pg_sleep%'`,
  });
  onTestFinished(async () => {
    await Promise.all([world.api.close(), other.api.close()]);
  });
  expect(world.checked).toEqual([]);
  await exhausted(world, async () => {
    await expect.poll(() => other.body('held.sql')).toEqual({ rows: [{ n: 1 }] });
  });
});

test('SQLite', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-pool-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  new DatabaseSync(join(folder, 'a.db')).close();
  const files = {
    'hold.sql':
      'with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c',
    'one.sql': 'select 1 as one',
  };
  const world = await openWorld(join(folder, 'a.db'), files, LIMITS);
  onTestFinished(() => world.api.close());
  expect(world.checked).toEqual([]);
  // The only process is taken as soon as the call is made.
  await exhausted(world, () => Promise.resolve());
});
