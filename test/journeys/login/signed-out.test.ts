/** What a provider tells of people who have signed out there, or an operator of those who were revoked. */
import type { Browser, Page } from 'playwright-core';
import { SignJWT } from 'jose';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { STORE_FILE, openStore } from '../../../gateway/src/store/index.ts';
import { bearer } from '../../kit/api-keys.ts';
import { PATIENT, browserMissing, startBrowser } from '../../kit/browser.ts';
import { send, type Reply } from '../../kit/legacy-caller.ts';
import {
  AUDIENCE,
  sessionOf,
  signIn,
  startLoginWorld,
  type LoginWorld,
} from '../../kit/login-world.ts';
import { ENVELOPE_TEXT, sendModern } from '../../kit/modern-request.ts';
import { RELYING, type SignInProvider } from '../../kit/sign-in.ts';

const EVENTS = { 'http://schemas.openid.net/event/backchannel-logout': {} };

let browser: Browser;
let world: LoginWorld;
let origin: string;
let provider: SignInProvider;

beforeAll(async () => {
  if (browserMissing !== '') return;
  browser = await startBrowser();
  world = await startLoginWorld([{}], {
    policy: { default: 'allow' },
    admin: { roles: { admin: { users: ['root'] } } },
  });
  ({ origin } = world.gateway);
  provider = world.providers[0]!;
}, PATIENT.timeout);

afterAll(async () => {
  await browser?.close();
  await world?.[Symbol.asyncDispose]();
});

async function newPage(): Promise<Page> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  return await context.newPage();
}

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

/** An access token of a person for an agent of theirs. */
async function tokenOf(sub: string): Promise<Record<string, string>> {
  const times = { iat: inSeconds(0), exp: inSeconds(600) };
  return bearer(
    await provider.sign(
      { sub, aud: AUDIENCE, client_id: 'assistant', ...times },
      { typ: 'at+jwt' },
    ),
  );
}

/** A stream of changes that has begun. */
async function listen(headers: Record<string, string>): Promise<Reply> {
  const reply = await send(
    'POST',
    world.gateway.url,
    {
      ...headers,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'subscriptions/listen',
    },
    `{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true},"_meta":{${ENVELOPE_TEXT}}}}`,
  );
  await reply.next();
  return reply;
}

const statusWith = async (headers: Record<string, string>): Promise<number> =>
  (await sendModern(world.gateway.url, { method: 'tools/list', headers })).status;

/** Sends a logout token as a provider does. */
async function tell(token: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${origin}/login/backchannel-logout`, {
    method: 'POST',
    body: new URLSearchParams({ logout_token: token }),
  });
  return { status: answer.status, text: await answer.text() };
}

const logoutClaims = (more: object = {}) => ({
  sub: 'alice',
  aud: RELYING.id,
  iat: inSeconds(0),
  exp: inSeconds(120),
  jti: Math.random().toString(36),
  events: EVENTS,
  ...more,
});
const TYPE = { typ: 'logout+jwt' };

describe.skipIf(browserMissing !== '')('a person who', PATIENT, () => {
  test('signs out at the provider is out here: browser, tokens and open streams', async () => {
    const [mine, theirs] = [await newPage(), await newPage()];
    await signIn(mine, origin, 'alice');
    await signIn(theirs, origin, 'bob');
    const [own, other] = [await tokenOf('alice'), await tokenOf('bob')];
    const [stream, spared] = [await listen(own), await listen(other)];

    await mine.goto(`${provider.url}/session/end`);
    await mine.getByRole('button', { name: 'Yes' }).click();
    await stream.whole();

    expect(await sessionOf(mine.context(), origin)).toEqual({ signedIn: false });
    expect(await statusWith(own)).toBe(401);
    expect(await sessionOf(theirs.context(), origin)).toMatchObject({ user: 'bob' });
    expect(await statusWith(other)).toBe(200);
    expect(spared.isEnded).toBe(false);
    spared.kill();
    expect(await world.gateway.records()).toContainEqual(
      expect.objectContaining({ kind: 'change', action: 'login.end', outcome: 'done' }),
    );
  });

  test('is revoked by an administrator is out within a second, and stays out', async () => {
    const [page, desk] = [await newPage(), await newPage()];
    await signIn(page, origin, 'carol');
    await signIn(desk, origin, 'root');
    const own = await tokenOf('carol');
    const stream = await listen(own);
    const { csrf = '' } = await sessionOf(desk.context(), origin);
    const revoke = (by: Page, value: string) =>
      by.context().request.post(`${origin}/admin/v1/principals/revoke`, {
        headers: { 'x-drawbridge-csrf': value },
        data: {
          issuer: provider.url,
          subject: 'carol',
          outUntil: new Date(Date.now() + 3_600_000).toISOString(),
        },
      });
    const { csrf: hers = '' } = await sessionOf(page.context(), origin);
    expect((await revoke(page, hers)).status()).toBe(403);
    expect((await revoke(desk, csrf)).status()).toBe(200);

    await stream.whole();
    expect(await sessionOf(page.context(), origin)).toEqual({ signedIn: false });
    expect(await statusWith(own)).toBe(401);
    await page.goto(`${origin}/login`);
    expect(await page.getByRole('heading').textContent()).toBe('Your access was revoked');
    expect(await sessionOf(page.context(), origin)).toEqual({ signedIn: false });
    expect(await sessionOf(desk.context(), origin)).toMatchObject({ user: 'root' });
  });

  test('is revoked by another process is out here as well', async () => {
    const page = await newPage();
    await signIn(page, origin, 'dora');
    const stream = await listen(await tokenOf('dora'));
    const beside = await openStore(join(world.gateway.stateDir, STORE_FILE));
    onTestFinished(() => beside.close());
    const nowMs = Date.now();
    const row = { issuer: provider.url, subject: 'dora', sid: '', revokedMs: nowMs + 1000 };
    await beside.revokedSubjects.add({ ...row, expiresMs: nowMs + 3_600_000 }, nowMs);
    await stream.whole();
    expect(await sessionOf(page.context(), origin)).toEqual({ signedIn: false });
  });
});

describe.skipIf(browserMissing !== '')('a logout token', PATIENT, () => {
  const unsigned = (claims: object): string => {
    const b64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${b64({ alg: 'none', ...TYPE })}.${b64({ iss: provider.url, ...claims })}.`;
  };
  const shared = async (claims: object): Promise<string> =>
    await new SignJWT({ iss: provider.url, ...claims })
      .setProtectedHeader({ alg: 'HS256', ...TYPE })
      .sign(Buffer.from(RELYING.secret));

  const cases: readonly [string, () => Promise<string> | string][] = [
    ['for another audience', () => provider.sign(logoutClaims({ aud: 'other' }), TYPE)],
    [
      'for another client of several',
      () => provider.sign(logoutClaims({ aud: [RELYING.id, 'other'], azp: 'other' }), TYPE),
    ],
    ['of another issuer', () => provider.sign(logoutClaims({ iss: 'https://evil.example' }), TYPE)],
    ['that expired', () => provider.sign(logoutClaims({ exp: inSeconds(-60) }), TYPE)],
    ['without iat', () => provider.sign(logoutClaims({ iat: undefined }), TYPE)],
    ['without events', () => provider.sign(logoutClaims({ events: undefined }), TYPE)],
    ['with a nonce', () => provider.sign(logoutClaims({ nonce: 'n' }), TYPE)],
    ['without jti', () => provider.sign(logoutClaims({ jti: undefined }), TYPE)],
    ['about nobody', () => provider.sign(logoutClaims({ sub: undefined }), TYPE)],
    ['that is an ID token', () => provider.sign(logoutClaims({ events: undefined }))],
    ['that is an access token', () => provider.sign(logoutClaims(), { typ: 'at+jwt' })],
    ['by a key that the provider does not have', () => provider.sign(logoutClaims(), { kid: 'x' })],
    ['without a signature', () => unsigned(logoutClaims())],
    ['signed with the shared secret', () => shared(logoutClaims())],
    ['that is none', () => 'x.y.z'],
  ];

  test('that does not count signs nobody out', async () => {
    const page = await newPage();
    await signIn(page, origin, 'alice');
    const own = await tokenOf('alice');
    for (const [what, make] of cases) {
      const { status, text } = await tell(await make());
      expect([what, status, text]).toEqual([what, 400, expect.stringContaining('"error"')]);
      expect(text).not.toContain('eyJ');
    }
    expect(await sessionOf(page.context(), origin)).toMatchObject({ user: 'alice' });
    expect(await statusWith(own)).toBe(200);
  });

  test('counts once, and says which sign-in is meant', async () => {
    const [one, two] = [await newPage(), await newPage()];
    await signIn(one, origin, 'alice');
    await signIn(two, origin, 'alice');
    const token = await provider.sign(logoutClaims({ sid: 'of-neither' }), TYPE);
    expect((await tell(token)).status).toBe(200);
    for (const page of [one, two]) {
      expect(await sessionOf(page.context(), origin)).toMatchObject({ user: 'alice' });
    }
    const whole = await provider.sign(logoutClaims(), TYPE);
    expect(await tell(whole)).toEqual({ status: 200, text: '' });
    for (const page of [one, two]) {
      expect(await sessionOf(page.context(), origin)).toEqual({ signedIn: false });
    }
    const again = await tell(whole);
    expect(again.status).toBe(400);
    expect(again.text).toContain('came twice');
  });

  test('is asked for again while the keys of the provider cannot be read', async () => {
    const page = await newPage();
    await signIn(page, origin, 'bob');
    await world.reconfigure({});
    provider.isDown = true;
    onTestFinished(() => void (provider.isDown = false));
    const token = await provider.sign(logoutClaims({ sub: 'bob' }), TYPE);
    expect((await tell(token)).status).toBe(503);
    expect(await sessionOf(page.context(), origin)).toMatchObject({ user: 'bob' });
    provider.isDown = false;
    await expect.poll(async () => (await tell(token)).status).toBe(200);
    expect(await sessionOf(page.context(), origin)).toEqual({ signedIn: false });
  });

  test.each([
    ['is asked for by GET', 'GET', undefined, 404],
    ['comes twice', 'POST', 'logout_token=a&logout_token=b', 400],
    ['is missing', 'POST', 'token=a', 400],
    ['is too long', 'POST', `logout_token=${'a'.repeat(70_000)}`, 413],
  ])('that %s', async (_what, method, body, status) => {
    const answer = await fetch(`${origin}/login/backchannel-logout`, {
      method,
      ...(body === undefined ? {} : { body }),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(answer.status).toBe(status);
    await answer.text();
  });
});
