/**
 * Every step of identifying somebody that can fail: what comes of it, and that it is never a weaker
 * way in, never another issuer's token, and never a caller whom nobody has identified.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkConfig, configSchema } from '../../gateway/src/compose/index.ts';
import { STORE_FILE } from '../../gateway/src/store/index.ts';
import { bearer, openKeys } from '../kit/api-keys.ts';
import { startGateway, type TestGateway } from '../kit/gateway.ts';
import { LeapingClock } from '../kit/leaping-clock.ts';
import {
  INTROSPECTION,
  KEYS,
  METADATA,
  cut,
  endless,
  notJson,
  say,
  startLyingIssuer,
  status,
  tooLarge,
  type Lie,
  type LyingIssuer,
} from '../kit/lying-issuer.ts';
import { sendModern } from '../kit/modern-request.ts';
import { startScripted, toolText, type ScriptedUpstream } from '../kit/scripted-upstream.ts';

const PUBLIC = 'https://tools.example.com';
const AUDIENCE = `${PUBLIC}/mcp`;
const SECRET = 'a-secret-of-the-tests-only';
const CALL = { method: 'tools/call', name: 'up__say', params: '"name":"up__say","arguments":{}' };
const MINUTE_MS = 60_000;

let upstream: ScriptedUpstream;
let own: LyingIssuer;
let sound: LyingIssuer;
let clock: LeapingClock;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startScripted({
    tools: [toolText('say')],
    answer: () => '{"resultType":"complete","content":[{"type":"text","text":"hello"}]}',
  });
});
afterAll(() => upstream.close());

beforeEach(async () => {
  [own, sound] = [await startLyingIssuer(), await startLyingIssuer()];
  clock = new LeapingClock();
  gateway = await startGateway(configuration(), { clock });
});
afterEach(async () => {
  await gateway.close();
  await own.close();
  await sound.close();
});

function configuration() {
  const introspection = { clientId: 'gateway', clientSecret: SECRET };
  return {
    server: { publicUrl: PUBLIC },
    identity: {
      oauth: [
        { issuer: own.url, audience: AUDIENCE, prefix: '', introspection },
        { issuer: sound.url, audience: AUDIENCE, prefix: 'sound:' },
      ],
    },
    policy: { default: 'allow' },
    upstreams: { up: { mcp: { url: upstream.url, era: '2026-07-28' } } },
  };
}

const inSeconds = (seconds: number): number => Math.floor(clock.nowMs() / 1000) + seconds;
const usual = (more: object = {}) => ({
  sub: 'alice',
  aud: AUDIENCE,
  exp: inSeconds(6 * 3600),
  client_id: 'assistant',
  ...more,
});
const active = (more: object = {}) => ({ ...usual(), active: true, iss: own.url, ...more });

async function answerTo(headers: Record<string, string>): Promise<number> {
  return (await sendModern(gateway.url, { ...CALL, headers })).status;
}
const present = (token: string): Promise<number> => answerTo(bearer(token));

/** Whatever has failed: nobody comes in who would not have come in before. */
async function expectNoOtherWayIn(): Promise<void> {
  const before = upstream.calls.length;
  expect(await answerTo({})).toBe(401);
  expect(await present('made-up.by.somebody')).toBe(401);
  // Neither issuer answers for the other, and keys are not asked for.
  expect(await present(await sound.sign({ ...usual(), iss: own.url }))).toBeGreaterThan(400);
  expect(await present(await own.sign({ ...usual(), iss: sound.url }))).toBe(401);
  await using keys = await openKeys(gateway.stateDir);
  expect(await present((await keys.add()).text)).toBe(401);
  expect(await answerTo({ 'x-forwarded-user': 'alice', forwarded: 'for=127.0.0.1' })).toBe(401);
  expect(upstream.calls.length).toBe(before);
  const principals = (await gateway.records()).map(({ principal }) => String(principal ?? ''));
  expect(principals.filter((id) => /^local|^key:/.test(id))).toEqual([]);
  expect(gateway.log.join('\n')).not.toContain(SECRET);
}

/** The other issuer's people come in as themselves. */
async function expectOthersUnharmed(): Promise<void> {
  expect(await present(await sound.sign(usual()))).toBe(200);
  const principals = (await gateway.records()).map(({ principal }) => String(principal ?? ''));
  expect(principals.at(-1)).toContain(encodeURIComponent(sound.url));
}

const about = (more: object) => (): Lie => say({ ...metadataOf(own), ...more });
const metadataOf = ({ url }: LyingIssuer) => ({
  issuer: url,
  jwks_uri: `${url}${KEYS}`,
  introspection_endpoint: `${url}${INTROSPECTION}`,
});

describe('a signed token is answered', () => {
  test.each<[number, string, string, () => Lie]>([
    [503, 'metadata is missing', METADATA, () => status(404)],
    [503, 'metadata cannot be had', METADATA, () => status(500)],
    [503, 'metadata is forbidden', METADATA, () => status(403)],
    [503, 'metadata is not JSON', METADATA, () => notJson],
    [503, 'metadata is a list', METADATA, () => say([metadataOf(own)])],
    [503, 'metadata is too large', METADATA, () => tooLarge(metadataOf(own))],
    [503, 'metadata breaks off', METADATA, () => cut],
    [503, 'metadata never ends', METADATA, () => endless],
    [
      503,
      'metadata is elsewhere',
      METADATA,
      () => status(302, { location: `${sound.url}${METADATA}` }),
    ],
    [503, 'metadata is of another issuer', METADATA, () => say(metadataOf(sound))],
    [503, 'metadata is of nearly this issuer', METADATA, about({ issuer: 'http://127.0.0.1/' })],
    [503, 'metadata names no issuer', METADATA, about({ issuer: undefined })],
    [503, 'metadata names no keys', METADATA, about({ jwks_uri: undefined })],
    [503, 'keys are at no address', METADATA, about({ jwks_uri: 'keys' })],
    [503, 'keys are in a file', METADATA, about({ jwks_uri: 'file:///etc/passwd' })],
    [503, 'keys are in a private network', METADATA, about({ jwks_uri: 'http://10.0.0.1/jwks' })],
    [
      503,
      'keys are where a cloud keeps its own',
      METADATA,
      about({ jwks_uri: 'http://169.254.169.254/' }),
    ],
    [503, 'keys are behind a password', METADATA, about({ jwks_uri: 'http://a:b@127.0.0.1/jwks' })],
    [503, 'keys are missing', KEYS, () => status(404)],
    [503, 'keys cannot be had', KEYS, () => status(503)],
    [503, 'keys are not JSON', KEYS, () => notJson],
    [503, 'keys are no list', KEYS, () => say({ keys: {} })],
    [503, 'keys are too large', KEYS, () => tooLarge({ keys: [] })],
    [503, 'keys break off', KEYS, () => cut],
    [503, 'keys never end', KEYS, () => endless],
    [503, 'keys are elsewhere', KEYS, () => status(307, { location: `${sound.url}${KEYS}` })],
    [401, 'there is no key', KEYS, () => say({ keys: [] })],
    [401, 'keys are rubbish', KEYS, () => say({ keys: [1, null, {}, { kty: 'EC', kid: 'k1' }] })],
    [
      401,
      'the key is a shared secret',
      KEYS,
      () => say({ keys: [{ kty: 'oct', kid: 'k1', k: 'AAAA' }] }),
    ],
  ])('%i when %s', async (expected, _what, path, lie) => {
    const before = upstream.calls.length;
    own.lies.set(path, lie());
    expect(await present(await own.sign(usual()))).toBe(expected);
    expect(upstream.calls.length).toBe(before);
    expect(sound.asked).toEqual([]);
    await expectNoOtherWayIn();
    await expectOthersUnharmed();
  });

  test('503 when nobody is there, and 200 as soon as somebody is', async () => {
    const token = await own.sign(usual());
    own.lies.set(METADATA, (response) => void response.destroy());
    expect(await present(token)).toBe(503);
    await expectNoOtherWayIn();
    own.lies.clear();
    clock.leap(2000);
    expect(await present(token)).toBe(200);
  });
});

describe('times', () => {
  test.each<[number, string, object]>([
    [200, 'before its time, within what clocks may differ', { nbf: 20 }],
    [401, 'before its time', { nbf: 45 }],
    [200, 'after its time, within what clocks may differ', { exp: -20 }],
    [401, 'after its time', { exp: -45 }],
  ])('%i %s', async (expected, _what, offsets) => {
    const times = Object.entries(offsets).map(([name, by]) => [name, inSeconds(Number(by))]);
    expect(await present(await own.sign(usual(Object.fromEntries(times))))).toBe(expected);
  });
});

describe('once keys were read', () => {
  const goDown = (): void => {
    for (const path of [METADATA, KEYS]) own.lies.set(path, status(500));
  };

  test('they hold for an hour while their issuer is away, and not longer', async () => {
    const known = await own.sign(usual());
    expect(await present(known)).toBe(200);
    goDown();
    expect(await present(await own.sign(usual({ jti: '2' })))).toBe(200);
    clock.leap(50 * MINUTE_MS);
    expect(await present(await own.sign(usual({ jti: '3' })))).toBe(200);
    expect(await present(known)).toBe(200);
    clock.leap(15 * MINUTE_MS);
    expect(await present(await own.sign(usual({ jti: '4' })))).toBe(503);
    expect(await present(known)).toBe(503);
    await expectNoOtherWayIn();
    own.lies.clear();
    clock.leap(2000);
    expect(await present(known)).toBe(200);
  });

  test('an unknown key is refused while its issuer is away', async () => {
    expect(await present(await own.sign(usual()))).toBe(200);
    goDown();
    expect(await present(await own.sign(usual(), { kid: 'k2' }))).toBe(401);
    await expectNoOtherWayIn();
  });

  test('a key that is taken back counts for twenty minutes at most, also for known tokens', async () => {
    const token = await own.sign(usual());
    expect(await present(token)).toBe(200);
    own.lies.set(KEYS, say({ keys: [] }));
    clock.leap(21 * MINUTE_MS);
    expect(await present(token)).toBe(401);
    await expectNoOtherWayIn();
  });
});

describe('an opaque token is answered', () => {
  test.each<[number, string, () => Lie]>([
    [503, 'introspection is missing', () => status(404)],
    [503, 'introspection cannot be had', () => status(502)],
    [503, 'the gateway is not let in there', () => status(401)],
    [503, 'introspection is not JSON', () => notJson],
    [503, 'introspection is a list', () => say([active()])],
    [503, 'introspection is too large', () => tooLarge(active())],
    [503, 'introspection breaks off', () => cut],
    [503, 'introspection is elsewhere', () => status(307, { location: `${sound.url}/x` })],
    [401, 'introspection takes it for no token', () => status(400)],
    [401, 'it is not active', () => say({ ...active(), active: false })],
    [401, 'it is nearly active', () => say({ ...active(), active: 'true' })],
    [401, 'it is active by a number', () => say({ ...active(), active: 1 })],
    [401, 'nothing is said', () => say({})],
    [401, 'it is of another issuer', () => say(active({ iss: sound.url }))],
    [401, 'it is for somebody else', () => say(active({ aud: 'https://else.example' }))],
    [401, 'it is for nobody', () => say(active({ aud: undefined }))],
    [401, 'it has expired', () => say(active({ exp: inSeconds(-60) }))],
    [401, 'it expires at no time', () => say(active({ exp: 'tomorrow' }))],
    [401, 'it is not valid yet', () => say(active({ nbf: inSeconds(300) }))],
    [401, 'it names nobody', () => say(active({ sub: undefined, client_id: undefined }))],
    [401, 'it is a refresh token', () => say(active({ token_type: 'refresh_token' }))],
    [401, 'it wants a proof', () => say(active({ token_type: 'DPoP' }))],
  ])('%i when %s', async (expected, _what, lie) => {
    const before = upstream.calls.length;
    own.lies.set(INTROSPECTION, lie());
    expect(await present('an-opaque-token')).toBe(expected);
    expect(upstream.calls.length).toBe(before);
    expect(sound.asked).toEqual([]);
    await expectNoOtherWayIn();
    await expectOthersUnharmed();
  });

  test('as its issuer says, and again after half a minute', async () => {
    own.opaque.set('t', active());
    expect(await present('t')).toBe(200);
    own.lies.set(INTROSPECTION, status(500));
    expect(await present('t')).toBe(200);
    clock.leap(31_000);
    expect(await present('t')).toBe(503);
    await expectNoOtherWayIn();
    own.lies.clear();
    own.opaque.set('t', { active: false });
    expect(await present('t')).toBe(401);
  });
});

describe('the store', () => {
  /** What somebody breaks who may write to the state folder. */
  const breakTable = (table: string): void => {
    const db = new DatabaseSync(join(gateway.stateDir, STORE_FILE));
    db.exec(`drop table ${table}`);
    db.close();
  };

  test('503 for tokens, known ones too, when it cannot be read who was revoked', async () => {
    const known = await own.sign(usual());
    expect(await present(known)).toBe(200);
    breakTable('revoked_subject');
    await expect.poll(() => present(known)).toBe(503);
    expect(await present(await own.sign(usual({ jti: '2' })))).toBe(503);
    expect(await answerTo({})).toBe(401);
    expect(gateway.log.join('\n')).toContain('the store cannot be read');
  });

  test('503 for keys, known ones too, when they cannot be read', async () => {
    await gateway.reload({ ...configuration(), identity: { keys: true } });
    await using keys = await openKeys(gateway.stateDir);
    const { text } = await keys.add();
    expect(await present(text)).toBe(200);
    breakTable('api_key');
    await expect.poll(() => present(text)).toBe(503);
    expect(await answerTo({})).toBe(401);
    expect(await present(await own.sign(usual()))).toBe(401);
  });
});

describe('a configuration', () => {
  const problemsOf = (sections: object): string[] => {
    const parsed = configSchema.safeParse(sections);
    if (!parsed.success) return parsed.error.issues.map(({ message }) => message);
    return checkConfig(parsed.data).map(({ message }) => message);
  };
  const issuer = { issuer: 'https://id.example', audience: AUDIENCE };

  test.each<[string, object, RegExp]>([
    ['without server.publicUrl', { identity: { oauth: [issuer] } }, /publicUrl has to be set/],
    ['that chooses nothing', { identity: {} }, /choose how callers/],
    [
      'with issuers and local mode',
      { server: { publicUrl: PUBLIC }, identity: { mode: 'local', oauth: [issuer] } },
      /local mode identifies nobody/,
    ],
    [
      'with names that may be mixed up',
      {
        server: { publicUrl: PUBLIC },
        identity: { oauth: [issuer, { ...issuer, issuer: 'https://b.example' }] },
      },
      /each needs a prefix/,
    ],
    [
      'with HMAC',
      {
        server: { publicUrl: PUBLIC },
        identity: { oauth: [{ ...issuer, algorithms: ['HS256'] }] },
      },
      /./,
    ],
    [
      'without an audience',
      { server: { publicUrl: PUBLIC }, identity: { oauth: [{ issuer: issuer.issuer }] } },
      /./,
    ],
    [
      'with an empty audience',
      { server: { publicUrl: PUBLIC }, identity: { oauth: [{ ...issuer, audience: [] }] } },
      /./,
    ],
    [
      'with a clock that may be a day wrong',
      {
        server: { publicUrl: PUBLIC },
        identity: { oauth: [{ ...issuer, clockSkewSeconds: 86_400 }] },
      },
      /./,
    ],
    ['that is open to the network', { server: { listen: '0.0.0.0:8080' } }, /./],
  ])('%s is none', (_what, sections, why) => {
    expect(problemsOf(sections).join('\n')).toMatch(why);
  });
});
