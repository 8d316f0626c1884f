/** A real OpenID provider with people: clients register, people sign in and agree, tokens are refreshed. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';

export interface PeopleIssuer extends AsyncDisposable {
  readonly url: string;
  /** Seconds for which access tokens are good that are made from now on. */
  tokenSeconds: number;
  /** Bodies of the requests for tokens so far. */
  readonly tokenRequests: URLSearchParams[];
  /** Paths that were asked for, in their order. */
  readonly asked: string[];
  /** The groups of a person, as they stand in tokens. */
  readonly groups: Map<string, readonly string[]>;
}

/** A client that has a document of its own instead of a registration. */
export const CLIENT_DOCUMENT = 'https://client.example/client.json';
export const CALLBACK = 'http://127.0.0.1:9/callback';
export const SCOPES = 'tools files:write admin';

/** What of the package is used here; it brings no types. */
interface ProviderModule {
  readonly Provider: new (
    issuer: string,
    settings: object,
  ) => { callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void> };
}
const PACKAGE: string = 'oidc-provider';

export async function startPeopleIssuer(): Promise<PeopleIssuer> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const issuer: PeopleIssuer = {
    url,
    tokenSeconds: 600,
    tokenRequests: [],
    asked: [],
    groups: new Map(),
    [Symbol.asyncDispose]: close,
  };
  const { Provider } = (await import(PACKAGE)) as ProviderModule;
  const handle = new Provider(url, await settingsOf(issuer)).callback();
  server.on('request', (request: IncomingMessage, response) => {
    issuer.asked.push((request.url ?? '').split('?')[0] ?? '');
    void handle(request, response);
  });
  return issuer;
}

async function settingsOf(issuer: PeopleIssuer): Promise<object> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
  return {
    jwks: { keys: [jwk] },
    cookies: { keys: ['only-for-tests'] },
    ttl: { AccessToken: () => issuer.tokenSeconds, RefreshToken: 3600, Grant: 3600, Session: 3600 },
    scopes: ['openid', 'offline_access', ...SCOPES.split(' ')],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    issueRefreshToken: () => true,
    fetch: fetchDocument,
    findAccount: (_context: unknown, sub: string) => ({
      accountId: sub,
      claims: () => ({ sub, groups: issuer.groups.get(sub) ?? [] }),
    }),
    extraTokenClaims: (context: TokenContext, { accountId }: { accountId?: string }) => {
      issuer.tokenRequests.push(new URLSearchParams(context.oidc.params));
      return { groups: issuer.groups.get(accountId ?? '') ?? [] };
    },
    features: {
      devInteractions: { enabled: true },
      registration: { enabled: true },
      clientIdMetadataDocument: { enabled: true, ack: 'draft-02' },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context: unknown, resource: string) => ({
          scope: SCOPES,
          audience: resource,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  };
}

interface TokenContext {
  readonly oidc: { readonly params: Record<string, string> };
}

async function fetchDocument(address: string | URL, init?: RequestInit): Promise<Response> {
  if (String(address) !== CLIENT_DOCUMENT) return await fetch(address, init);
  return Response.json({
    client_id: CLIENT_DOCUMENT,
    client_name: 'A client with a document',
    redirect_uris: [CALLBACK],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  });
}

/**
 * Signs in and agrees, as a person would with a browser.
 * @returns what the client is called back with
 */
export async function signIn(address: URL, user: string): Promise<URLSearchParams> {
  const cookies = new Map<string, string>();
  let next = new URL(address);
  let form: URLSearchParams | undefined;
  for (let step = 0; step < 20; step++) {
    const response = await fetch(next, {
      method: form === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
      ...(form !== undefined && { body: form }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location !== null) {
      next = new URL(location, next);
      if (next.href.startsWith(CALLBACK)) return next.searchParams;
      form = undefined;
      continue;
    }
    const page = await response.text();
    const [, action = ''] = /<form[^>]* action="([^"]+)"/.exec(page) ?? [];
    const [, prompt = ''] = /name="prompt" value="([^"]+)"/.exec(page) ?? [];
    if (action === '') throw new Error(`${response.status} ${page.slice(0, 2000)}`);
    next = new URL(action, next);
    form = new URLSearchParams({ prompt, login: user, password: 'any' });
  }
  throw new Error('it never ends');
}
