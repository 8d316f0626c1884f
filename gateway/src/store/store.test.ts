import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqlite } from './sqlite/open.ts';
import { StoreError, openStore } from './index.ts';
import { migrate } from './migrations.ts';
import type { Tables } from './tables.ts';
import { UriOwnerTable } from './uri-owners.ts';

let dir = '';
let path = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'store-'));
  path = join(dir, 'state.db');
});
afterEach(() => rm(dir, { recursive: true }));

describe.each(['memory', 'file'])('owners of URIs in %s', (where) => {
  const open = (): ReturnType<typeof openStore> => openStore(where === 'file' ? path : ':memory:');

  test('the first keeps a URI, the others learn whose it is', async () => {
    const store = await open();
    expect(await store.uriOwners.ownerOf('x://1')).toBeUndefined();
    expect(await store.uriOwners.claim(['x://1', 'x://2', 'x://1'], 'a')).toEqual(
      new Map([
        ['x://1', 'a'],
        ['x://2', 'a'],
      ]),
    );
    const second = await store.uriOwners.claim(['x://2', 'x://3'], 'b');
    expect(second.get('x://2')).toBe('a');
    expect(second.get('x://3')).toBe('b');
    expect(await store.uriOwners.ownerOf('x://2')).toBe('a');
    await store.close();
  });

  test('nothing to claim is no work', async () => {
    const store = await open();
    expect(await store.uriOwners.claim([], 'a')).toEqual(new Map());
    await store.close();
  });

  test('claims of many URIs by many at once give each URI one owner', async () => {
    const store = await open();
    const uris = Array.from({ length: 3000 }, (_, n) => `x://'${n}";--\u0000é`);
    const claims = ['a', 'b', 'c'].map((upstream) => store.uriOwners.claim(uris, upstream));
    const [a, b, c] = await Promise.all(claims);
    expect(a!.size).toBe(3000);
    expect(b).toEqual(a);
    expect(c).toEqual(a);
    await store.close();
  });
});

test('an upstream cannot own more than its share; what is left stays free for others', async () => {
  const db = openSqlite<Tables>(':memory:');
  await migrate(db, ':memory:');
  const table = new UriOwnerTable(db, 3);
  expect((await table.claim(['1', '2'], 'a')).size).toBe(2);
  const more = await table.claim(['1', '3', '4', '5'], 'a');
  expect([...more.keys()]).toEqual(['1', '3']);
  expect((await table.claim(['4', '5'], 'b')).get('4')).toBe('b');
  await db.destroy();
});

test('owners outlive the process, and two processes see the same', async () => {
  const first = await openStore(path);
  const second = await openStore(path);
  await first.uriOwners.claim(['x://1'], 'a');
  expect(await second.uriOwners.ownerOf('x://1')).toBe('a');
  await first.close();
  await second.close();
  const again = await openStore(path);
  expect((await again.uriOwners.claim(['x://1'], 'b')).get('x://1')).toBe('a');
  await again.close();
});

test('a transaction that fails leaves nothing behind and the store usable', async () => {
  const db = openSqlite<Tables>(path);
  await migrate(db, path);
  const failing = db.transaction().execute(async (transaction) => {
    await transaction.insertInto('uri_owner').values({ uri: 'x', upstream: 'a' }).execute();
    throw new Error('on purpose');
  });
  await expect(failing).rejects.toThrow('on purpose');
  const table = new UriOwnerTable(db);
  expect(await table.ownerOf('x')).toBeUndefined();
  expect((await table.claim(['x'], 'b')).get('x')).toBe('b');
  await db.destroy();
});

describe('a file that cannot be used', () => {
  test('locked by another process', async () => {
    const other = new DatabaseSync(path);
    other.exec('begin exclusive');
    await expect(openStore(path)).rejects.toThrow(/Another process is writing to it/);
    other.close();
    await (await openStore(path)).close();
  });

  test('not a database', async () => {
    await writeFile(
      path,
      'this is no database, and long enough to be looked at closely\n'.repeat(20),
    );
    await expect(openStore(path)).rejects.toThrow(/not a database of ours/);
    expect(await readFile(path, 'utf8')).toContain('this is no database');
  });

  test('damaged', async () => {
    const store = await openStore(path);
    await store.uriOwners.claim(['x://1'], 'a');
    await store.close();
    const bytes = await readFile(path);
    await writeFile(
      path,
      Buffer.concat([bytes.subarray(0, 100), Buffer.alloc(bytes.length, 0xff)]),
    );
    await expect(openStore(path)).rejects.toThrow(/It is damaged/);
  });

  test('a directory that is not there, and a directory in its place', async () => {
    await expect(openStore(join(dir, 'none', 'state.db'))).rejects.toThrow(/directory must exist/);
    await mkdir(path);
    await expect(openStore(path)).rejects.toThrow(StoreError);
  });

  test('of a later release', async () => {
    const later = new DatabaseSync(path);
    later.exec('pragma user_version = 99');
    later.close();
    await expect(openStore(path)).rejects.toThrow(/written by a later release/);
  });
});
