/** People who sign in with a browser at a real OpenID provider. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { browserMissing, startBrowser } from '../../kit/browser.ts';
import { startLoginWorld, type LoginWorld } from '../../kit/login-world.ts';

let browser: Browser;
let world: LoginWorld;

beforeAll(async () => {
  if (browserMissing !== '') return;
  browser = await startBrowser();
  world = await startLoginWorld();
});

afterAll(async () => {
  await browser?.close();
  await world?.[Symbol.asyncDispose]();
});

async function newPage(): Promise<Page> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  return await context.newPage();
}

async function signIn(page: Page, name: string, path = '/login'): Promise<void> {
  await page.goto(`${world.gateway.origin}${path}`);
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button').click();
  await page.waitForURL(`${world.gateway.origin}/**`);
}

interface Session {
  readonly signedIn: boolean;
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly csrf?: string;
}

async function sessionOf(context: BrowserContext): Promise<Session> {
  const answer = await context.request.get(`${world.gateway.origin}/login/session`);
  return (await answer.json()) as Session;
}

describe.skipIf(browserMissing !== '')('a person', () => {
  test('signs in, is shown who they are, and comes back to where they wanted', async () => {
    const page = await newPage();
    await signIn(page, 'alice');
    expect(await page.getByRole('heading').textContent()).toBe('You are signed in');
    expect(await page.getByRole('definition').allTextContents()).toEqual([
      'alice',
      'ops',
      world.providers[0]!.url,
    ]);
    expect(await sessionOf(page.context())).toMatchObject({ signedIn: true, groups: ['ops'] });
  });
});
