import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../../../test/kit/manual-clock.ts';
import type { HandleLimits, KeptResult } from './contract.ts';
import { createHandleStore } from './store.ts';

let dir = '';
beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'results-')), 'results');
});
afterEach(() => rm(join(dir, '..'), { recursive: true }));

const testClock = (): ManualClock => new ManualClock(Date.now());

const LIMITS: HandleLimits = {
  maxMemoryBytes: 100,
  maxBytes: 1000,
  maxOwnerBytes: 600,
  maxEntries: 50,
  maxAgeMs: 60_000,
};
const ANN = { principal: 'ann', endpoint: 'default', upstream: 'crm' };
const BOB = { ...ANN, principal: 'bob' };

function result(size: number, fill = 'x'): KeptResult {
  return {
    kind: 'text',
    bytes: Buffer.alloc(size, fill),
    mimeType: 'text/plain',
    filename: 'a.txt',
    listPath: '',
  };
}

describe('handle store', () => {
  test('keeps little in memory and much in files that only the owner reads', async () => {
    const store = createHandleStore(dir, testClock(), LIMITS);
    const small = (await store.put(ANN, result(90))) ?? '';
    await expect(readdir(dir)).rejects.toThrow('ENOENT');
    const large = (await store.put(ANN, result(300, 'y'))) ?? '';
    expect(small).toMatch(/^[A-Za-z0-9_-]{22}$/);
    const [name = ''] = await readdir(dir);
    expect((await stat(join(dir, name))).mode & 0o777).toBe(0o600);
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    expect(name).not.toContain(large);
    expect(await store.get(ANN, small)).toEqual(result(90));
    expect(await store.get(ANN, large)).toEqual(result(300, 'y'));
    await store.close();
    expect(await readdir(dir)).toEqual([]);
    expect(await store.get(ANN, small)).toBeUndefined();
  });

  test.each([
    BOB,
    { ...ANN, endpoint: 'other' },
    { ...ANN, upstream: 'shop' },
    { principal: 'ann","default', endpoint: 'crm', upstream: '' },
  ])('is nothing to %j', async (other) => {
    const store = createHandleStore(dir, testClock(), LIMITS);
    for (const size of [50, 300]) {
      const id = (await store.put(ANN, result(size))) ?? '';
      expect(await store.get(other, id)).toBeUndefined();
      expect(await store.get(ANN, id)).toBeDefined();
    }
    await store.close();
  });

  test('drops the oldest where there is no room, of an owner who has much first', async () => {
    const store = createHandleStore(dir, testClock(), LIMITS);
    const bobs = await store.put(BOB, result(300));
    const anns = [
      await store.put(ANN, result(300)),
      await store.put(ANN, result(300)),
      await store.put(ANN, result(300)),
    ];
    expect(await store.get(BOB, bobs ?? '')).toBeDefined();
    const found = await Promise.all(anns.map((id) => store.get(ANN, id ?? '')));
    expect(found.map((one) => one !== undefined)).toEqual([false, true, true]);
    await store.put({ ...ANN, principal: 'cy' }, result(300));
    expect(await store.get(BOB, bobs ?? '')).toBeUndefined();
    expect(await store.put(ANN, result(601))).toBeUndefined();
    await store.close();
  });

  test('drops the oldest where there are too many', async () => {
    const store = createHandleStore('', testClock(), { ...LIMITS, maxEntries: 2 });
    const ids = [
      await store.put(ANN, result(1)),
      await store.put(ANN, result(1)),
      await store.put(ANN, result(1)),
    ];
    const found = await Promise.all(ids.map((id) => store.get(ANN, id ?? '')));
    expect(found.map((one) => one !== undefined)).toEqual([false, true, true]);
  });

  test('keeps nothing beyond memory where there are no files', async () => {
    const store = createHandleStore('', testClock(), LIMITS);
    expect(await store.put(ANN, result(101))).toBeUndefined();
    const first = await store.put(ANN, result(60));
    const second = await store.put(BOB, result(60));
    expect(await store.get(ANN, first ?? '')).toBeUndefined();
    expect(await store.get(BOB, second ?? '')).toBeDefined();
  });

  test('forgets with age, and removes the file', async () => {
    const clock = testClock();
    const store = createHandleStore(dir, clock, LIMITS);
    const id = (await store.put(ANN, result(300))) ?? '';
    await clock.advance(LIMITS.maxAgeMs - 1);
    expect(await store.get(ANN, id)).toBeDefined();
    await clock.advance(1);
    expect(await store.get(ANN, id)).toBeUndefined();
    expect(clock.pending).toBe(0);
    await store.close();
    expect(await readdir(dir)).toEqual([]);
  });

  test('removes what an earlier process left, and nothing else', async () => {
    const clock = testClock();
    await mkdir(dir, { recursive: true });
    const old = new Date(clock.nowMs() - 10 * LIMITS.maxAgeMs);
    const names = [`${'a'.repeat(32)}.result`, `${'b'.repeat(32)}.result`, 'notes.txt'];
    for (const name of names) await writeFile(join(dir, name), 'x');
    await utimes(join(dir, names[0]!), old, old);
    await utimes(join(dir, names[2]!), old, old);
    const store = createHandleStore(dir, clock, LIMITS);
    await store.put(ANN, result(300));
    await store.close();
    expect((await readdir(dir)).toSorted()).toEqual(names.slice(1));
  });

  test('gives nothing where files cannot be written or were taken away', async () => {
    const store = createHandleStore(dir, testClock(), LIMITS);
    const id = (await store.put(ANN, result(300))) ?? '';
    const [name = ''] = await readdir(dir);
    expect(await readFile(join(dir, name), 'utf8')).toBe('x'.repeat(300));
    await rm(join(dir, name));
    expect(await store.get(ANN, id)).toBeUndefined();
    await rm(dir, { recursive: true });
    await writeFile(dir, 'a file');
    await chmod(dir, 0o600);
    expect(await store.put(ANN, result(300))).toBeUndefined();
    await rm(dir);
    expect(await store.put(ANN, result(300))).toBeDefined();
    await store.close();
  });
});
