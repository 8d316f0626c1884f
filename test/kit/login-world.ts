/** A gateway at which people sign in, with providers that know its address. */
import type { BrowserContext, Page } from 'playwright-core';
import { startGateway, type TestConfig, type TestGateway } from './gateway.ts';
import { RELYING, startSignIn, type SignInProvider } from './sign-in.ts';

export interface LoginWorld extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly providers: readonly SignInProvider[];
  /** Puts the configuration in force again, changed. */
  reconfigure(more: Partial<TestConfig>): Promise<void>;
}

/** What differs between providers. */
export interface ProviderChoice {
  readonly callback?: string;
  readonly saysWhoAnswers?: boolean;
  /** A key pair by which the gateway proves who it is, as JWKs; by a secret where left out. */
  readonly clientKey?: { readonly own: object; readonly known: object };
}

export const PEOPLE = { alice: ['ops'], bob: ['sales'], carol: [] };
export const AUDIENCE = 'https://tools.example.com/mcp';

/** @param more sections of the configuration beside `server`, `identity` and `login` */
export async function startLoginWorld(
  choices: readonly ProviderChoice[] = [{}],
  more: TestConfig = {},
): Promise<LoginWorld> {
  const gateway = await startGateway({ ...more, identity: { keys: true } });
  const { origin } = gateway;
  const providers = await Promise.all(
    choices.map(({ callback, clientKey, ...rest }) =>
      startSignIn({
        gateway: origin,
        people: PEOPLE,
        ...rest,
        ...(callback === undefined ? {} : { callback: `/${callback}` }),
        ...(clientKey === undefined ? {} : { clientKey: clientKey.known }),
      }),
    ),
  );
  const config: TestConfig = {
    server: { publicUrl: origin },
    identity: {
      keys: true,
      oauth: providers.map(({ url }, at) => ({
        issuer: url,
        audience: AUDIENCE,
        ...(providers.length === 1 ? {} : { prefix: `of-${at}:` }),
      })),
    },
    login: {
      providers: providers.map(({ url }, at) => ({
        issuer: url,
        clientId: RELYING.id,
        ...proofOf(choices[at]),
        scopes: ['openid', 'profile', 'groups'],
        ...(choices[at]?.callback === undefined ? {} : { callback: choices[at].callback }),
      })),
    },
    ...more,
  };
  const reconfigure = (changed: Partial<TestConfig>): Promise<void> =>
    gateway.reload({ ...config, ...changed });
  await reconfigure({});
  return {
    gateway,
    providers,
    reconfigure,
    [Symbol.asyncDispose]: async () => {
      await gateway.close();
      for (const each of providers) await each[Symbol.asyncDispose]();
    },
  };
}

function proofOf({ clientKey }: ProviderChoice = {}) {
  return clientKey === undefined
    ? { clientSecret: RELYING.secret }
    : { clientKey: { key: JSON.stringify(clientKey.own) } };
}

/** Goes to a page of the gateway that asks for a sign-in, and signs in at the provider. */
export async function signIn(page: Page, origin: string, name: string, path = '/login') {
  await page.goto(`${origin}${path}`);
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button').click();
  await page.waitForURL(`${origin}/**`);
}

export interface SessionAnswer {
  readonly signedIn: boolean;
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly csrf?: string;
}

/** Who is signed in with a browser, as its pages are told. */
export async function sessionOf(context: BrowserContext, origin: string): Promise<SessionAnswer> {
  const answer = await context.request.get(`${origin}/login/session`);
  return (await answer.json()) as SessionAnswer;
}

/** The cookie of the session; undefined where there is none. */
export async function sessionCookie(context: BrowserContext) {
  const cookies = await context.cookies();
  return cookies.find(({ name }) => name.endsWith('drawbridge_session'));
}
