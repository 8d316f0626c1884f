/** A failure never selects a weaker mode: what leaves, whatever a token endpoint does. */
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { jwtVerify } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { ask, openPool, type Asked } from '../egress/index.ts';
import { principalOf, systemClock, type Clock, type Principal } from '../kernel/index.ts';
import { createCredentials } from './index.ts';
import type { AuthSettings } from './settings.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

interface Heard {
  readonly headers: IncomingMessage['headers'];
  readonly url: string;
  readonly body: URLSearchParams;
}

type Answer = { status?: number; body?: unknown; silent?: true };

async function serve(answer: (heard: Heard, count: number) => Answer) {
  const heard: Heard[] = [];
  const server: Server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const one = {
        headers: request.headers,
        url: request.url ?? '',
        body: new URLSearchParams(text),
      };
      heard.push(one);
      const { status = 200, body = {}, silent } = answer(one, heard.length);
      if (silent === true) return;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  open.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { origin: `http://127.0.0.1:${port}`, heard };
}

const ALICE = principalOf({ id: 'alice', kind: 'user', verifiedBy: 'oauth' });
const BOB = principalOf({ id: 'bob', kind: 'user', verifiedBy: 'oauth' });
const KEY = principalOf({ id: 'key', kind: 'agent', verifiedBy: 'key' });
const SUBJECTS = new Map([
  [ALICE, 'inbound-canary-alice'],
  [BOB, 'inbound-canary-bob'],
]);

interface Setting {
  readonly auth: (tokenUrl: string) => AuthSettings;
  readonly grant?: (heard: Heard, count: number) => Answer;
  readonly accepts?: (authorization: string) => boolean;
  readonly clock?: Clock;
}

async function world({ auth, grant, accepts = () => true, clock = systemClock }: Setting) {
  const issuer = await serve(
    grant ?? ((_heard, n) => ({ body: { access_token: `t${n}`, token_type: 'Bearer' } })),
  );
  const api = await serve(({ headers }) => ({
    status: accepts(headers.authorization ?? '') ? 200 : 401,
  }));
  const learnt: string[] = [];
  const room = createCredentials({ clock, subjectTokenOf: (who) => SUBJECTS.get(who) });
  const upstream = room.open(auth(`${issuer.origin}/token`), undefined, (each) =>
    learnt.push(each),
  );
  const pool = openPool(api.origin, { connectTimeoutMs: 1000, maxConnections: 8 });
  open.push(
    () => pool.destroy(),
    () => upstream.close(),
  );
  const send = (who?: Principal): Promise<Asked> =>
    ask(
      upstream.bind(pool, who),
      { method: 'POST', path: '/x?a=1', headers: ['X-One', '1'], body: Buffer.from('{}') },
      { maxBytes: 10_000, timeoutMs: 60_000, clock: systemClock },
    );
  return { issuer, api, send, upstream, learnt };
}

const client = (tokenUrl: string): AuthSettings => ({
  clientCredentials: {
    tokenUrl,
    clientId: 'gw',
    clientSecret: 's3cret+/',
    sendIn: 'header',
    scopes: ['a', 'b'],
  },
});
const KEY_PAIR = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PRIVATE_KEY = KEY_PAIR.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const keyed = (tokenUrl: string): AuthSettings => ({
  clientCredentials: {
    tokenUrl,
    clientId: 'gw',
    clientKey: { key: PRIVATE_KEY, id: 'k1' },
    sendIn: 'header',
  },
});
const exchanging = (tokenUrl: string): AuthSettings['tokenExchange'] => ({
  tokenUrl,
  clientId: 'gw',
  clientKey: { key: PRIVATE_KEY },
  sendIn: 'header',
  discovery: 'none',
});
const exchange = (tokenUrl: string): AuthSettings => ({
  tokenExchange: {
    tokenUrl,
    clientId: 'gw',
    clientSecret: 's3cret',
    sendIn: 'body',
    audience: 'crm',
    discovery: { bearer: 'own-canary' },
  },
});

test('what never changes is bound to nothing: the connections are the same', async () => {
  const { upstream } = await world({ auth: () => ({ bearer: 'static' }) });
  const pool = openPool('http://127.0.0.1:1', { connectTimeoutMs: 1, maxConnections: 1 });
  expect(upstream.bind(pool, ALICE)).toBe(pool);
  expect(upstream.fixed?.headers).toEqual(['authorization', 'Bearer static']);
});

test('a key in the query is put behind what stands there', async () => {
  const { send, api } = await world({ auth: () => ({ query: { name: 'k ey', value: 'a&b' } }) });
  await send();
  expect(api.heard[0]?.url).toBe('/x?a=1&k%20ey=a%26b');
});

describe('client credentials', () => {
  test('one token for all who need it at the same time, kept until shortly before its end', async () => {
    const clock = new ManualClock();
    const grant = (_: Heard, n: number) => ({
      body: { access_token: `t${n}`, token_type: 'bearer', expires_in: 100 },
    });
    const { send, issuer, api } = await world({ auth: client, grant, clock });
    await Promise.all([send(), send(ALICE), send(BOB)]);
    expect(issuer.heard).toHaveLength(1);
    expect(Object.fromEntries(issuer.heard[0]?.body ?? [])).toEqual({
      grant_type: 'client_credentials',
      scope: 'a b',
    });
    const pair = Buffer.from('gw:s3cret%2B%2F').toString('base64');
    expect(issuer.heard[0]?.headers.authorization).toBe(`Basic ${pair}`);
    expect(new Set(api.heard.map(({ headers }) => headers.authorization))).toEqual(
      new Set(['Bearer t1']),
    );
    await clock.advance(91_000);
    await send();
    expect(api.heard.at(-1)?.headers.authorization).toBe('Bearer t2');
  });

  test('by a key: each request shows an assertion of its own, and neither key nor secret', async () => {
    const both = [keyed, (tokenUrl: string) => ({ tokenExchange: exchanging(tokenUrl) })];
    for (const auth of both) {
      const { send, issuer, api } = await world({
        auth,
        accepts: (value) => value !== 'Bearer t1',
      });
      expect(await send(ALICE)).toMatchObject({ kind: 'answer', status: 200 });
      expect(issuer.heard).toHaveLength(2);
      const ids = new Set<unknown>();
      for (const { headers, body } of issuer.heard) {
        expect(headers.authorization).toBeUndefined();
        expect(body.get('client_secret')).toBeNull();
        expect(body.getAll('client_id')).toEqual(['gw']);
        expect(body.get('client_assertion_type')).toMatch(/:jwt-bearer$/);
        const assertion = body.get('client_assertion') ?? '';
        const { payload } = await jwtVerify(assertion, KEY_PAIR.publicKey, {
          issuer: 'gw',
          subject: 'gw',
          audience: `${issuer.origin}/token`,
        });
        ids.add(payload.jti);
      }
      expect(ids.size).toBe(2);
      expect(JSON.stringify([issuer.heard, api.heard])).not.toContain('PRIVATE');
    }
  });

  test('refused once it is fetched anew and the request made again, refused twice it is told', async () => {
    const once = await world({ auth: client, accepts: (value) => value !== 'Bearer t1' });
    expect(await once.send()).toMatchObject({ kind: 'answer', status: 200 });
    expect(once.api.heard).toHaveLength(2);
    const never = await world({ auth: client, accepts: () => false });
    expect(await never.send()).toMatchObject({ kind: 'answer', status: 401 });
    expect(never.api.heard).toHaveLength(2);
    expect(never.issuer.heard).toHaveLength(2);
  });
});

describe('exchange', () => {
  test("gives each caller's token for another, which is all that leaves", async () => {
    const { send, issuer, api, learnt } = await world({ auth: exchange });
    await Promise.all([send(ALICE), send(ALICE), send(BOB)]);
    await send(ALICE);
    expect(new Set(issuer.heard.map(({ body }) => body.get('subject_token')))).toEqual(
      new Set(SUBJECTS.values()),
    );
    expect(issuer.heard).toHaveLength(2);
    expect(Object.fromEntries(issuer.heard[0]?.body ?? [])).toMatchObject({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      audience: 'crm',
      client_id: 'gw',
      client_secret: 's3cret',
    });
    expect(JSON.stringify(api.heard)).not.toMatch(/inbound-canary|own-canary|s3cret/);
    expect(learnt.toSorted()).toEqual(['t1', 't2']);
  });

  test('lists are read with what the operator says', async () => {
    const { send, issuer, api } = await world({ auth: exchange });
    await send();
    expect(api.heard[0]?.headers.authorization).toBe('Bearer own-canary');
    expect(issuer.heard).toEqual([]);
  });

  test('a caller without an access token is refused, and nothing leaves', async () => {
    const { send, api, issuer } = await world({ auth: exchange });
    expect(await send(KEY)).toMatchObject({
      kind: 'failure',
      wasStarted: false,
      error: { refusal: { reason: 'upstream_credentials_unavailable' } },
    });
    expect([...api.heard, ...issuer.heard]).toEqual([]);
  });
});

describe.each([
  ['client credentials', client],
  ['client credentials by a key', keyed],
  ['exchange', exchange],
])('%s where the token endpoint', (_name, auth) => {
  test.each<[what: string, answer: Answer, says: RegExp]>([
    ['refuses', { status: 400, body: { error: 'invalid_grant' } }, /HTTP 400 \(invalid_grant\)/],
    ['breaks', { status: 500, body: 'x' }, /HTTP 500/],
    ['challenges', { status: 401, body: { error: 'bad <b>"' } }, /HTTP 401/],
    ['redirects', { status: 302 }, /HTTP 302/],
    ['gives nothing', { body: {} }, /no bearer token/],
    ['gives no JSON object', { body: 'token' }, /no bearer token/],
    ['gives another kind', { body: { access_token: 'x', token_type: 'DPoP' } }, /no bearer token/],
    ['gives N_A', { body: { access_token: 'x', token_type: 'N_A' } }, /no bearer token/],
    ['lies about the kind', { body: { access_token: 'x', token_type: 7 } }, /no bearer token/],
    [
      'gives what breaks a header',
      { body: { access_token: 'x\r\nY: z', token_type: 'Bearer' } },
      /no bearer token/,
    ],
    [
      'gives an ID token',
      {
        body: {
          access_token: 'x',
          token_type: 'Bearer',
          issued_token_type: 'urn:ietf:params:oauth:token-type:id_token',
        },
      },
      /no bearer token/,
    ],
  ])('%s', async (_what, answer, says) => {
    const { send, api } = await world({ auth, grant: () => answer });
    const asked = await send(ALICE);
    expect(asked).toMatchObject({
      kind: 'failure',
      wasStarted: false,
      error: {
        refusal: {
          reason: 'upstream_credentials_unavailable',
          text: expect.stringMatching(says),
        },
      },
    });
    expect(JSON.stringify(asked)).not.toMatch(/canary|s3cret|<b>|PRIVATE/);
    expect(api.heard).toEqual([]);
  });

  test('is silent', async () => {
    const clock = new ManualClock();
    const { send, api, issuer } = await world({ auth, grant: () => ({ silent: true }), clock });
    const asked = send(ALICE);
    await expect.poll(() => issuer.heard.length).toBe(1);
    await clock.advance(30_000);
    expect(await asked).toMatchObject({ kind: 'failure', wasStarted: false });
    expect(api.heard).toEqual([]);
  });

  test('is not there', async () => {
    const { send, api } = await world({ auth: () => auth('http://127.0.0.1:1/token') });
    expect(await send(ALICE)).toMatchObject({ kind: 'failure', wasStarted: false });
    expect(api.heard).toEqual([]);
  });

  test('gives back what it was given', async () => {
    const grant = ({ body }: Heard) => ({
      body: { access_token: body.get('subject_token') ?? '', token_type: 'Bearer' },
    });
    const { send, api } = await world({ auth, grant });
    expect(await send(ALICE)).toMatchObject({ kind: 'failure', wasStarted: false });
    expect(api.heard).toEqual([]);
  });
});
