/** A real OpenID provider of this process: clients get tokens from it, and tests turn its keys. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, exportJWK, generateKeyPair, type CryptoKey, type JWTPayload } from 'jose';

export interface TestIssuer extends AsyncDisposable {
  readonly url: string;
  /** An access token by client credentials for a resource; opaque where asked for. */
  token(resource: string, scope?: string, format?: 'jwt' | 'opaque'): Promise<string>;
  /** A token of any content, signed with the key in force. */
  sign(claims: JWTPayload, header?: Record<string, unknown>): Promise<string>;
  /** Signs with a new key from now on; both are published. */
  rotate(): Promise<void>;
  /** Publishes only the key in force from now on. */
  retire(): Promise<void>;
  /** The key in force, for what no library would sign. */
  signingKey(): SigningKey;
  /** Requests so far, by path. */
  readonly asked: string[];
  /** While it holds, nothing is answered but 503. */
  isDown: boolean;
  close(): Promise<void>;
}

export const CLIENT = { id: 'robot', secret: 'a-secret-of-the-tests-only-0123456789' };

export interface SigningKey {
  readonly privateKey: CryptoKey;
  readonly jwk: Record<string, unknown>;
}

function newestOf(keys: readonly SigningKey[]): SigningKey {
  const newest = keys.at(-1);
  if (newest === undefined) throw new Error('no key');
  return newest;
}

async function makeKey(kid: string): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid, alg: 'ES256', use: 'sig' };
  return { privateKey, jwk };
}

/** Starts a provider on a free port; its tokens are JWTs of RFC 9068, or opaque. */
export async function startIssuer(): Promise<TestIssuer> {
  const keys = [await makeKey('k1')];
  const asked: string[] = [];
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let handle = await handlerOf(url, keys);
  const issuer: TestIssuer = {
    url,
    asked,
    isDown: false,
    token: async (resource, scope = 'tools', format = 'jwt') => {
      const form = {
        grant_type: 'client_credentials',
        resource: format === 'jwt' ? resource : `${resource}/opaque`,
        scope,
      };
      const response = await fetch(`${url}/token`, {
        method: 'POST',
        headers: { authorization: basic() },
        body: new URLSearchParams(form),
      });
      const answer = (await response.json()) as { access_token?: string };
      if (answer.access_token === undefined) throw new Error(JSON.stringify(answer));
      return answer.access_token;
    },
    sign: async (claims, header = {}) => {
      const newest = newestOf(keys);
      return await new SignJWT({ iss: url, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: String(newest.jwk['kid']), ...header })
        .sign(newest.privateKey);
    },
    rotate: async () => {
      keys.push(await makeKey(`k${keys.length + 1}`));
      handle = await handlerOf(url, keys);
    },
    retire: async () => {
      keys.splice(0, keys.length - 1);
      handle = await handlerOf(url, keys);
    },
    signingKey: () => newestOf(keys),
    close: () => closeServer(server),
    [Symbol.asyncDispose]: () => closeServer(server),
  };
  server.on('request', (request, response) => {
    asked.push((request.url ?? '').split('?')[0] ?? '');
    if (issuer.isDown) response.writeHead(503).end();
    else void handle(request, response);
  });
  return issuer;
}

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** What of the package is used here; it brings no types. */
interface ProviderModule {
  readonly Provider: new (issuer: string, settings: object) => { callback(): Handle };
}
const PACKAGE: string = 'oidc-provider';

async function handlerOf(url: string, keys: readonly SigningKey[]): Promise<Handle> {
  const { Provider } = (await import(PACKAGE)) as ProviderModule;
  const provider = new Provider(url, {
    jwks: { keys: keys.map(({ jwk }) => jwk).toReversed() },
    ttl: { ClientCredentials: 600 },
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    features: {
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context: unknown, resource: string) => ({
          scope: 'tools admin',
          audience: resource.replace(/\/opaque$/, ''),
          accessTokenFormat: resource.endsWith('/opaque') ? 'opaque' : 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  });
  return provider.callback();
}

function basic(): string {
  return `Basic ${Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString('base64')}`;
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
