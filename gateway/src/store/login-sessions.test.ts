import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore, type LoginSession, type Store } from './index.ts';

let store: Store;

beforeEach(async () => {
  store = await openStore(':memory:');
});
afterEach(() => store.close());

function session(hash: string, more: Partial<LoginSession> = {}): LoginSession {
  return {
    hash,
    issuer: 'https://a.example',
    subject: 'alice',
    sid: '',
    claims: '{"sub":"alice"}',
    createdMs: 1000,
    seenMs: 1000,
    expiresMs: 100_000,
    ...more,
  };
}

async function left(...hashes: string[]): Promise<string[]> {
  const found = await Promise.all(hashes.map((hash) => store.loginSessions.find(hash)));
  return found.flatMap((each) => each?.hash ?? []);
}

test('is found as it was written, seen later, and ended', async () => {
  const { loginSessions } = store;
  await loginSessions.insert(session('a'), 5);
  await loginSessions.seen('a', 2000);
  expect(await loginSessions.find('a')).toEqual(session('a', { seenMs: 2000 }));
  await loginSessions.end('a');
  expect(await loginSessions.find('a')).toBeUndefined();
});

test('keeps the newest of a person, those of others, and none that is over', async () => {
  const { loginSessions } = store;
  await loginSessions.insert(session('old', { expiresMs: 1500 }), 2);
  await loginSessions.insert(session('other', { subject: 'bob' }), 2);
  for (const at of [1, 2, 3]) {
    await loginSessions.insert(session(`s${at}`, { createdMs: 2000 + at }), 2);
  }
  expect(await left('old', 'other', 's1', 's2', 's3')).toEqual(['other', 's2', 's3']);
});

test.each([
  ['a person', { subject: 'alice', sid: '' }, ['b']],
  ['a sign-in', { subject: '', sid: '1' }, ['a2', 'a0', 'b']],
  ['a sign-in of a person, and what names none', { subject: 'alice', sid: '1' }, ['a2', 'b']],
  ['nobody', { subject: '', sid: '' }, ['a1', 'a2', 'a0', 'b']],
  ['nobody who is there', { subject: 'carol', sid: '' }, ['a1', 'a2', 'a0', 'b']],
])('the end of %s', async (_who, ended, remaining) => {
  const { loginSessions } = store;
  await loginSessions.insert(session('a1', { sid: '1' }), 9);
  await loginSessions.insert(session('a2', { sid: '2' }), 9);
  await loginSessions.insert(session('a0'), 9);
  await loginSessions.insert(session('b', { subject: 'bob', sid: '3' }), 9);
  const count = await loginSessions.endAll({ issuer: 'https://a.example', ...ended });
  expect(count).toBe(4 - remaining.length);
  expect(await left('a1', 'a2', 'a0', 'b')).toEqual(remaining);
  expect(await loginSessions.endAll({ issuer: 'https://b.example', ...ended })).toBe(0);
});

test('takes once, until its time is over or it is given back', async () => {
  const { loginSessions } = store;
  expect(await loginSessions.takeOnce('x', 5000, 1000)).toBe(true);
  expect(await loginSessions.takeOnce('x', 5000, 4999)).toBe(false);
  expect(await loginSessions.takeOnce('y', 5000, 1000)).toBe(true);
  expect(await loginSessions.takeOnce('x', 9000, 5000)).toBe(true);
  await loginSessions.giveBack('x');
  expect(await loginSessions.takeOnce('x', 9000, 5000)).toBe(true);
});
