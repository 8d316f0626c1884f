import { expect, test } from 'vitest';
import { openStore } from './index.ts';
import { migrate } from './migrations.ts';
import { PrincipalSeenTable, type SeenPrincipal } from './principals-seen.ts';
import { openSqlite } from './sqlite/open.ts';
import type { Tables } from './tables.ts';

test('roles are granted once and taken away once', async () => {
  const { roleGrants, close } = await openStore(':memory:');
  const grant = { subject: 'user:ann', role: 'admin', grantedBy: 'code', grantedMs: 1 };
  expect(await roleGrants.add(grant)).toBe(true);
  expect(await roleGrants.add({ ...grant, grantedBy: 'another' })).toBe(false);
  expect(await roleGrants.add({ ...grant, role: 'viewer' })).toBe(true);
  expect(await roleGrants.all()).toEqual([grant, { ...grant, role: 'viewer' }]);
  expect(await roleGrants.remove('user:ann', 'admin')).toBe(true);
  expect(await roleGrants.remove('user:ann', 'admin')).toBe(false);
  expect(await roleGrants.all()).toHaveLength(1);
  await close();
});

test('a code is good once, until its time, and as long as there is no newer one', async () => {
  const { adminCodes, close } = await openStore(':memory:');
  expect(await adminCodes.use('a', 0)).toBe(false);
  await adminCodes.put('a', 100);
  expect(await adminCodes.use('b', 0)).toBe(false);
  expect(await adminCodes.use('a', 100)).toBe(false);
  const uses = await Promise.all(Array.from({ length: 8 }, () => adminCodes.use('a', 99)));
  expect(uses.filter((isGood) => isGood)).toHaveLength(1);
  await adminCodes.put('a', 100);
  await adminCodes.put('b', 100);
  expect(await adminCodes.use('a', 0)).toBe(false);
  expect(await adminCodes.use('b', 0)).toBe(true);
  await close();
});

const seen = (id: string, lastMs: number, more: Partial<SeenPrincipal> = {}): SeenPrincipal => ({
  id,
  kind: 'user',
  verifiedBy: 'key 1',
  user: '',
  agent: '',
  team: '',
  groups: [],
  scopes: [],
  firstMs: lastMs,
  lastMs,
  ...more,
});

test('who was seen keeps its first time, and is found page by page or by a text', async () => {
  const { principalsSeen, close } = await openStore(':memory:');
  await principalsSeen.note([]);
  await principalsSeen.note([seen('b', 1), seen('a', 1, { user: 'Ann', groups: ['x', "y'"] })]);
  await principalsSeen.note([seen('b', 5, { team: 'sales' })]);
  expect(await principalsSeen.find('b')).toEqual(seen('b', 5, { team: 'sales', firstMs: 1 }));
  expect(await principalsSeen.find('c')).toBeUndefined();
  const ids = async (...asked: Parameters<typeof principalsSeen.list>) =>
    (await principalsSeen.list(...asked)).map(({ id }) => id);
  expect(await ids('', 10, '')).toEqual(['a', 'b']);
  expect(await ids('', 1, '')).toEqual(['a']);
  expect(await ids('a', 10, '')).toEqual(['b']);
  expect(await ids('', 10, 'ann')).toEqual(['a']);
  expect(await ids('', 10, 'SALE')).toEqual(['b']);
  expect(await ids('', 10, '%')).toEqual([]);
  await close();
});

test('those who were seen longest ago are forgotten where there are too many', async () => {
  const db = openSqlite<Tables>(':memory:');
  await migrate(db, ':memory:');
  const table = new PrincipalSeenTable(db, 2);
  await table.note([seen('a', 3), seen('b', 1), seen('c', 2)]);
  expect((await table.list('', 10, '')).map(({ id }) => id)).toEqual(['a', 'c']);
  await db.destroy();
});
