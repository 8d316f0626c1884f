import { expect, test } from 'vitest';
import type { JsonObject } from '../kernel/index.ts';
import { readLogoutToken } from './logout-token.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const NOW_MS = Date.UTC(2026, 0, 1);
const GOOD: JsonObject = {
  sub: 'alice',
  sid: 's1',
  jti: 'j1',
  exp: NOW_MS / 1000 + 120,
  events: { [EVENT]: {} },
};
const without = (name: string): JsonObject =>
  Object.fromEntries(Object.entries(GOOD).filter(([key]) => key !== name));

test.each<[what: string, claims: JsonObject, type: string | undefined]>([
  ['everything', GOOD, 'logout+jwt'],
  ['no type', GOOD, undefined],
  ['the general type', GOOD, 'JWT'],
  ['the type in full', GOOD, 'application/logout+jwt'],
  ['no sid', without('sid'), 'logout+jwt'],
  ['no sub', without('sub'), 'logout+jwt'],
])('one with %s counts', (_what, claims, type) => {
  const { sub = '', sid = '' } = claims;
  expect(readLogoutToken(claims, type, NOW_MS)).toEqual({
    subject: sub,
    sid,
    jti: 'j1',
    expiresMs: NOW_MS + 120_000,
  });
});

test.each<[what: string, claims: JsonObject, type: string, why: string]>([
  ['that is an access token', GOOD, 'at+jwt', 'typ'],
  ['without events', without('events'), 'JWT', 'events'],
  ['about another event', { ...GOOD, events: { 'http://other': {} } }, 'JWT', 'events'],
  ['whose event is no object', { ...GOOD, events: { [EVENT]: true } }, 'JWT', 'events'],
  ['whose events are a list', { ...GOOD, events: [EVENT] }, 'JWT', 'events'],
  ['with a nonce', { ...GOOD, nonce: 'n' }, 'JWT', 'nonce'],
  ['with an empty nonce', { ...GOOD, nonce: null }, 'JWT', 'nonce'],
  ['about nobody', { ...without('sub'), sid: '' }, 'JWT', 'sub or sid'],
  ['whose sub is a number', { ...GOOD, sub: 1 }, 'JWT', 'texts'],
  ['without jti', without('jti'), 'JWT', 'jti'],
  ['without exp', without('exp'), 'JWT', 'exp'],
  ['that never ends', { ...GOOD, exp: NOW_MS }, 'JWT', 'exp'],
  ['of any length', { ...GOOD, jti: 'j'.repeat(2000) }, 'JWT', 'too long'],
])('one %s does not', (_what, claims, type, why) => {
  expect(readLogoutToken(claims, type, NOW_MS)).toContain(why);
});
