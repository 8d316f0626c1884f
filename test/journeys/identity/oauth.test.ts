/** Access tokens of a real OpenID provider: who is let in, who is not, and how clients learn where to go. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bearer, openKeys } from '../../kit/api-keys.ts';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { sendModern } from '../../kit/modern-request.ts';
import { CLIENT, startIssuer, type TestIssuer } from '../../kit/oidc.ts';
import { ask, callTool } from '../../kit/rest-request.ts';
import { startScripted, toolText, type ScriptedUpstream } from '../../kit/scripted-upstream.ts';

const PUBLIC = 'https://tools.example.com';
const AUDIENCE = `${PUBLIC}/mcp`;
const CALL = { method: 'tools/call', name: 'up__say', params: '"name":"up__say","arguments":{}' };
const ANSWER = '{"resultType":"complete","content":[{"type":"text","text":"hello"}]}';

let issuer: TestIssuer;
let other: TestIssuer;
let upstream: ScriptedUpstream;
let gateway: TestGateway;

function configuration(more: object = {}) {
  return {
    server: { publicUrl: PUBLIC },
    identity: {
      keys: true,
      oauth: [
        {
          issuer: issuer.url,
          audience: AUDIENCE,
          introspection: { clientId: CLIENT.id, clientSecret: CLIENT.secret },
          ...more,
        },
      ],
      scopes: { default: ['tools'], admin: ['tools', 'admin'] },
    },
    policy: { default: 'allow' },
    endpoints: { default: {}, admin: {} },
    upstreams: { up: { mcp: { url: upstream.url, era: '2026-07-28' } } },
  };
}

beforeAll(async () => {
  issuer = await startIssuer();
  other = await startIssuer();
  upstream = await startScripted({ tools: [toolText('say')], answer: () => ANSWER });
  gateway = await startGateway(configuration());
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
  await issuer.close();
  await other.close();
});

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
const usual = (more: object = {}) => ({
  sub: 'alice',
  aud: AUDIENCE,
  exp: inSeconds(600),
  scope: 'tools',
  client_id: 'assistant',
  ...more,
});
const call = async (token: string, at = gateway) =>
  await sendModern(at.url, { ...CALL, headers: bearer(token) });

describe('a token that is good', () => {
  test('of a client of its own, signed', async () => {
    const answer = await call(await issuer.token(AUDIENCE));
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('hello')]);
  });

  test('of a client of its own, opaque: its issuer is asked once', async () => {
    const token = await issuer.token(AUDIENCE, 'tools', 'opaque');
    expect((await call(token)).status).toBe(200);
    const before = issuer.asked.length;
    expect((await call(token)).status).toBe(200);
    expect(issuer.asked.length).toBe(before);
  });

  test('over plain HTTP, and an API key beside it', async () => {
    const token = await issuer.token(AUDIENCE);
    expect((await callTool(gateway, 'up__say', '{}', bearer(token))).status).toBe(200);
    await using keys = await openKeys(gateway.stateDir);
    const key = await keys.add({ scopes: ['tools'] });
    const before = issuer.asked.length;
    expect((await call(key.text)).status).toBe(200);
    expect((await call(`${key.text.slice(0, -1)}x`)).status).toBe(401);
    expect(issuer.asked.length).toBe(before);
  });

  test('signed with a key that came after its issuer was asked for keys', async () => {
    await using own = await startIssuer();
    await using at = await startGateway(configuration({ issuer: own.url }));
    expect((await call(await own.sign(usual()), at)).status).toBe(200);
    await own.rotate();
    const token = await own.sign(usual());
    expect((await call(token, at)).status).toBe(200);
    const before = own.asked.length;
    for (const kid of ['a', 'b', 'c']) {
      expect((await call(await own.sign(usual(), { kid }), at)).status).toBe(401);
    }
    expect(own.asked.length).toBe(before);
  });

  test('with an actor: the person and the agent stay apart', async () => {
    const token = await issuer.sign(usual({ sub: 'bob', act: { sub: 'planner' } }));
    expect((await call(token)).status).toBe(200);
    const ids = (await gateway.records()).map(({ principal }) => String(principal));
    expect(ids.some((id) => id.endsWith(':bob:planner'))).toBe(true);
  });
});

describe('a token that does not count', () => {
  const b64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const hmac = async () => {
    // The public key as the secret of an HMAC: what a verifier does that believes the header.
    const jwks = await (await fetch(`${issuer.url}/jwks`)).text();
    const text = `${b64({ alg: 'HS256', kid: 'k1' })}.${b64({ iss: issuer.url, ...usual() })}`;
    return `${text}.${createHmac('sha256', jwks).update(text).digest('base64url')}`;
  };
  const tampered = async () => {
    const [head, , signature] = (await issuer.sign(usual())).split('.');
    return `${head}.${b64({ iss: issuer.url, ...usual({ sub: 'root' }) })}.${signature}`;
  };
  test.each<[string, () => Promise<string> | string, RegExp]>([
    [
      'for another audience',
      () => issuer.sign(usual({ aud: 'https://else.example' })),
      /another audience/,
    ],
    ['without an audience', () => issuer.sign({ ...usual(), aud: [] }), /audience/],
    ['expired', () => issuer.sign(usual({ exp: inSeconds(-60) })), /expired/],
    [
      'without an end',
      () => issuer.sign({ sub: 'a', aud: AUDIENCE, scope: 'tools' }),
      /when it expires/,
    ],
    ['not valid yet', () => issuer.sign(usual({ nbf: inSeconds(300) })), /not valid yet/],
    ['of an unknown key', () => issuer.sign(usual(), { kid: 'nobody' }), /a key that its issuer/],
    ['of another issuer', () => other.sign(usual()), /issuer that is not taken/],
    [
      'of another issuer that names this one',
      () => other.sign(usual({ iss: issuer.url })),
      /signature/,
    ],
    ['of nobody', () => issuer.sign({ aud: AUDIENCE, exp: inSeconds(60) }), /names nobody/],
    ['with an actor without a name', () => issuer.sign(usual({ act: {} })), /names nobody/],
    [
      'unsigned',
      () => `${b64({ alg: 'none' })}.${b64({ iss: issuer.url, ...usual() })}.`,
      /in a way/,
    ],
    ['signed with the public key as a secret', hmac, /in a way/],
    ['changed after it was signed', tampered, /signature/],
    ['garbage with dots', () => 'a.b.c', /cannot be read/],
    ['opaque and unknown', () => 'AbCdEf', /not valid any more/],
  ])('%s', async (_what, make, why) => {
    const before = upstream.calls.length;
    const token = await make();
    const answer = await call(token);
    expect(answer.status).toBe(401);
    expect(answer.text).toMatch(why);
    expect(answer.text).not.toContain(token);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(upstream.calls.length).toBe(before);
  });

  test('an ordinary token where at+jwt is asked for', async () => {
    await using at = await startGateway(configuration({ requireAtJwt: true }));
    expect((await call(await issuer.sign(usual(), { typ: 'JWT' }), at)).text).toContain(
      'no access token',
    );
    expect((await call(await issuer.sign(usual(), { typ: 'at+jwt' }), at)).status).toBe(200);
  });
});

describe('an issuer that cannot be asked', () => {
  test('lets nobody in that is not known, and no weaker way takes its place', async () => {
    await using own = await startIssuer();
    own.isDown = true;
    await using at = await startGateway(configuration({ issuer: own.url }));
    for (const token of [await own.sign(usual()), 'opaque-token']) {
      const answer = await call(token, at);
      expect(answer.status).toBe(503);
      expect(answer.text).toContain('identity_unavailable');
      expect(answer.headers.get('retry-after')).toBe('1');
    }
    expect((await sendModern(at.url, CALL)).status).toBe(401);
    expect(at.log.join('\n')).toContain('cannot be asked');
    expect(at.log.join('\n')).not.toContain(CLIENT.secret);
  });

  test('harms no token that is known already', async () => {
    await using own = await startIssuer();
    await using at = await startGateway(configuration({ issuer: own.url }));
    const token = await own.sign(usual());
    expect((await call(token, at)).status).toBe(200);
    own.isDown = true;
    expect((await call(token, at)).status).toBe(200);
  });
});

describe('how clients learn where to go', () => {
  const METADATA = `${PUBLIC}/.well-known/oauth-protected-resource`;

  test.each([
    ['', `${PUBLIC}/mcp`, ['tools']],
    ['/mcp', `${PUBLIC}/mcp`, ['tools']],
    ['/mcp/admin', `${PUBLIC}/mcp/admin`, ['tools', 'admin']],
  ])('the metadata of "%s", whatever Host says', async (path, resource, scopes) => {
    const answer = await ask(gateway, `/.well-known/oauth-protected-resource${path}`, {
      headers: { 'x-forwarded-host': 'evil.example' },
    });
    expect(answer.json()).toEqual({
      resource,
      authorization_servers: [issuer.url],
      scopes_supported: scopes,
      bearer_methods_supported: ['header'],
      resource_name: 'Drawbridge',
    });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });

  test('there is none of endpoints that do not exist', async () => {
    const answer = await ask(gateway, '/.well-known/oauth-protected-resource/mcp/none');
    expect(answer.status).toBe(404);
  });

  test('the challenge names it, and the scopes', async () => {
    const answer = await sendModern(gateway.url, CALL);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe(
      `Bearer realm="drawbridge", resource_metadata="${METADATA}/mcp", scope="tools"`,
    );
  });

  test('what lacks scopes is told all of them', async () => {
    const token = await issuer.token(AUDIENCE);
    const answer = await sendModern(`${gateway.url}/admin`, { ...CALL, headers: bearer(token) });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toBe(
      `Bearer realm="drawbridge", error="insufficient_scope", resource_metadata="${METADATA}/mcp/admin", scope="tools admin"`,
    );
    const enough = await issuer.token(AUDIENCE, 'tools admin');
    expect(
      (await sendModern(`${gateway.url}/admin`, { ...CALL, headers: bearer(enough) })).status,
    ).toBe(200);
  });
});

test('the token is in nothing that leaves: not upstream, log, record, answer or error', async () => {
  const token = await issuer.token(AUDIENCE);
  const signature = token.split('.')[2] ?? '';
  const said = [
    (await call(token)).text,
    (await call(`${token.slice(0, -6)}AAAAAA`)).text,
    (await ask(gateway, '/api/default/openapi.json', { headers: bearer(token) })).text,
    JSON.stringify(upstream.received.map((each) => [each.headers, each.text])),
    JSON.stringify(await gateway.records()),
    gateway.log.join('\n'),
  ];
  expect(said.filter((each) => each.includes(signature.slice(0, 40)))).toEqual([]);
});
