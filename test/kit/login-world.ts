/** A gateway at which people sign in, with providers that know its address. */
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
    choices.map(({ callback, ...rest }) =>
      startSignIn({
        gateway: origin,
        people: PEOPLE,
        ...rest,
        ...(callback === undefined ? {} : { callback: `/${callback}` }),
      }),
    ),
  );
  const config: TestConfig = {
    server: { publicUrl: origin },
    identity: {
      keys: true,
      oauth: providers.map(({ url }) => ({ issuer: url, audience: AUDIENCE })),
    },
    login: {
      providers: providers.map(({ url }, at) => ({
        issuer: url,
        clientId: RELYING.id,
        clientSecret: RELYING.secret,
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
