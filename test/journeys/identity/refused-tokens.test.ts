/** Tokens that somebody has built, turned or taken from elsewhere: none of them lets anybody in. */
import { createHash, createHmac, createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { CompactSign, SignJWT, exportJWK, exportSPKI, generateKeyPair, importJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bearer } from '../../kit/api-keys.ts';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { sendModern } from '../../kit/modern-request.ts';
import { CLIENT, startIssuer, type TestIssuer } from '../../kit/oidc.ts';
import {
  CALLBACK,
  CLIENT_DOCUMENT,
  signIn,
  startPeopleIssuer,
  type PeopleIssuer,
} from '../../kit/oidc-people.ts';
import { startScripted, toolText, type ScriptedUpstream } from '../../kit/scripted-upstream.ts';

const PUBLIC = 'https://tools.example.com';
const AUDIENCE = `${PUBLIC}/mcp`;
const CALL = { method: 'tools/call', name: 'up__say', params: '"name":"up__say","arguments":{}' };

let issuer: TestIssuer;
let other: TestIssuer;
let people: PeopleIssuer;
let upstream: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  issuer = await startIssuer();
  other = await startIssuer();
  people = await startPeopleIssuer();
  upstream = await startScripted({
    tools: [toolText('say')],
    answer: () => '{"resultType":"complete","content":[{"type":"text","text":"hello"}]}',
  });
  const introspection = { clientId: CLIENT.id, clientSecret: CLIENT.secret };
  gateway = await startGateway({
    server: { publicUrl: PUBLIC },
    identity: {
      oauth: [
        { issuer: issuer.url, audience: AUDIENCE, prefix: '', introspection },
        // What is given out for a client is an audience as well: only the type tells an ID token.
        {
          issuer: people.url,
          audience: [AUDIENCE, CLIENT_DOCUMENT],
          requireAtJwt: true,
          prefix: 'people:',
        },
      ],
    },
    policy: { default: 'allow' },
    upstreams: { up: { mcp: { url: upstream.url, era: '2026-07-28' } } },
  });
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
  await issuer.close();
  await other.close();
  await people[Symbol.asyncDispose]();
});

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;
const usual = (more: object = {}) => ({
  iss: issuer.url,
  sub: 'alice',
  aud: AUDIENCE,
  exp: inSeconds(600),
  client_id: 'assistant',
  ...more,
});
const b64 = (text: string): string => Buffer.from(text).toString('base64url');
const part = (value: object): string => b64(JSON.stringify(value));

async function publicJwk(): Promise<Record<string, string>> {
  const { keys } = (await (await fetch(`${issuer.url}/jwks`)).json()) as {
    keys: Record<string, string>[];
  };
  return keys[0] ?? {};
}

function hmac(header: object, secret: string | Buffer): string {
  const text = `${part(header)}.${part(usual())}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** A token signed with a key of somebody's own. */
async function ownKey(header: Record<string, unknown>, alg = 'ES256'): Promise<string> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return await new SignJWT(usual()).setProtectedHeader({ alg, ...header }).sign(privateKey);
}

/** Signed by the issuer's own key, with a payload that no library would write. */
async function rawPayload(payload: string): Promise<string> {
  const { privateKey } = issuer.signingKey();
  return await new CompactSign(Buffer.from(payload))
    .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
    .sign(privateKey);
}

/** What a client learns of a person who signs in to it, in a token that is signed as well. */
async function idToken(): Promise<string> {
  const verifier = 'v'.repeat(64);
  const query = new URLSearchParams({
    client_id: CLIENT_DOCUMENT,
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope: 'openid',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const back = await signIn(new URL(`${people.url}/auth?${query.toString()}`), 'ann');
  const form = {
    grant_type: 'authorization_code',
    code: back.get('code') ?? '',
    redirect_uri: CALLBACK,
    client_id: CLIENT_DOCUMENT,
    code_verifier: verifier,
  };
  const body = new URLSearchParams(form);
  const tokens = await fetch(`${people.url}/token`, { method: 'POST', body });
  const { id_token } = (await tokens.json()) as { id_token?: string };
  if (id_token === undefined) throw new Error('no ID token');
  return id_token;
}

describe('is refused', () => {
  test.each<[string, () => Promise<string> | string]>([
    ['alg none', () => `${part({ alg: 'none' })}.${part(usual())}.`],
    ['alg None, spelt otherwise', () => `${part({ alg: 'nOnE' })}.${part(usual())}.`],
    ['alg none with a signature', () => `${part({ alg: 'none' })}.${part(usual())}.AAAA`],
    ['no alg', () => `${part({})}.${part(usual())}.AAAA`],
    [
      'HMAC with the published key as JSON',
      async () => hmac({ alg: 'HS256', kid: 'k1' }, JSON.stringify(await publicJwk())),
    ],
    [
      'HMAC with the published key as PEM',
      async () => {
        const key = createPublicKey({ key: await publicJwk(), format: 'jwk' });
        return hmac({ alg: 'HS256', kid: 'k1' }, key.export({ type: 'spki', format: 'pem' }));
      },
    ],
    [
      'HMAC with the published key as its exporter writes it',
      async () => {
        const key = await importJWK(await publicJwk(), 'ES256');
        if (key instanceof Uint8Array) throw new Error('no public key');
        return hmac({ alg: 'HS256', kid: 'k1' }, await exportSPKI(key));
      },
    ],
    ['HMAC with nothing', () => hmac({ alg: 'HS256', kid: 'k1' }, '')],
    ['another kind of key under the same id', () => ownKey({ kid: 'k1' }, 'RS256')],
    ['the same kind of key under the same id', () => ownKey({ kid: 'k1' })],
    ['a key without an id', () => ownKey({})],
    [
      'a key that the token brings itself',
      async () => {
        const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
        const jwk = await exportJWK(publicKey);
        return await new SignJWT(usual())
          .setProtectedHeader({ alg: 'ES256', kid: 'k1', jwk })
          .sign(privateKey);
      },
    ],
    ['an address of keys in the token', () => ownKey({ kid: 'x', jku: `${other.url}/jwks` })],
    ['a key id that is a path', () => ownKey({ kid: '../../../../dev/null' })],
    [
      'a critical header nobody knows',
      () => `${part({ alg: 'ES256', kid: 'k1', crit: ['x'], x: 1 })}.${part(usual())}.AAAA`,
    ],
    [
      'its own claims twice',
      () => rawPayload(JSON.stringify(usual({ aud: 'x' })).replace('}', `,"aud":"${AUDIENCE}"}`)),
    ],
    [
      'its own issuer twice',
      () => rawPayload(JSON.stringify(usual()).replace('{', `{"iss":"${other.url}",`)),
    ],
    [
      'a name twice deep inside',
      () => rawPayload(JSON.stringify(usual()).replace('{', '{"act":{"sub":"a","sub":"b"},')),
    ],
    ['no object', () => rawPayload('[1]')],
    [
      'claims nested without end',
      () =>
        rawPayload(
          JSON.stringify(usual()).replace('{', `{"x":${'['.repeat(500)}${']'.repeat(500)},`),
        ),
    ],
    ['the type of a logout token', () => issuer.sign(usual(), { typ: 'logout+jwt' })],
    ['the type of a proof', () => issuer.sign(usual(), { typ: 'dpop+jwt' })],
    ['events in it', () => issuer.sign(usual({ events: {} }))],
    ['a proof to be shown', () => issuer.sign(usual({ cnf: { jkt: 'abc' } }))],
    ['a kind that is no access', () => issuer.sign(usual({ typ: 'Refresh' }))],
    ['an ID token', () => idToken()],
    ['no time', () => issuer.sign({ sub: 'alice', aud: AUDIENCE })],
    [
      'a time that is a text',
      () => rawPayload(JSON.stringify(usual({ exp: String(inSeconds(600)) }))),
    ],
    [
      'a time beyond all numbers',
      () => rawPayload(JSON.stringify(usual()).replace(/"exp":\d+/, '"exp":1e999')),
    ],
    ['no audience', () => issuer.sign({ sub: 'alice', exp: inSeconds(600) })],
    [
      'an audience that only begins so',
      () => issuer.sign(usual({ aud: `${AUDIENCE}.evil.example` })),
    ],
    ['an audience in other letters', () => issuer.sign(usual({ aud: AUDIENCE.toUpperCase() }))],
    ['the issuer with a slash', () => issuer.sign(usual({ iss: `${issuer.url}/` }))],
    ['the issuer in a list', () => rawPayload(JSON.stringify(usual({ iss: [issuer.url] })))],
    [
      'no subject and no client',
      () => issuer.sign(usual({ sub: undefined, client_id: undefined })),
    ],
    [
      'a subject that is a number',
      () => rawPayload(JSON.stringify(usual({ sub: 1, client_id: undefined }))),
    ],
    ['an actor that is a text', () => issuer.sign(usual({ act: 'planner' }))],
    ['a name that is too long', () => issuer.sign(usual({ sub: 'a'.repeat(600) }))],
    ['five parts', async () => `${await issuer.sign(usual())}.a.b`],
  ])('%s', async (_what, make) => {
    const before = upstream.calls.length;
    const token = await make();
    const answer = await sendModern(gateway.url, { ...CALL, headers: bearer(token) });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(answer.text).not.toContain(token.slice(-40));
    expect(upstream.calls.length).toBe(before);
  });

  test('the same content, signed as it should be, is not', async () => {
    const token = await rawPayload(JSON.stringify(usual()));
    expect((await sendModern(gateway.url, { ...CALL, headers: bearer(token) })).status).toBe(200);
  });
});

describe('a header', () => {
  /** Header lines exactly as they are given, repeated ones too. */
  const post = async (lines: readonly string[]): Promise<number | undefined> => {
    const body = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
    const { host } = new URL(gateway.origin);
    const type = 'application/json';
    const usualLines = ['host', host, 'content-type', type, 'accept', `${type}, text/event-stream`];
    const headers = [...usualLines, 'content-length', String(body.length), ...lines];
    const asked = request(gateway.url, { method: 'POST', headers }).end(body);
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  };

  test.each<[string, (token: string) => readonly string[]]>([
    ['twice', (token) => ['authorization', `Bearer ${token}`, 'authorization', `Bearer ${token}`]],
    [
      'twice, one of them empty',
      (token) => ['authorization', '', 'authorization', `Bearer ${token}`],
    ],
    ['with two tokens', (token) => ['authorization', `Bearer ${token}, Bearer ${token}`]],
    ['of another scheme', (token) => ['authorization', `DPoP ${token}`]],
    ['without a scheme', (token) => ['authorization', token]],
    ['of a proxy', (token) => ['proxy-authorization', `Bearer ${token}`]],
    ['of a cookie', (token) => ['cookie', `access_token=${token}`]],
    [
      'that a proxy might set',
      (token) => ['x-forwarded-access-token', token, 'x-forwarded-user', 'alice'],
    ],
  ])('%s counts for nothing', async (_what, headers) => {
    expect(await post(headers(await issuer.sign(usual())))).toBe(401);
  });
});
