import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { principalOf, type JsonObject } from '../kernel/index.ts';
import { openStore, type Store } from '../store/index.ts';
import { Place } from './place.ts';
import { loginSchema } from './schema.ts';
import { Sessions, showsCsrf } from './sessions.ts';

const ISSUER = 'https://login.example.com';
const CLAIMS = { iss: ISSUER, sub: 'alice', sid: 's1' };
const MINUTE_MS = 60_000;

let store: Store;
let clock: ManualClock;
let sessions: Sessions;
let revoked: JsonObject | undefined;

beforeEach(async () => {
  store = await openStore(':memory:');
  clock = new ManualClock();
  revoked = undefined;
  sessions = new Sessions({
    store: store.loginSessions,
    clock,
    principalOf: ({ sub }) =>
      typeof sub === 'string'
        ? principalOf({ id: `test:${sub}`, kind: 'user', verifiedBy: 'test', user: sub })
        : undefined,
    isRevoked: (claims) =>
      Promise.resolve(revoked !== undefined && revoked['sub'] === claims['sub']),
  });
  configure();
});
afterEach(() => store.close());

function configure(more: object = {}, url = 'https://tools.example.com') {
  const providers = [{ issuer: ISSUER, clientId: 'c' }];
  const config = loginSchema.parse({ providers, sessionMinutes: 60, idleMinutes: 10, ...more });
  sessions.configure({ config, place: new Place(url) });
}

/** The `Cookie` header of a browser that took a `Set-Cookie`. */
const kept = (setCookie: string): string => setCookie.split(';')[0] ?? '';

test('is the same principal from one request to the next, in a cookie of this host alone', async () => {
  const setCookie = await sessions.begin(CLAIMS, undefined);
  expect(setCookie).toMatch(
    /^__Host-drawbridge_session=[\w-]{43}; Path=\/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax$/,
  );
  const [first, second] = [
    await sessions.find(kept(setCookie)),
    await sessions.find(kept(setCookie)),
  ];
  expect(first?.principal.user).toBe('alice');
  expect(second?.principal).toBe(first?.principal);
  expect(first?.issuer).toBe(ISSUER);
});

describe('does not count any more', () => {
  test('after its time, however much it is used', async () => {
    const cookie = kept(await sessions.begin(CLAIMS, undefined));
    for (let minute = 5; minute < 60; minute += 5) {
      await clock.advance(5 * MINUTE_MS);
      expect(await sessions.find(cookie)).toBeDefined();
    }
    await clock.advance(5 * MINUTE_MS);
    expect(await sessions.find(cookie)).toBeUndefined();
  });

  test('while it is not used', async () => {
    const cookie = kept(await sessions.begin(CLAIMS, undefined));
    await clock.advance(10 * MINUTE_MS - 1);
    expect(await sessions.find(cookie)).toBeDefined();
    await clock.advance(10 * MINUTE_MS);
    expect(await sessions.find(cookie)).toBeUndefined();
  });

  test.each<[string, () => unknown]>([
    ['a shorter time', () => configure({ sessionMinutes: 5 })],
    ['another provider', () => configure({ providers: [{ issuer: 'https://b', clientId: 'c' }] })],
    ['none', () => sessions.configure(undefined)],
    ['the same, but the person was revoked', () => (revoked = CLAIMS)],
    ['the same, but another sign-in of this browser', () => sessions.begin(CLAIMS, cookieOf())],
  ])('in a configuration with %s', async (_what, change) => {
    cookie = kept(await sessions.begin(CLAIMS, undefined));
    await clock.advance(6 * MINUTE_MS);
    expect(await sessions.find(cookie)).toBeDefined();
    await change();
    expect(await sessions.find(cookie)).toBeUndefined();
  });
});

let cookie = '';
const cookieOf = (): string => cookie;

test.each([
  ['twice', (name: string, id: string) => `${name}=${id}; ${name}=${id}`],
  ['under the name without TLS', (_name: string, id: string) => `drawbridge_session=${id}`],
  ['cut', (name: string, id: string) => `${name}=${id.slice(1)}`],
  ['as its hash', (name: string) => `${name}=${'0'.repeat(64)}`],
])('is not found %s', async (_how, write) => {
  const [name = '', id = ''] = kept(await sessions.begin(CLAIMS, undefined)).split('=');
  expect(await sessions.find(write(name, id))).toBeUndefined();
});

test('a change needs the value of this very session', async () => {
  const mine = await sessions.find(kept(await sessions.begin(CLAIMS, undefined)));
  const other = await sessions.find(kept(await sessions.begin(CLAIMS, undefined)));
  expect(showsCsrf(mine!, mine!.csrf)).toBe(true);
  for (const shown of [undefined, '', 'x', other!.csrf, `${mine!.csrf}0`]) {
    expect(showsCsrf(mine!, shown)).toBe(false);
  }
});

test('over plain HTTP on this machine the cookie has its plain name', async () => {
  configure({}, 'http://127.0.0.1:8080');
  const setCookie = await sessions.begin(CLAIMS, undefined);
  expect(setCookie).toMatch(
    /^drawbridge_session=[\w-]{43}; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax$/,
  );
});
