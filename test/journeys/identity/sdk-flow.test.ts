/** The whole way of a client of the official SDK: from a refusal to tokens, calls, refreshes and more scopes. */
import {
  Client,
  StreamableHTTPClientTransport,
  UnauthorizedError,
  type OAuthClientProvider,
} from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { sendModern } from '../../kit/modern-request.ts';
import {
  CALLBACK,
  CLIENT_DOCUMENT,
  signIn,
  startPeopleIssuer,
  type PeopleIssuer,
} from '../../kit/oidc-people.ts';
import { startScripted, toolText, type ScriptedUpstream } from '../../kit/scripted-upstream.ts';

const ANSWER = '{"resultType":"complete","content":[{"type":"text","text":"hello"}]}';
const ENDPOINTS = { default: '/mcp', staff: '/mcp/staff', 'far-away': '/mcp/far-away' };

let issuer: PeopleIssuer;
let upstream: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  issuer = await startPeopleIssuer();
  issuer.groups.set('ann', ['staff']);
  upstream = await startScripted({
    tools: [toolText('say'), toolText('erase')],
    answer: () => ANSWER,
  });
  gateway = await startGateway(configuration('http://127.0.0.1:1'));
  await gateway.reload(configuration(gateway.origin));
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
  await issuer[Symbol.asyncDispose]();
});

function configuration(publicUrl: string) {
  const audience = Object.values(ENDPOINTS).map((path) => `${publicUrl}${path}`);
  return {
    server: { publicUrl },
    identity: {
      oauth: [{ issuer: issuer.url, audience, clockSkewSeconds: 0, requireAtJwt: true }],
      scopes: { default: ['tools'], staff: ['tools', 'admin'], 'far-away': ['tools'] },
      itemScopes: [{ items: ['up/erase'], scopes: ['files:write'] }],
    },
    policy: {
      rules: [
        { name: 'staff erases', who: { groups: ['staff'] }, allow: ['up/*'] },
        { name: 'everybody speaks', allow: ['up/say'] },
      ],
    },
    endpoints: { default: {}, staff: {}, 'far-away': {} },
    upstreams: { up: { mcp: { url: upstream.url, era: '2026-07-28' } } },
  };
}

/** What a client keeps between its steps; `send` is where it sends the person last. */
class Keeper implements OAuthClientProvider {
  readonly redirectUrl = CALLBACK;
  readonly clientMetadataUrl?: string;
  readonly kept: Record<string, unknown> = {};
  sentTo: URL | undefined;

  constructor(clientMetadataUrl?: string) {
    if (clientMetadataUrl !== undefined) this.clientMetadataUrl = clientMetadataUrl;
  }
  get clientMetadata() {
    return {
      client_name: 'An assistant',
      redirect_uris: [CALLBACK],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
  }
  clientInformation() {
    return this.kept['client'] as never;
  }
  saveClientInformation(client: unknown) {
    this.kept['client'] = client;
  }
  tokens() {
    return this.kept['tokens'] as never;
  }
  saveTokens(tokens: unknown) {
    this.kept['tokens'] = tokens;
  }
  redirectToAuthorization(address: URL) {
    this.sentTo = address;
  }
  saveCodeVerifier(verifier: string) {
    this.kept['verifier'] = verifier;
  }
  codeVerifier() {
    return String(this.kept['verifier']);
  }
  token(): string {
    return (this.kept['tokens'] as { access_token: string }).access_token;
  }
}

type Mode = 'legacy' | 'auto';

function newClient(mode: Mode): Client {
  return new Client({ name: 'assistant', version: '1' }, { versionNegotiation: { mode } });
}

function transportTo(path: string, keeper: Keeper): StreamableHTTPClientTransport {
  return new StreamableHTTPClientTransport(new URL(`${gateway.origin}${path}`), {
    authProvider: keeper,
  });
}

/** Connects as somebody who has no token yet. */
async function begin(path: string, keeper: Keeper, mode: Mode, user: string): Promise<Client> {
  const first = transportTo(path, keeper);
  await expect(newClient(mode).connect(first)).rejects.toThrow(UnauthorizedError);
  if (keeper.sentTo === undefined) throw new Error('nobody was sent anywhere');
  await first.finishAuth(await signIn(keeper.sentTo, user));
  const client = newClient(mode);
  await client.connect(transportTo(path, keeper));
  return client;
}

/** What a token says, unverified. */
function claimsOf(keeper: Keeper): Record<string, unknown> {
  const [, payload = ''] = keeper.token().split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>;
}

describe.each(Object.entries(ENDPOINTS))('endpoint %s', (name, path) => {
  test.each<[string, Mode, string | undefined]>([
    ['that registers', 'auto', undefined],
    ['that registers, with sessions', 'legacy', undefined],
    ['with a document of its own', 'auto', CLIENT_DOCUMENT],
  ])('a client %s', async (_what, mode, document) => {
    const keeper = new Keeper(document);
    const before = issuer.asked.length;
    const client = await begin(path, keeper, mode, 'ann');
    const asked = issuer.asked.slice(before);
    expect(asked.includes('/reg')).toBe(document === undefined);

    const sent = keeper.sentTo?.searchParams;
    expect(sent?.get('resource')).toBe(`${gateway.origin}${path}`);
    expect(sent?.get('code_challenge_method')).toBe('S256');
    const scopes = name === 'staff' ? 'tools admin' : 'tools';
    // The client asks by itself to be refreshed, since the issuer says that it can.
    expect(sent?.get('scope')).toBe(`${scopes} offline_access`);
    expect(claimsOf(keeper)['aud']).toBe(`${gateway.origin}${path}`);

    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name).toSorted()).toEqual(['up__erase', 'up__say']);
    expect(await client.callTool({ name: 'up__say', arguments: {} })).toMatchObject({
      content: [{ text: 'hello' }],
    });
    await client.close();
  });
});

test('a token that has expired is refreshed by the client alone', async () => {
  const keeper = new Keeper();
  issuer.tokenSeconds = 2;
  const client = await begin('/mcp', keeper, 'auto', 'ann');
  issuer.tokenSeconds = 600;
  const old = keeper.token();
  const status = async () => {
    const headers = { authorization: `Bearer ${old}` };
    return (await sendModern(gateway.url, { method: 'tools/list', headers })).status;
  };
  await expect.poll(status, { timeout: 10_000, interval: 200 }).toBe(401);
  keeper.sentTo = undefined;
  expect(await client.callTool({ name: 'up__say', arguments: {} })).toMatchObject({
    content: [{ text: 'hello' }],
  });
  expect(keeper.token()).not.toBe(old);
  expect(keeper.sentTo).toBeUndefined();
  expect(issuer.tokenRequests.at(-1)?.get('grant_type')).toBe('refresh_token');
  await client.close();
});

describe('a call that needs more than the client has', () => {
  test.each<Mode>(['auto', 'legacy'])('asks the person again, for all of it (%s)', async (mode) => {
    // A client that registers is held by this issuer to the scopes that it registered with.
    const keeper = new Keeper(CLIENT_DOCUMENT);
    const client = await begin('/mcp', keeper, mode, 'ann');
    expect(claimsOf(keeper)['scope']).toBe('tools');
    const before = upstream.calls.length;
    keeper.sentTo = undefined;
    await expect(client.callTool({ name: 'up__erase', arguments: {} })).rejects.toThrow();
    expect(upstream.calls.length).toBe(before);
    const wanted: URL | undefined = keeper.sentTo;
    if (wanted === undefined) throw new Error('nobody was sent anywhere');
    expect((wanted as URL).searchParams.get('scope')?.split(' ').toSorted()).toEqual([
      'files:write',
      'offline_access',
      'tools',
    ]);
    const again = transportTo('/mcp', keeper);
    await again.finishAuth(await signIn(wanted, 'ann'));
    expect(await client.callTool({ name: 'up__erase', arguments: {} })).toMatchObject({
      content: [{ text: 'hello' }],
    });
    await client.close();
  });

  test('does so over plain HTTP and by every scope', async () => {
    const keeper = new Keeper();
    await (await begin('/mcp', keeper, 'auto', 'ann')).close();
    const answer = await fetch(`${gateway.origin}/api/default/tools/up__erase`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keeper.token()}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toBe(
      'Bearer realm="drawbridge", error="insufficient_scope", ' +
        `resource_metadata="${gateway.origin}/.well-known/oauth-protected-resource/mcp", ` +
        'scope="tools files:write"',
    );
  });

  test('is no call at all for who may not see the item', async () => {
    const keeper = new Keeper();
    const client = await begin('/mcp', keeper, 'auto', 'bob');
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['up__say']);
    keeper.sentTo = undefined;
    await expect(client.callTool({ name: 'up__erase', arguments: {} })).rejects.toThrow(
      /nothing of this name/,
    );
    expect(keeper.sentTo).toBeUndefined();
    await client.close();
  });
});
