/** What the requests to one upstream carry, by whose they are. */
import { Refusal, type Principal } from '../kernel/index.ts';
import { requestToken } from './grant.ts';
import { KeptToken } from './kept-token.ts';
import type { CredentialsDeps } from './ports.ts';
import type {
  AuthSettings,
  ClientGrantSettings,
  ExchangeSettings,
  OwnSettings,
} from './settings.ts';
import type { TokenEndpoints } from './token-endpoints.ts';

/** What is added to a request. */
export interface Carried {
  /** Names in lower case and values in turn. */
  readonly headers: readonly string[];
  readonly query: readonly (readonly [name: string, value: string])[];
}

/** The credentials that one principal, or the gateway itself, presents at one upstream. */
export interface Source {
  /** What is at hand; undefined where something has to be fetched first. */
  ready(): Carried | undefined;
  /** Never rejects; refuses with `upstream_credentials_unavailable`. */
  get(): Promise<Carried | Refusal>;
  /** The upstream refused what it was given. @returns whether there may be something better now */
  refused(carried: Carried): boolean;
}

const NOTHING: Carried = { headers: [], query: [] };

/** Credentials that never change under one configuration; undefined where they have to be fetched. */
export function fixedOf(auth: AuthSettings | undefined): Carried | undefined {
  if (auth === undefined) return NOTHING;
  if (auth.tokenExchange !== undefined || auth.clientCredentials !== undefined) return undefined;
  const { headers, bearer, basic, query } = auth;
  if (headers !== undefined) {
    const pairs = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    return { headers: pairs.flat(), query: [] };
  }
  if (bearer !== undefined) return bearerOf(bearer);
  if (basic !== undefined) {
    const pair = Buffer.from(`${basic.username}:${basic.password}`).toString('base64');
    return { headers: ['authorization', `Basic ${pair}`], query: [] };
  }
  return query === undefined ? NOTHING : { headers: [], query: [[query.name, query.value]] };
}

/** Credentials of the gateway's own. */
export function ownSource(
  own: OwnSettings | undefined,
  deps: CredentialsDeps,
  endpoints: TokenEndpoints,
): Source {
  const grant = own?.clientCredentials;
  if (grant !== undefined) {
    return tokenSource(new KeptToken(() => byClient(grant, deps, endpoints), deps.clock));
  }
  const fixed = fixedOf(own) ?? NOTHING;
  return { ready: () => fixed, get: () => Promise.resolve(fixed), refused: () => false };
}

/** What is exchanged for the token that a principal came with (RFC 8693). */
export function exchangedSource(
  principal: Principal,
  exchange: ExchangeSettings,
  deps: CredentialsDeps,
  endpoints: TokenEndpoints,
): Source {
  return tokenSource(
    new KeptToken(() => byExchange(principal, exchange, deps, endpoints), deps.clock),
  );
}

function tokenSource(kept: KeptToken): Source {
  return {
    ready: () => {
      const { ready } = kept;
      return ready === '' ? undefined : bearerOf(ready);
    },
    get: async () => {
      const token = await kept.get();
      if (token.ok) return bearerOf(token.value);
      return new Refusal('upstream_credentials_unavailable', { text: token.why });
    },
    refused: ({ headers }) => {
      kept.refused((headers[1] ?? '').slice('Bearer '.length));
      return true;
    },
  };
}

function bearerOf(token: string): Carried {
  return { headers: ['authorization', `Bearer ${token}`], query: [] };
}

async function byClient(
  grant: ClientGrantSettings,
  deps: CredentialsDeps,
  endpoints: TokenEndpoints,
) {
  const url = new URL(grant.tokenUrl);
  const pool = endpoints.poolOf(url);
  if (typeof pool === 'string') return pool;
  const { clock } = deps;
  const form = [['grant_type', 'client_credentials'], ...wishesOf(grant)] as const;
  const granted = await requestToken({ url, pool, clock, client: grant, form });
  if (typeof granted === 'string') {
    return `No access token could be had from ${url.host}: ${granted}.`;
  }
  deps.learn(granted.value);
  return granted;
}

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

async function byExchange(
  principal: Principal,
  exchange: ExchangeSettings,
  deps: CredentialsDeps,
  endpoints: TokenEndpoints,
) {
  const subject = deps.subjectTokenOf(principal);
  if (subject === undefined) {
    return 'It takes what is exchanged for the access token of the caller, and this caller was not identified by an access token.';
  }
  const url = new URL(exchange.tokenUrl);
  const pool = endpoints.poolOf(url);
  if (typeof pool === 'string') return pool;
  const { clientId, clientSecret, clientKey, sendIn } = exchange;
  const isProven = clientId !== undefined && (clientSecret ?? clientKey) !== undefined;
  const granted = await requestToken({
    url,
    pool,
    clock: deps.clock,
    client: isProven ? { clientId, clientSecret, clientKey, sendIn } : undefined,
    form: [
      ['grant_type', TOKEN_EXCHANGE],
      ['subject_token', subject],
      ['subject_token_type', ACCESS_TOKEN],
      ['requested_token_type', ACCESS_TOKEN],
      ...wishesOf(exchange),
      ['client_id', isProven ? '' : (clientId ?? '')],
    ],
    secrets: [subject],
  });
  if (typeof granted === 'string') {
    return `The caller's access token could not be exchanged at ${url.host}: ${granted}.`;
  }
  deps.learn(granted.value);
  return granted;
}

function wishesOf({
  scopes,
  audience,
  resource,
}: Pick<ClientGrantSettings, 'scopes' | 'audience' | 'resource'>) {
  return [
    ['scope', scopes?.join(' ') ?? ''],
    ['audience', audience ?? ''],
    ['resource', resource ?? ''],
  ] as const;
}
