/**
 * A real OpenID provider that exchanges its people's access tokens for others (RFC 8693), behind an
 * address for tokens that says something else as soon as a test wants it to.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLocalJWKSet, decodeJwt, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import Provider, { errors, type KoaContextWithOIDC } from 'oidc-provider';

export const EXCHANGER = { id: 'gateway-at-issuer', secret: 'exchanger-secret-of-the-tests-0123' };
/** For whom exchanged tokens are. */
export const AUDIENCE_BEHIND = 'https://crm.example';

/** Says something instead of the truth; the form of the request is given. */
export type TokenLie = (response: ServerResponse, form: URLSearchParams) => void;

export interface ExchangingIssuer extends AsyncDisposable {
  /** The provider itself. */
  readonly url: string;
  /** Where tokens are given out. */
  readonly tokenUrl: string;
  /** Forms of the requests for tokens so far. */
  readonly heard: URLSearchParams[];
  lie: TokenLie | undefined;
  /** Whose tokens are not exchanged. */
  readonly refused: Set<string>;
  /** An access token of a person, as the provider signs them. */
  tokenOf(person: string, audience: string): Promise<string>;
  /** The truth, for lies that come to it in the end. */
  truth(response: ServerResponse, form: URLSearchParams): Promise<void>;
}

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

export async function startExchangingIssuer(): Promise<ExchangingIssuer> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
  const { d: _, ...published } = jwk;
  const [server, front] = [createServer(), createServer()];
  const [url, tokenOrigin] = [await listen(server), await listen(front)];
  const refused = new Set<string>();
  const provider = makeProvider(url, jwk);
  const keys = createLocalJWKSet({ keys: [published] });
  provider.registerGrantType(
    GRANT,
    async (context) => {
      const { payload } = await jwtVerify(String(context.oidc.params?.['subject_token']), keys, {
        issuer: url,
      }).catch(() => {
        throw new errors.InvalidGrant('subject_token is invalid');
      });
      if (refused.has(String(payload.sub))) throw new errors.InvalidGrant('not this one');
      context.body = await exchanged(provider, context, String(payload.sub));
    },
    ['subject_token', 'subject_token_type', 'requested_token_type', 'audience', 'scope'],
  );
  const handle = provider.callback();
  server.on('request', (request, response) => void handle(request, response));
  const heard: URLSearchParams[] = [];
  const issuer: ExchangingIssuer = {
    url,
    tokenUrl: `${tokenOrigin}/token`,
    heard,
    lie: undefined,
    refused,
    tokenOf: (sub, aud) =>
      new SignJWT({ sub, aud, scope: 'tools', client_id: 'assistant' })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'at+jwt' })
        .setIssuer(url)
        .setJti(crypto.randomUUID())
        .setExpirationTime('10m')
        .sign(privateKey),
    truth: (response, form) => passOn(url, response, form),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([server, front].map(stop));
    },
  };
  front.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void readForm(request).then((form) => {
      heard.push(form);
      if (issuer.lie === undefined) return passOn(url, response, form);
      return issuer.lie(response, form);
    });
  });
  return issuer;
}

/** Whose an exchanged token is; '' where it is none. */
export function exchangedFor(token: string): string {
  try {
    const { sub = '', aud } = decodeJwt(token);
    return aud === AUDIENCE_BEHIND ? sub : '';
  } catch {
    return '';
  }
}

function makeProvider(url: string, jwk: object): Provider {
  return new Provider(url, {
    jwks: { keys: [jwk as never] },
    clients: [
      {
        client_id: EXCHANGER.id,
        client_secret: EXCHANGER.secret,
        grant_types: [GRANT, 'client_credentials'],
        redirect_uris: [],
        response_types: [],
        token_endpoint_auth_method: 'client_secret_post',
        id_token_signed_response_alg: 'ES256',
      },
    ],
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
  });
}

async function exchanged(provider: Provider, context: KoaContextWithOIDC, accountId: string) {
  const { client } = context.oidc;
  if (client === undefined) throw new errors.InvalidClient();
  const token = new provider.AccessToken({ accountId, client, grantId: '', gty: GRANT } as never);
  token.resourceServer = new provider.ResourceServer(AUDIENCE_BEHIND, {
    audience: AUDIENCE_BEHIND,
    scope: '',
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'ES256' } },
  });
  return {
    access_token: await token.save(),
    issued_token_type: ACCESS_TOKEN,
    token_type: 'Bearer',
    expires_in: 300,
  };
}

async function passOn(url: string, response: ServerResponse, form: URLSearchParams) {
  const answer = await fetch(`${url}/token`, { method: 'POST', body: form });
  response.writeHead(answer.status, { 'content-type': 'application/json' });
  response.end(await answer.text());
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  return new URLSearchParams(body);
}

type HttpServer = ReturnType<typeof createServer>;

async function listen(server: HttpServer): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function stop(server: HttpServer): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
