import { chmod, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openKeyring } from './keyring.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'keyring-'));
});
afterEach(() => rm(dir, { recursive: true }));

const KEY_A = { id: 'AAAAAAAA', key: 'a'.repeat(42) + 'A' };
const KEY_B = { id: 'BBBBBBBB', key: 'b'.repeat(42) + 'A' };

async function write(content: unknown, mode = 0o600): Promise<string> {
  const path = join(dir, 'keys.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content), { mode });
  await chmod(path, mode);
  return path;
}

test('makes directory and file on first use, for the owner only, and keeps them', async () => {
  const state = join(dir, 'deep', 'state');
  const first = await openKeyring(state);
  expect((await stat(state)).mode & 0o777).toBe(0o700);
  expect((await stat(join(state, 'keys.json'))).mode & 0o777).toBe(0o600);
  expect(await readdir(state)).toEqual(['keys.json']);
  const again = await openKeyring(state);
  expect(again.newest.id).toBe(first.newest.id);
  expect(again.newest.secret.equals(first.newest.secret)).toBe(true);
});

test('many that start at once end up with the same key', async () => {
  const rings = await Promise.all(Array.from({ length: 12 }, () => openKeyring(dir)));
  expect(new Set(rings.map((ring) => ring.newest.id)).size).toBe(1);
  expect(await readdir(dir)).toEqual(['keys.json']);
});

test('the last key of the file is the newest, all are found', async () => {
  await write({ keys: [KEY_A, KEY_B] });
  const ring = await openKeyring(dir);
  expect(ring.newest.id).toBe('BBBBBBBB');
  expect(ring.find('AAAAAAAA')?.id).toBe('AAAAAAAA');
  expect(ring.find('CCCCCCCC')).toBeUndefined();
});

test.each([0o640, 0o604, 0o660, 0o620, 0o601])('refuses a file of mode %o', async (mode) => {
  const path = await write({ keys: [KEY_A] }, mode);
  await expect(openKeyring(dir)).rejects.toThrow(`chmod 600 ${path}`);
});

test.each([
  ['no JSON', '{"keys":', 'is not JSON'],
  ['empty', '', 'is not JSON'],
  ['no keys', { keys: [] }, 'keys is not valid'],
  ['a short key', { keys: [{ ...KEY_A, key: 'abc' }] }, 'keys.0.key is not valid'],
  ['an odd id', { keys: [{ ...KEY_A, id: '../../x' }] }, 'keys.0.id is not valid'],
  ['more than keys', { keys: [KEY_A], more: 1 }, 'it is not valid'],
  ['one id twice', { keys: [KEY_A, { ...KEY_B, id: KEY_A.id }] }, 'an id of its own'],
  ['far too much', ' '.repeat(70_000), 'is larger than'],
])('refuses a file with %s and leaves it as it is', async (_case, content, message) => {
  const path = await write(content);
  const before = await readFile(path);
  await expect(openKeyring(dir)).rejects.toThrow(message);
  expect((await readFile(path)).equals(before)).toBe(true);
});

test('never tells a key in its errors', async () => {
  await write({ keys: [{ ...KEY_A, key: 'topsecret' }] });
  await expect(openKeyring(dir)).rejects.not.toThrow('topsecret');
});

test('refuses a symbolic link and a directory', async () => {
  await write({ keys: [KEY_A] });
  const other = join(dir, 'other');
  await openKeyring(other);
  await rm(join(other, 'keys.json'));
  await symlink(join(dir, 'keys.json'), join(other, 'keys.json'));
  await expect(openKeyring(other)).rejects.toThrow('symbolic link');
});
