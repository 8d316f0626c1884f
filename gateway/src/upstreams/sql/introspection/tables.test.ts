/** Lists of tables of real databases: in pages that have an end, whatever is asked for. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { startPostgres } from '../../../../../test/kit/postgres-server.ts';
import { DIALECTS } from '../dialect.ts';
import { openWorld, type SqlWorld } from '../test-world.ts';
import { introspectionFor } from './queries.ts';

const names = Array.from({ length: 1203 }, (_, at) => `t${String(at).padStart(4, '0')}`);
const SCRIPT = names.map((name) => `create table ${name}(id int);`).join('\n');

async function pagesOf(world: SqlWorld): Promise<void> {
  const read = async (args: Record<string, number | string>): Promise<string[]> => {
    const { rows } = await world.body('list_tables', args);
    return (rows as unknown as { name: string }[]).map(({ name }) => name);
  };
  expect(await read({})).toEqual(names.slice(0, 200));
  expect(await read({ limit: 1000 })).toEqual(names.slice(0, 1000));
  expect(await read({ limit: 1000, offset: 1000 })).toEqual(names.slice(1000));
  expect(await read({ limit: 2, offset: 1202 })).toEqual(names.slice(1202));
  expect(await read({ like: 'T120', limit: 2, offset: 1 })).toEqual(['t1201', 't1202']);
  expect(await read({ like: "%' or 1=1 --" })).toEqual([]);
}

test('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-tables-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const database = new DatabaseSync(join(folder, 'a.db'));
  database.exec(`begin; ${SCRIPT} commit`);
  database.close();
  const world = await openWorld(join(folder, 'a.db'), {});
  onTestFinished(() => world.api.close());
  expect(world.checked).toEqual([]);
  await pagesOf(world);
});

test('PostgreSQL', { timeout: 60_000 }, async () => {
  await using server = await startPostgres();
  const admin = new pg.Client(server.url);
  await admin.connect();
  await admin.query(SCRIPT);
  await admin.end();
  const world = await openWorld(server.url, {});
  onTestFinished(() => world.api.close());
  expect(world.checked).toEqual([]);
  await pagesOf(world);
});

test.each(DIALECTS)('of %s take at most 1000 at a time, and page', (dialect) => {
  const list = introspectionFor(dialect, []).find(({ name }) => name === 'list_tables');
  expect(list?.header.page).toEqual({ style: 'offset', offset: 'offset', limit: 'limit' });
  const bounds = list?.header.params.map(({ name, type }) => [name, type.range]);
  expect(bounds).toEqual([
    ['like', undefined],
    ['limit', [1, 1000]],
    ['offset', [0, 1_000_000]],
  ]);
});
