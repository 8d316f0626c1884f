/** Sign-ins that are not what they seem: each ends on a page that says what to do, and nobody is in. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { PATIENT, browserMissing, startBrowser } from '../../kit/browser.ts';
import { sessionOf, signIn, startLoginWorld, type LoginWorld } from '../../kit/login-world.ts';
import type { SignInProvider } from '../../kit/sign-in.ts';

let browser: Browser;
let world: LoginWorld;
let origin: string;
let first: SignInProvider;
let second: SignInProvider;

beforeAll(async () => {
  if (browserMissing !== '') return;
  browser = await startBrowser();
  world = await startLoginWorld([{}, {}]);
  ({ origin } = world.gateway);
  [first, second] = [world.providers[0]!, world.providers[1]!];
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

const at = (provider: SignInProvider): string =>
  `/login?issuer=${encodeURIComponent(provider.url)}`;

/** Begins a sign-in. @returns where the browser was sent */
async function begin(page: Page, provider = first): Promise<URL> {
  const answer = await page.context().request.get(`${origin}${at(provider)}`, { maxRedirects: 0 });
  return new URL(answer.headers()['location']!);
}

/** Comes back from a provider with an answer of any content. */
async function comeBack(page: Page, answer: Record<string, string>, path = ''): Promise<number> {
  const query = new URLSearchParams(answer).toString();
  const response = await page.goto(`${origin}/oauth/callback${path}?${query}`);
  return response!.status();
}

/** Signs in at a provider step by step, up to its answer, which the gateway has not got yet. */
async function answerOf(page: Page, provider = first): Promise<URL> {
  const { request } = page.context();
  const next = async (url: URL, form?: Record<string, string>): Promise<URL> => {
    const step =
      form === undefined
        ? await request.get(url.href, { maxRedirects: 0 })
        : await request.post(url.href, { form, maxRedirects: 0 });
    return new URL(step.headers()['location']!, url);
  };
  const interaction = await next(await begin(page, provider));
  return await next(await next(interaction, { name: 'alice' }));
}

async function expectRefused(page: Page, words: RegExp): Promise<void> {
  expect(await page.getByRole('main').textContent()).toMatch(words);
  expect(await sessionOf(page.context(), origin)).toEqual({ signedIn: false });
}

describe.skipIf(browserMissing !== '')('an answer', PATIENT, () => {
  test('that is used a second time, and its code in another sign-in', async () => {
    const page = await newPage();
    const answer = await answerOf(page);
    expect((await page.goto(answer.href))!.status()).toBe(200);
    expect(await sessionOf(page.context(), origin)).toMatchObject({ user: 'of-0:alice' });
    await page.goto(answer.href);
    expect(await page.getByRole('main').textContent()).toContain('Begin again');

    const other = await newPage();
    const to = await begin(other);
    const code = answer.searchParams.get('code')!;
    const state = to.searchParams.get('state')!;
    expect(await comeBack(other, { code, state, iss: first.url })).toBe(400);
    await expectRefused(other, /too old or was used before/);
    expect(await comeBack(other, { code, state, iss: first.url })).toBe(400);
    await expectRefused(other, /was used already/);
  });

  test('that another browser brings', async () => {
    const [page, thief] = [await newPage(), await newPage()];
    const answer = await answerOf(page);
    await thief.goto(answer.href);
    await expectRefused(thief, /does not belong to this browser/);
    await begin(thief);
    await thief.goto(answer.href);
    await expectRefused(thief, /does not belong to this browser/);
    await page.goto(answer.href);
    expect(await sessionOf(page.context(), origin)).toMatchObject({ user: 'of-0:alice' });
  });

  test('of another provider than the one that was asked: nobody is shown the code', async () => {
    const page = await newPage();
    const honest = await answerOf(page, second);
    const code = honest.searchParams.get('code')!;
    const state = (await begin(page, first)).searchParams.get('state')!;
    const before = [first, second].map(({ asked }) => asked.length);
    expect(await comeBack(page, { code, state, iss: second.url })).toBe(400);
    await expectRefused(page, /not the one that was asked/);
    expect([first, second].map(({ asked }) => asked.length)).toEqual(before);
  });

  test.each([
    ['no iss', {}],
    ['an iss with a slash more', { iss: 'with a slash' }],
    ['an error, of another provider', { iss: 'second', error: 'access_denied' }],
  ])('that has %s', async (_what, { iss, error }: { iss?: string; error?: string }) => {
    const page = await newPage();
    const state = (await begin(page)).searchParams.get('state')!;
    const named = iss === 'second' ? second.url : `${first.url}/`;
    await comeBack(page, {
      state,
      ...(error === undefined ? { code: 'x' } : { error }),
      ...(iss === undefined ? {} : { iss: named }),
    });
    expect(await page.getByRole('heading').textContent()).toContain('wrong place');
    await expectRefused(page, /not the one that was asked/);
  });

  test('that expired before it came', async () => {
    const page = await newPage();
    const answer = await answerOf(page);
    await first.expire(answer.searchParams.get('code')!);
    expect((await page.goto(answer.href))!.status()).toBe(400);
    await expectRefused(page, /too old or was used before/);
  });

  test('whose ID token belongs to another sign-in', async () => {
    first.rewrite = (query) => query.set('nonce', 'of-somebody-else');
    onTestFinished(() => void (first.rewrite = undefined));
    const page = await newPage();
    await signIn(page, origin, 'alice', at(first));
    expect(await page.getByRole('heading').textContent()).toMatch(/could not be verified/);
    await expectRefused(page, /does not belong to this sign-in/);
  });

  test('whose verifier is that of another sign-in', async () => {
    first.rewrite = (query) => query.set('code_challenge', 'A'.repeat(43));
    onTestFinished(() => void (first.rewrite = undefined));
    const page = await newPage();
    await signIn(page, origin, 'alice', at(first));
    expect(await page.getByRole('heading').textContent()).toMatch(/could not be finished/);
    await expectRefused(page, /too old or was used before/);
  });

  test('that is an error; nothing of its words is shown', async () => {
    const page = await newPage();
    await signIn(page, origin, '', at(first));
    await expectRefused(page, /did not sign you in/);
    expect(await page.content()).not.toContain('not you');
  });
});

describe.skipIf(browserMissing !== '')('a provider', PATIENT, () => {
  test('is chosen from a page where there are several', async () => {
    const page = await newPage();
    await page.goto(`${origin}/login?return=/login/session`);
    const links = page.getByRole('link');
    expect(await links.allTextContents()).toEqual(
      [first, second].map(({ url }) => `Sign in with ${new URL(url).host}`),
    );
    await links.last().click();
    await page.getByLabel('Name').fill('bob');
    await page.getByRole('button').click();
    await page.waitForURL(`${origin}/login/session`);
    expect(await sessionOf(page.context(), origin)).toMatchObject({ user: 'of-1:bob' });
  });

  test('that nobody set up', async () => {
    const page = await newPage();
    const answer = await page.goto(`${origin}/login?issuer=https://evil.example`);
    expect(answer!.status()).toBe(404);
    await expectRefused(page, /does not know/);
  });

  test('that is away, before and after somebody was there', async () => {
    const page = await newPage();
    const answer = await answerOf(page);
    first.isDown = true;
    onTestFinished(() => void (first.isDown = false));
    expect((await page.goto(answer.href))!.status()).toBe(503);
    await expectRefused(page, /cannot be reached|could not ask/);
    await world.reconfigure({});
    expect((await page.goto(`${origin}${at(first)}`))!.status()).toBe(503);
    await expectRefused(page, /Try again in a minute/);
  });

  test('that does not say who answers needs a callback of its own beside others', async () => {
    await using mixed = await startLoginWorld([
      { saysWhoAnswers: false },
      { saysWhoAnswers: false, callback: 'work' },
    ]);
    const { gateway, providers } = mixed;
    const page = await newPage();
    const answer = await page.goto(`${gateway.origin}${at(providers[0]!)}`);
    expect(answer!.status()).toBe(500);
    expect(gateway.log.join('\n')).toContain('login.providers[].callback');
    await signIn(page, gateway.origin, 'alice', at(providers[1]!));
    expect(await sessionOf(page.context(), gateway.origin)).toMatchObject({ user: 'of-1:alice' });
  });
});
