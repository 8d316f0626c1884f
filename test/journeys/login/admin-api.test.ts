/** The admin API with a browser: groups that the provider says become roles by rules. */
import type { APIRequestContext, Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { PATIENT, browserMissing, startBrowser } from '../../kit/browser.ts';
import {
  sessionCookie,
  sessionOf,
  signIn,
  startLoginWorld,
  type LoginWorld,
} from '../../kit/login-world.ts';
import { startScripted, toolText, type ScriptedUpstream } from '../../kit/scripted-upstream.ts';

let browser: Browser;
let upstream: ScriptedUpstream;
let world: LoginWorld;
let origin: string;

beforeAll(async () => {
  if (browserMissing !== '') return;
  browser = await startBrowser();
  upstream = await startScripted({ tools: [toolText('say')], answer: () => '{}' });
  world = await startLoginWorld([{}], {
    admin: { roles: { operator: { groups: ['ops'] } } },
    upstreams: { up: { mcp: { url: upstream.url, era: '2026-07-28' } } },
  });
  ({ origin } = world.gateway);
}, PATIENT.timeout);

afterAll(async () => {
  await browser?.close();
  await world?.[Symbol.asyncDispose]();
  await upstream?.close();
});

async function newPage(): Promise<Page> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  return await context.newPage();
}

interface Shown {
  readonly user: string;
  readonly agent: string;
  readonly actions: readonly string[];
}

async function shown(request: APIRequestContext): Promise<Shown> {
  return (await (await request.get(`${origin}/admin/v1/session`)).json()) as Shown;
}

const statusOf = async (request: APIRequestContext, path: string): Promise<number> =>
  (await request.get(`${origin}/admin/v1/${path}`)).status();

describe.skipIf(browserMissing !== '')('the admin API', PATIENT, () => {
  test('sends people through the sign-in back to where they wanted, in their role', async () => {
    const page = await newPage();
    const { request } = page.context();
    expect(await statusOf(request, 'upstreams')).toBe(401);
    await signIn(page, origin, 'alice', '/login?return=/admin/v1/upstreams');
    await page.waitForURL(`${origin}/admin/v1/upstreams`);
    expect(await page.textContent('body')).toContain('"up"');
    const { user, agent, actions } = await shown(request);
    expect([user, agent]).toEqual(['alice', '']);
    expect(actions).toContain('upstreams.write');
    expect(actions).not.toContain('roles.write');
    const { csrf = '' } = await sessionOf(page.context(), origin);
    const granted = await request.post(`${origin}/admin/v1/roles`, {
      headers: { 'x-drawbridge-csrf': csrf },
      data: { subject: 'user:alice', role: 'admin' },
    });
    expect(granted.status()).toBe(403);
  });

  test('lets others in, but may refuse them everything', async () => {
    const page = await newPage();
    await signIn(page, origin, 'bob');
    const { request } = page.context();
    expect(await shown(request)).toMatchObject({ user: 'bob', actions: [] });
    expect(await statusOf(request, 'upstreams')).toBe(403);
  });

  test('makes no change that another page asks for', async () => {
    const page = await newPage();
    await signIn(page, origin, 'alice');
    const { request } = page.context();
    const refresh = (headers: Record<string, string>) =>
      request.post(`${origin}/admin/v1/upstreams/up/refresh`, { headers });
    const { csrf = '' } = await sessionOf(page.context(), origin);
    const other = await newPage();
    await signIn(other, origin, 'alice');
    const { csrf: foreign = '' } = await sessionOf(other.context(), origin);
    for (const headers of [{}, { 'x-drawbridge-csrf': 'x' }, { 'x-drawbridge-csrf': foreign }]) {
      expect((await refresh(headers)).status()).toBe(403);
    }
    expect((await refresh({ 'x-drawbridge-csrf': csrf })).ok()).toBe(true);
  });

  test('knows nobody any more who has signed out, or whose issuer is gone', async () => {
    const page = await newPage();
    await signIn(page, origin, 'alice');
    const { request } = page.context();
    const cookie = await sessionCookie(page.context());
    const { csrf = '' } = await sessionOf(page.context(), origin);
    await request.post(`${origin}/logout`, {
      headers: { 'x-drawbridge-csrf': csrf },
      maxRedirects: 0,
    });
    await page.context().addCookies([cookie!]);
    expect(await statusOf(request, 'upstreams')).toBe(401);

    // The provider still knows her.
    await page.goto(`${origin}/login?return=/admin/v1/session`);
    await page.waitForURL(`${origin}/admin/v1/session`);
    expect(await statusOf(request, 'upstreams')).toBe(200);
    await world.reconfigure({ login: {} });
    onTestFinished(() => world.reconfigure({}));
    expect(await statusOf(request, 'upstreams')).toBe(401);
  });
});
