/** People who sign in with a browser at a real OpenID provider, and sign out. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { PATIENT, browserMissing, startBrowser } from '../../kit/browser.ts';
import {
  sessionCookie,
  sessionOf,
  signIn,
  startLoginWorld,
  type LoginWorld,
} from '../../kit/login-world.ts';

let browser: Browser;
let world: LoginWorld;
let origin: string;

beforeAll(async () => {
  if (browserMissing !== '') return;
  browser = await startBrowser();
  world = await startLoginWorld();
  ({ origin } = world.gateway);
}, PATIENT.timeout);

afterAll(async () => {
  await browser?.close();
  await world?.[Symbol.asyncDispose]();
});

async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  return await context.newPage();
}

describe.skipIf(browserMissing !== '')('a person', PATIENT, () => {
  test('signs in and out, is shown who they are, and needs no script for it', async () => {
    const page = await newPage({ javaScriptEnabled: false });
    await signIn(page, origin, 'alice');
    expect(await page.getByRole('heading').textContent()).toBe('You are signed in');
    const shown = await page.getByRole('definition').allTextContents();
    expect(shown).toEqual(['alice', 'ops', world.providers[0]!.url]);

    await page.getByRole('link', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    // The provider asks whether to end its own session as well.
    await page.waitForURL(`${world.providers[0]!.url}/**`);
    expect(await sessionOf(page.context(), origin)).toEqual({ signedIn: false });
    await page.getByRole('button', { name: 'Yes' }).click();
    await page.waitForURL(`${origin}/logout/done`);
    expect(await page.getByRole('heading').textContent()).toBe('You are signed out');
    expect(await sessionCookie(page.context())).toBeUndefined();
  });

  test.each([
    ['/login/session', '/login/session'],
    ['/login?', '/login'],
    ['//evil.example/', '/login'],
    ['https://evil.example/', '/login'],
    ['/\\evil.example', '/login'],
  ])('who wanted %j comes back to %j', async (wanted, path) => {
    const page = await newPage();
    await signIn(page, origin, 'alice', `/login?return=${encodeURIComponent(wanted)}`);
    expect(new URL(page.url()).pathname).toBe(path);
    expect(new URL(page.url()).origin).toBe(origin);
  });

  test('is in the groups that the provider says, from one session to the next', async () => {
    const page = await newPage();
    await signIn(page, origin, 'bob');
    expect(await sessionOf(page.context(), origin)).toMatchObject({
      user: 'bob',
      groups: ['sales'],
    });
    await world.providers[0]!.rotate();
    const other = await newPage();
    await signIn(other, origin, 'carol');
    expect(await sessionOf(other.context(), origin)).toMatchObject({ user: 'carol', groups: [] });
  });

  test('gets a new id that no script sees, whatever the browser had before', async () => {
    const page = await newPage();
    await signIn(page, origin, 'alice');
    const first = await sessionCookie(page.context());
    expect(first).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
    expect(first?.value).toMatch(/^[\w-]{43}$/);
    await page.goto(`${origin}/login?return=/login`);
    await page.waitForURL(`${origin}/login`);
    const second = await sessionCookie(page.context());
    expect(second?.value).not.toBe(first?.value);

    const thief = await browser.newContext();
    onTestFinished(() => thief.close());
    await thief.addCookies([{ ...second!, value: first!.value }]);
    expect(await sessionOf(thief, origin)).toEqual({ signedIn: false });
    await thief.addCookies([{ ...second!, value: 'A'.repeat(43) }]);
    const planted = await thief.newPage();
    await signIn(planted, origin, 'bob');
    expect((await sessionCookie(thief))?.value).not.toBe('A'.repeat(43));
  });

  test('is not signed out by pages of others', async () => {
    const page = await newPage();
    await signIn(page, origin, 'alice');
    const { request } = page.context();
    for (const form of [{}, { csrf: 'x' }, { csrf: 'f'.repeat(64) }]) {
      const answer = await request.post(`${origin}/logout`, { form });
      expect(answer.status()).toBe(403);
      expect(await answer.text()).toContain('was not made by a page of this gateway');
    }
    const { csrf = '' } = await sessionOf(page.context(), origin);
    expect(csrf).not.toBe('');
    const left = await request.post(`${origin}/logout`, {
      headers: { 'x-drawbridge-csrf': csrf },
      maxRedirects: 0,
    });
    expect(left.status()).toBe(303);
    expect(await sessionOf(page.context(), origin)).toEqual({ signedIn: false });
  });
});

describe.skipIf(browserMissing !== '')('the pages', PATIENT, () => {
  test('ask nothing of anybody else, and let nobody else in', async () => {
    const page = await newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await signIn(page, origin, 'alice');
    const known = [origin, world.providers[0]!.url];
    expect(asked.filter((url) => !known.includes(new URL(url).origin))).toEqual([]);
    for (const path of ['/login', '/logout', '/logout/done', '/oauth/callback']) {
      const answer = await page.context().request.get(`${origin}${path}`);
      const headers = answer.headers();
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'self';/);
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
      });
      expect(headers['access-control-allow-origin']).toBeUndefined();
      expect(await answer.text()).not.toMatch(/<script|eyJ|style="/);
    }
  });

  test('keep no token: not in the store, the record or the log', async () => {
    const page = await newPage();
    await signIn(page, origin, 'alice');
    const kept = JSON.stringify(await world.gateway.records()) + world.gateway.log.join('\n');
    expect(kept).not.toMatch(/eyJ[\w-]+\./);
    const cookie = await sessionCookie(page.context());
    expect(kept).not.toContain(cookie!.value);
    expect(await world.gateway.records()).toContainEqual(
      expect.objectContaining({ kind: 'change', action: 'login.begin', user: 'alice' }),
    );
  });

  test('are not there where nobody is to sign in', async () => {
    await world.reconfigure({ login: {} });
    onTestFinished(() => world.reconfigure({}));
    const { request } = await browser.newContext();
    const answer = await request.get(`${origin}/login`);
    const other = await request.get(`${origin}/nothing`);
    expect(answer.status()).toBe(other.status());
    await request.dispose();
  });
});
