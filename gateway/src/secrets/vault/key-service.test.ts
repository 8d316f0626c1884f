/** What every key service promises; a further one joins by one line in the table. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { KeyService } from './key-service.ts';
import { environmentKeys, fileKeys } from './local-keys.ts';

const dir = mkdtempSync(join(tmpdir(), 'keys-'));
afterAll(() => rmSync(dir, { recursive: true }));
const word = () => randomBytes(32).toString('base64');
let files = 0;

/** A service with a key, and the same after its operator has added one for a rotation. */
const SERVICES: readonly (readonly [string, () => { now: KeyService; added: KeyService }])[] = [
  [
    'a file',
    () => {
      const now = fileKeys(join(dir, `${++files}.key`), true);
      return { now, added: now };
    },
  ],
  [
    'a variable',
    () => {
      const [old, fresh] = [word(), word()];
      return { now: environmentKeys('K', old), added: environmentKeys('K', `${fresh} ${old}`) };
    },
  ],
];

describe.each(SERVICES)('keys in %s', (_name, make) => {
  const dataKey = randomBytes(32);
  const context = Buffer.from('for this');

  test('open what they wrapped, and show nothing of it', async () => {
    const keys = await make().now.open(true);
    const wrapped = await keys.wrap(dataKey, context);
    expect(wrapped.includes(dataKey)).toBe(false);
    expect(await keys.wrap(dataKey, context)).not.toEqual(wrapped);
    expect(await keys.unwrap(keys.newest, wrapped, context)).toEqual(dataKey);
  });

  test('open nothing in another context, under another id, changed, or cut', async () => {
    const keys = await make().now.open(true);
    const wrapped = await keys.wrap(dataKey, context);
    const changed = Buffer.from(wrapped);
    changed[20]! ^= 1;
    const corrupt = { fault: 'corrupt' };
    const other = Buffer.from('for that');
    await expect(keys.unwrap(keys.newest, wrapped, other)).rejects.toMatchObject(corrupt);
    await expect(keys.unwrap(keys.newest, changed, context)).rejects.toMatchObject(corrupt);
    const cut = wrapped.subarray(0, 10);
    await expect(keys.unwrap(keys.newest, cut, context)).rejects.toMatchObject(corrupt);
    await expect(keys.unwrap('another', wrapped, context)).rejects.toMatchObject({
      fault: 'locked',
    });
  });

  test('a rotation wraps with another key and opens what the old one wrapped, until it ends', async () => {
    const { now, added } = make();
    const before = await now.open(true);
    const wrapped = await before.wrap(dataKey, context);
    const during = await added.beginRotation(new Set([before.newest]));
    expect(during.newest).not.toBe(before.newest);
    expect(await during.unwrap(before.newest, wrapped, context)).toEqual(dataKey);
    const again = await added.beginRotation(new Set([before.newest, during.newest]));
    expect(again.newest).toBe(during.newest);
    await added.endRotation();
    expect((await added.open(false)).newest).toBe(during.newest);
  });

  test('the same key has the same id every time', async () => {
    const { now } = make();
    expect((await now.open(true)).newest).toBe((await now.open(false)).newest);
  });
});
