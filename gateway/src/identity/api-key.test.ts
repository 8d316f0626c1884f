import { describe, expect, test } from 'vitest';
import { hashOf, keyIdIn } from './key-text.ts';
import { keyState, newKey, principalOfKey, successorOf } from './index.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
const LATER_MS = NOW_MS + 5 * HOUR_MS;

test('a new key is of nobody who is not named, and its text is not kept', () => {
  const { key, text } = newKey({ name: 'bot', expiresMs: undefined }, NOW_MS);
  expect(key).toEqual({
    id: keyIdIn(text),
    firstId: key.id,
    name: 'bot',
    hash: hashOf(text),
    user: '',
    agent: '',
    team: '',
    groups: [],
    scopes: [],
    createdMs: NOW_MS,
    expiresMs: undefined,
    revokedMs: undefined,
    replacedBy: '',
    lastUsedDay: '',
  });
  expect(principalOfKey(key)).toMatchObject({ id: `key:${key.id}`, kind: 'agent', agent: 'bot' });
});

describe('a successor', () => {
  const wish = { name: 'bot', user: 'ann', team: 'sales', groups: ['a'], scopes: ['s'] };

  test('is the same principal, and a key of its own', () => {
    const { key: old } = newKey({ ...wish, expiresMs: undefined }, NOW_MS);
    const made = successorOf({ ...old, lastUsedDay: '2026-01-01' }, { overlapMs: 0 }, LATER_MS);
    if (typeof made === 'string') throw new Error(made);
    expect({ ...principalOfKey(made.key), verifiedBy: '' }).toEqual({
      ...principalOfKey(old),
      verifiedBy: '',
    });
    expect(made.key.id).not.toBe(old.id);
    expect(made.key.hash).toBe(hashOf(made.text));
    expect(made.key).toMatchObject({ createdMs: LATER_MS, lastUsedDay: '', replacedBy: '' });
  });

  test.each([
    ['of a key without end has none', undefined, undefined, undefined],
    ['lives as long as the old one was to', 10 * HOUR_MS, undefined, 15 * HOUR_MS],
    ['ends when that is said', 10 * HOUR_MS, 6 * HOUR_MS, 6 * HOUR_MS],
  ])('%s', (_what, oldEnd, wanted, end) => {
    const at = (ms: number | undefined) => (ms === undefined ? undefined : NOW_MS + ms);
    const { key: old } = newKey({ ...wish, expiresMs: at(oldEnd) }, NOW_MS);
    const made = successorOf(old, { overlapMs: HOUR_MS, expiresMs: at(wanted) }, LATER_MS);
    expect(made).toMatchObject({ key: { expiresMs: at(end) } });
  });

  test.each([
    [HOUR_MS, 6 * HOUR_MS],
    [9 * HOUR_MS, 10 * HOUR_MS],
  ])('never lengthens the life of the old one: overlap %d ends at %d', (overlapMs, end) => {
    const { key: old } = newKey({ ...wish, expiresMs: NOW_MS + 10 * HOUR_MS }, NOW_MS);
    expect(successorOf(old, { overlapMs }, LATER_MS)).toMatchObject({ oldEndsMs: NOW_MS + end });
  });

  test.each([
    ['expired', { expiresMs: LATER_MS }],
    ['revoked', { revokedMs: NOW_MS }],
    ['revoked', { revokedMs: NOW_MS, expiresMs: NOW_MS }],
    ['replaced by 0123456789ab', { replacedBy: '0123456789ab' }],
  ])('is not made of a key that is %s', (why, changes) => {
    const { key } = newKey({ ...wish, expiresMs: undefined }, NOW_MS);
    expect(successorOf({ ...key, ...changes }, { overlapMs: 0 }, LATER_MS)).toBe(why);
  });
});

test.each([
  ['good', undefined, undefined],
  ['good', undefined, NOW_MS + 1],
  ['expired', undefined, NOW_MS],
  ['revoked', NOW_MS + 1, NOW_MS],
])('a key is %s', (state, revokedMs, expiresMs) => {
  expect(keyState({ revokedMs, expiresMs }, NOW_MS)).toBe(state);
});
