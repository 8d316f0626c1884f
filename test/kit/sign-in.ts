/** A real OpenID provider of this process at which people sign in, with a browser. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, exportJWK, generateKeyPair, type CryptoKey, type JWTPayload } from 'jose';
import Provider, { type Adapter, type Configuration } from 'oidc-provider';

export interface SignInProvider extends AsyncDisposable {
  readonly url: string;
  /** Requests so far, by path. */
  readonly asked: string[];
  /** While it holds, nothing is answered but 503. */
  isDown: boolean;
  /** Changes the query of requests to the authorization endpoint before they are read. */
  rewrite: ((query: URLSearchParams) => void) | undefined;
  /** Lets a code that was handed out expire. */
  expire(code: string): Promise<void>;
  /** A token of any content, signed with the key in force. */
  sign(claims: JWTPayload, header?: Record<string, unknown>): Promise<string>;
  /** Signs with a new key from now on; both are published. */
  rotate(): Promise<void>;
}

export interface SignInOptions {
  /** Origin of the gateway. */
  readonly gateway: string;
  /** What comes after `/oauth/callback`. */
  readonly callback?: string;
  /** Whether answers say who gives them (RFC 9207). */
  readonly saysWhoAnswers?: boolean;
  /** The public key by which the gateway proves who it is, instead of the secret. */
  readonly clientKey?: object;
  /** Person to groups. */
  readonly people: Readonly<Record<string, readonly string[]>>;
}

export const RELYING = { id: 'drawbridge', secret: 'another-secret-of-the-tests-0123456789' };

interface SigningKey {
  readonly privateKey: CryptoKey;
  readonly jwk: Record<string, unknown>;
}

async function makeKey(kid: string): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid, alg: 'ES256', use: 'sig' };
  return { privateKey, jwk };
}

/** Starts a provider on a free port; people sign in there by their name alone. */
export async function startSignIn(options: SignInOptions): Promise<SignInProvider> {
  const keys = [await makeKey('k1')];
  const asked: string[] = [];
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let { handle, expire } = handlerOf(url, keys, options);
  const provider: SignInProvider = {
    url,
    asked,
    isDown: false,
    rewrite: undefined,
    expire: (code) => expire(code),
    sign: async (claims, header = {}) => {
      const newest = keys.at(-1)!;
      return await new SignJWT({ iss: url, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: String(newest.jwk['kid']), ...header })
        .sign(newest.privateKey);
    },
    rotate: async () => {
      keys.push(await makeKey(`k${keys.length + 1}`));
      ({ handle, expire } = handlerOf(url, keys, options));
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  server.on('request', (request, response) => {
    const to = new URL(request.url ?? '/', url);
    asked.push(to.pathname);
    if (to.pathname === '/auth' && provider.rewrite !== undefined) {
      provider.rewrite(to.searchParams);
      request.url = `${to.pathname}?${to.searchParams.toString()}`;
    }
    if (provider.isDown) response.writeHead(503).end();
    else if (options.saysWhoAnswers === false && isFirstHand(request)) {
      void tellLess(`${url}${METADATA}`, response);
    } else void handle(request, response);
  });
  return provider;
}

const METADATA = '/.well-known/openid-configuration';

/** Not what this file asks itself. */
function isFirstHand({ url, headers }: IncomingMessage): boolean {
  return url === METADATA && headers['x-second-hand'] === undefined;
}

/** The metadata of a provider that does not know RFC 9207. */
async function tellLess(address: string, response: ServerResponse): Promise<void> {
  const answer = await fetch(address, { headers: { 'x-second-hand': 'yes' } });
  const metadata = (await answer.json()) as Record<string, unknown>;
  delete metadata['authorization_response_iss_parameter_supported'];
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata));
}

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

function handlerOf(
  url: string,
  keys: readonly SigningKey[],
  options: SignInOptions,
): { readonly handle: Handle; expire(code: string): Promise<void> } {
  const provider = new Provider(url, settingsOf(keys, options));
  const answer = provider.callback();
  const handle: Handle = async (request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) {
      await answer(request, response);
    } else if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(FORM);
    } else {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const accountId = new URLSearchParams(body).get('name') ?? '';
      const result =
        accountId === ''
          ? { error: 'access_denied', error_description: '<b>not you</b>' }
          : { login: { accountId } };
      await provider.interactionFinished(request, response, result);
    }
  };
  return {
    handle,
    expire: async (code) => {
      const { adapter } = provider.AuthorizationCode as unknown as { readonly adapter: Adapter };
      await adapter.upsert(code, { ...(await adapter.find(code)), exp: 1 }, 60);
    },
  };
}

const FORM = `<!doctype html><title>Provider</title>
<form method="post"><input name="name" aria-label="Name"><button>Enter</button></form>`;

function settingsOf(
  keys: readonly SigningKey[],
  { gateway, callback = '', people, clientKey }: SignInOptions,
): Configuration {
  return {
    jwks: { keys: keys.map(({ jwk }) => jwk).toReversed() },
    cookies: { keys: ['cookies-of-the-tests'] },
    ttl: { AuthorizationCode: 60 },
    clients: [
      {
        client_id: RELYING.id,
        ...(clientKey === undefined
          ? { client_secret: RELYING.secret }
          : {
              token_endpoint_auth_method: 'private_key_jwt' as const,
              jwks: { keys: [clientKey] },
            }),
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: [`${gateway}/oauth/callback${callback}`],
        post_logout_redirect_uris: [`${gateway}/logout/done`],
        backchannel_logout_uri: `${gateway}/login/backchannel-logout`,
        backchannel_logout_session_required: true,
        id_token_signed_response_alg: 'ES256',
      },
    ],
    claims: { openid: ['sub'], profile: ['name'], groups: ['groups'] },
    scopes: ['openid', 'profile', 'groups'],
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({ sub, name: sub, groups: [...(people[sub] ?? [])] }),
    }),
    // Its own way out refuses addresses of this machine.
    fetch: (address, options) => {
      const plain: RequestInit & { dispatcher?: unknown } = { ...options };
      delete plain.dispatcher;
      return fetch(address, plain);
    },
    renderError: (context, { error }) => {
      context.body = `<!doctype html><title>Provider</title><p>${error}</p>`;
    },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    loadExistingGrant: async (context) => {
      const { client, session, provider } = context.oidc;
      const grant = new provider.Grant({
        clientId: client!.clientId,
        accountId: session!.accountId!,
      });
      grant.addOIDCScope('openid profile groups');
      await grant.save();
      return grant;
    },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => {
          context.body = `<!doctype html><title>Provider</title>${form}
            <button form="op.logoutForm" name="logout" value="yes">Yes</button>`;
        },
        postLogoutSuccessSource: (context) => {
          context.body = '<!doctype html><title>Provider</title><p>Signed out there</p>';
        },
      },
    },
  };
}
