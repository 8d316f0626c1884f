import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../../../test/kit/manual-clock.ts';
import { RawServer } from '../../../../../test/kit/raw-server.ts';
import { openPool } from '../../../egress/index.ts';
import { systemClock, type Clock } from '../../../kernel/index.ts';
import type { ApiCall, AuthNeed, AuthScheme } from '../../api/model.ts';
import { authSchema } from '../../auth-schema.ts';
import type { HttpRequest } from '../encode/request.ts';
import { createSecretFilter } from '../reply/secret-filter.ts';
import { createCredentials } from './credentials.ts';
import { createServers, type ServerSettings } from './servers.ts';
import { createTokens } from './tokens.ts';
import { createTransport } from './transport.ts';

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function serve(listener: RequestListener): Promise<{ server: Server; origin: string }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const scheme = (name: string, more: Partial<AuthScheme> = {}): AuthScheme => ({
  name,
  kind: 'api_key',
  words: `the key ${name}`,
  location: 'header',
  parameter: 'X-Key',
  tokenUrl: '',
  ...more,
});

const SCHEMES = [
  scheme('key'),
  scheme('queryKey', { location: 'query', parameter: 'key' }),
  scheme('cookieKey', { location: 'cookie', parameter: 'sid' }),
  scheme('bearer', { kind: 'bearer' }),
  scheme('basic', { kind: 'basic' }),
  scheme('oauth', { kind: 'oauth2' }),
  scheme('other', { kind: 'other' }),
  scheme('cert', { kind: 'mutual_tls' }),
];

interface Options {
  readonly auth?: unknown;
  readonly saysNeeds?: boolean;
  readonly clock?: Clock;
  readonly servers?: Partial<ServerSettings>;
  readonly headers?: readonly string[];
}

function open(url: string, options: Options = {}) {
  const clock = options.clock ?? systemClock;
  const auth = options.auth === undefined ? undefined : authSchema.parse(options.auth);
  const secrets = createSecretFilter(['configured-secret']);
  const tokenPool = new Map<string, ReturnType<typeof openPool>>();
  const tokens = createTokens({
    schemes: auth?.schemes ?? {},
    clock,
    endpoint: (client) => new URL(client.tokenUrl ?? 'http://127.0.0.1:1/'),
    pool: ({ origin }) => {
      const pool = openPool(origin, { connectTimeoutMs: 1000, maxConnections: 4 });
      tokenPool.set(origin, pool);
      return pool;
    },
    learn: (token) => secrets.learn(token),
  });
  const servers = createServers({
    url,
    servers: [],
    documentUrl: '',
    hosts: [],
    connectTimeoutMs: 1000,
    ...options.servers,
  });
  cleanups.push(async () => {
    await servers.close();
    for (const pool of tokenPool.values()) await pool.destroy();
  });
  const { saysNeeds = true } = options;
  const credentials = createCredentials({ auth, schemes: SCHEMES, tokens, saysNeeds });
  const headers = options.headers ?? [];
  const transport = createTransport({ servers, credentials, tokens, secrets, clock, headers });
  return {
    credentials,
    send: (request: Partial<HttpRequest> = {}, need: AuthNeed = [], call: Partial<ApiCall> = {}) =>
      transport.send(
        {
          kind: 'request',
          method: 'GET',
          server: '',
          path: '/pets',
          headers: ['Accept', 'application/json'],
          body: null,
          ...request,
        },
        need,
        {
          signal: new AbortController().signal,
          timeoutMs: 60_000,
          maxAnswerBytes: 10_000,
          pageUrl: '',
          ...call,
        },
      ),
  };
}

const json =
  (value: unknown, status = 200): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };

const need = (...schemes: string[]): AuthNeed => [
  schemes.map((one) => ({ scheme: one, scopes: [] })),
];

describe('a call', () => {
  test('arrives as it was encoded, with what is configured', async () => {
    let seen: IncomingMessage | undefined;
    const { origin } = await serve((request, response) => {
      seen = request;
      json({ ok: true })(request, response);
    });
    const reply = await open(`${origin}/v1`, { headers: ['x-tenant', '7'] }).send({
      method: 'QUERY',
      path: '/pets/a%2Fb?tag=x%26y',
      headers: ['Accept', 'application/json', 'Content-Type', 'application/json'],
      body: Buffer.from('{"a":1}'),
    });
    expect(reply).toMatchObject({ kind: 'answer', status: '200', body: { value: { ok: true } } });
    expect(seen).toMatchObject({ method: 'QUERY', url: '/v1/pets/a%2Fb?tag=x%26y' });
    expect(seen?.headers).toMatchObject({ 'x-tenant': '7', 'content-length': '7' });
    expect(seen?.headers['accept-encoding']).toBeUndefined();
  });

  test('to a silent API ends with its time', async () => {
    const clock = new ManualClock();
    const { server, origin } = await serve(() => server.emit('came'));
    const came = once(server, 'came');
    const reply = open(origin, { clock }).send({}, [], { timeoutMs: 100 });
    await came;
    await clock.advance(100);
    expect(await reply).toMatchObject({ kind: 'broken', reason: 'upstream_timeout' });
  });

  test('that is cancelled closes its connection', async () => {
    const { server, origin } = await serve((request) => {
      request.socket.on('close', () => server.emit('gone'));
      server.emit('came');
    });
    const [came, gone] = [once(server, 'came'), once(server, 'gone')];
    const abort = new AbortController();
    const reply = open(origin).send({}, [], { signal: abort.signal });
    await came;
    abort.abort();
    expect(await reply).toMatchObject({ kind: 'broken', reason: 'cancelled' });
    await gone;
  });

  test('with a huge answer is broken off', async () => {
    const { server, origin } = await serve((_request, response) => {
      response.on('close', () => server.emit('gone'));
      const piece = Buffer.alloc(100_000, ' ');
      const more = (): void => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', more);
      more();
    });
    const gone = once(server, 'gone');
    expect(await open(origin).send()).toMatchObject({
      kind: 'broken',
      reason: 'result_too_large',
    });
    await gone;
  });

  test.each([
    ['HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc', 'upstream_closed'],
    [
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n',
      'upstream_invalid',
    ],
    ['nonsense\r\n\r\n', 'upstream_invalid'],
    ['', 'upstream_closed'],
  ])('answered with %j is %s', async (answer, reason) => {
    await using raw = await RawServer.listen();
    const reply = open(raw.origin).send();
    const peer = await raw.peer(0);
    await peer.request();
    peer.socket.end(answer);
    expect(await reply).toMatchObject({ kind: 'broken', reason });
  });

  test('to nobody says so without its path', async () => {
    const { server, origin } = await serve(() => undefined);
    await new Promise((resolve) => server.close(resolve));
    cleanups.pop();
    const reply = await open(`${origin}/secret-path`).send();
    expect(reply).toMatchObject({ kind: 'broken', reason: 'upstream_unavailable' });
    expect(JSON.stringify(reply)).not.toContain('secret-path');
  });

  test.each(['gzip', 'x-gzip'])(
    'answered with %s that nobody asked for is read',
    async (coding) => {
      const { origin } = await serve((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': coding });
        response.end(gzipSync('{"a":1}'));
      });
      expect(await open(origin).send()).toMatchObject({
        kind: 'answer',
        body: { value: { a: 1 } },
      });
    },
  );

  test.each([
    ['gzip', gzipSync(Buffer.alloc(5_000_000)), 'result_too_large'],
    ['gzip', Buffer.from('no gzip'), 'upstream_invalid'],
    ['rot13', Buffer.from('nopq'), 'upstream_invalid'],
  ])('answered with a bad %s body is broken', async (coding, body, reason) => {
    const { origin } = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': coding });
      response.end(body);
    });
    expect(await open(origin).send()).toMatchObject({ kind: 'broken', reason });
  });

  test('with a stream is read until it says that it is over', async () => {
    const { origin } = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"a":1}\n\ndata: [DONE]\n\n');
    });
    expect(await open(origin).send()).toMatchObject({
      kind: 'answer',
      body: { kind: 'json', value: [{ a: 1 }] },
    });
  });
});

describe('a redirect', () => {
  const redirecting =
    (to: string, status = 302): RequestListener =>
    (request, response) => {
      if (request.url === '/moved') json({ method: request.method })(request, response);
      else response.writeHead(status, { location: to }).end();
    };

  test.each([301, 302, 303, 307, 308])(
    'of a GET within its origin is followed: %i',
    async (status) => {
      const { origin } = await serve(redirecting('/moved', status));
      expect(await open(origin).send()).toMatchObject({
        kind: 'answer',
        body: { value: { method: 'GET' } },
      });
    },
  );

  test.each(['POST', 'PUT', 'DELETE', 'QUERY'])('of a %s is not', async (method) => {
    const { origin } = await serve(redirecting('/moved'));
    expect(await open(origin).send({ method })).toMatchObject({
      kind: 'failure',
      class: 'redirect',
      status: '302',
    });
  });

  test.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://127.0.0.1:1/x?token=t',
    'https://example.com/',
    'file:///etc/passwd',
    'http://',
  ])('to %s is not', async (to) => {
    const { origin } = await serve(redirecting(to));
    const reply = await open(origin).send();
    expect(reply).toMatchObject({ kind: 'failure', class: 'redirect' });
    expect(JSON.stringify(reply)).not.toContain('token=t');
  });

  test('in circles ends after three', async () => {
    let requests = 0;
    const { origin } = await serve((request, response) => {
      requests++;
      redirecting('/again')(request, response);
    });
    expect(await open(origin).send()).toMatchObject({ kind: 'failure', class: 'redirect' });
    expect(requests).toBe(4);
  });
});

describe('the next page', () => {
  test('by its header is named without credentials, and asked for with them', async () => {
    const urls: string[] = [];
    const { origin } = await serve((request, response) => {
      urls.push(request.url ?? '');
      response.setHeader('link', `<https://api.example.com/v1/pets?key=k3y&page=2>; rel="next"`);
      json([])(request, response);
    });
    const api = open(`${origin}/v1`, {
      auth: { schemes: { queryKey: 'k3y' } },
      servers: { servers: ['https://api.example.com/v1'] },
    });
    const first = await api.send({}, need('queryKey'));
    const nextUrl = `${origin}/v1/pets?page=2`;
    expect(first).toMatchObject({ kind: 'answer', nextUrl });
    await api.send({}, need('queryKey'), { pageUrl: nextUrl });
    expect(urls).toEqual(['/v1/pets?key=k3y', '/v1/pets?page=2&key=k3y']);
  });

  test('on another host is not named, and not asked for', async () => {
    const { origin } = await serve((request, response) => {
      response.setHeader('link', '<http://evil.example.com/>; rel="next"');
      json([])(request, response);
    });
    const api = open(origin);
    expect(await api.send()).toMatchObject({ kind: 'answer', nextUrl: '' });
    expect(await api.send({}, [], { pageUrl: 'http://evil.example.com/' })).toMatchObject({
      kind: 'broken',
      reason: 'upstream_unavailable',
    });
  });
});

describe('credentials', () => {
  const seenBy = async (options: Options, wanted: AuthNeed) => {
    let seen: IncomingMessage | undefined;
    const { origin } = await serve((request, response) => {
      seen = request;
      json({})(request, response);
    });
    await open(origin, options).send({}, wanted);
    const { authorization, cookie, 'x-key': key } = seen?.headers ?? {};
    return [seen?.url, key, cookie, authorization];
  };
  const basic = `Basic ${Buffer.from('u:p').toString('base64')}`;
  const login = { username: 'u', password: 'p' };

  test.each<[string, unknown, AuthNeed, unknown[]]>([
    ['a key in a header', { key: 'k' }, need('key'), ['/pets', 'k', undefined, undefined]],
    [
      'a key in the query',
      { queryKey: 'k&' },
      need('queryKey'),
      ['/pets?key=k%26', undefined, undefined, undefined],
    ],
    [
      'a key in a cookie',
      { cookieKey: 'k' },
      need('cookieKey'),
      ['/pets', undefined, 'sid=k', undefined],
    ],
    [
      'a bearer token',
      { bearer: 't' },
      need('bearer'),
      ['/pets', undefined, undefined, 'Bearer t'],
    ],
    ['a password', { basic: login }, need('basic'), ['/pets', undefined, undefined, basic]],
    [
      'an access token as it is',
      { oauth: 't' },
      need('oauth'),
      ['/pets', undefined, undefined, 'Bearer t'],
    ],
    [
      'a scheme of another kind',
      { other: 'Custom x' },
      need('other'),
      ['/pets', undefined, undefined, 'Custom x'],
    ],
    [
      'two at once',
      { key: 'k', bearer: 't' },
      need('key', 'bearer'),
      ['/pets', 'k', undefined, 'Bearer t'],
    ],
    [
      'the first that is complete',
      { basic: login, key: 'k' },
      [...need('bearer', 'key'), ...need('key'), ...need('basic')],
      ['/pets', 'k', undefined, undefined],
    ],
    ['none where none is needed', { key: 'k' }, [], ['/pets', undefined, undefined, undefined]],
    [
      'one where it is optional',
      { key: 'k' },
      [[], ...need('key')],
      ['/pets', 'k', undefined, undefined],
    ],
    [
      'none where none fits',
      { key: 'k' },
      need('bearer'),
      ['/pets', undefined, undefined, undefined],
    ],
    [
      'none of the wrong form',
      { basic: 'k', key: login },
      [...need('basic'), ...need('key')],
      ['/pets', undefined, undefined, undefined],
    ],
    ['no certificate', { cert: 'k' }, need('cert'), ['/pets', undefined, undefined, undefined]],
  ])('%s', async (_what, schemes, wanted, expected) => {
    expect(await seenBy({ auth: { schemes } }, wanted)).toEqual(expected);
  });

  test.each<[string, unknown, unknown]>([
    ['a bearer token', { bearer: 't' }, 'Bearer t'],
    ['a password', { basic: login }, basic],
  ])('%s goes with every call', async (_what, auth, expected) => {
    const headers = ['authorization', String(expected)];
    expect(await seenBy({ headers }, [])).toEqual(['/pets', undefined, undefined, expected]);
    expect(open('http://127.0.0.1:1', { auth }).credentials.missing(need('key'))).toBe('');
  });

  test('all go where the document never says who needs what', async () => {
    const auth = { schemes: { key: 'k', bearer: 't' } };
    expect(await seenBy({ auth, saysNeeds: false }, [])).toEqual([
      '/pets',
      'k',
      undefined,
      'Bearer t',
    ]);
  });

  test('that are missing are named', async () => {
    const { origin } = await serve((_request, response) => {
      response.writeHead(401, { 'www-authenticate': 'Bearer realm="x", scope="read write"' }).end();
    });
    const reply = await open(origin).send({}, [...need('key', 'bearer'), ...need('basic')]);
    expect(reply).toMatchObject({ kind: 'failure', class: 'unauthenticated' });
    expect(reply.kind === 'failure' && reply.authHint).toBe(
      'a value for auth.schemes.key and auth.schemes.bearer or auth.schemes.basic in the configuration; the scopes read write.',
    );
  });

  test('that do not fit are said to the operator', () => {
    const schemes = { key: login, basic: 'x', cert: 'x', unknown: 'x', cookieKey: 'a;b' };
    const { problems } = open('http://127.0.0.1:1', { auth: { schemes } }).credentials;
    expect(problems.map((one) => one.split(':')[0])).toEqual(
      ['key', 'basic', 'cert', 'unknown', 'cookieKey'].map((name) => `auth.schemes.${name}`),
    );
  });
});

describe('an access token', () => {
  interface Grants {
    readonly bodies: string[];
    readonly logins: (string | undefined)[];
  }

  async function world(
    grant: (count: number) => { status?: number; body: unknown },
    accepts: (token: string) => boolean = () => true,
    more: object = {},
    clock: Clock = systemClock,
  ) {
    const grants: Grants = { bodies: [], logins: [] };
    const tokens: string[] = [];
    const issuer = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        grants.bodies.push(Buffer.concat(chunks).toString());
        grants.logins.push(request.headers.authorization);
        const { status = 200, body } = grant(grants.bodies.length);
        json(body, status)(request, response);
      });
    });
    const api = await serve((request, response) => {
      const token = (request.headers.authorization ?? '').replace('Bearer ', '');
      tokens.push(token);
      if (accepts(token)) json({ token })(request, response);
      else json({ error: `bad token ${token}` }, 401)(request, response);
    });
    const auth = {
      schemes: {
        oauth: {
          clientId: 'me',
          clientSecret: 'configured-secret',
          tokenUrl: `${issuer.origin}/token`,
          ...more,
        },
      },
    };
    const wanted: AuthNeed = [[{ scheme: 'oauth', scopes: ['a', 'b'] }]];
    const opened = open(api.origin, { auth, clock });
    return {
      grants,
      tokens,
      send: (request: Partial<HttpRequest> = {}) => opened.send(request, wanted),
    };
  }

  const granting = (expires?: number) => (count: number) => ({
    body: { access_token: `token-number-${count}`, token_type: 'bearer', expires_in: expires },
  });

  test('is fetched once for many, and not shown', async () => {
    const { send, grants, tokens } = await world(granting(3600));
    const replies = await Promise.all([send(), send(), send()]);
    expect(grants.bodies).toEqual(['grant_type=client_credentials&scope=a+b']);
    expect(grants.logins).toEqual([
      `Basic ${Buffer.from('me:configured-secret').toString('base64')}`,
    ]);
    expect(tokens).toEqual(['token-number-1', 'token-number-1', 'token-number-1']);
    expect(replies[0]).toMatchObject({ kind: 'answer', body: { value: { token: '[secret]' } } });
  });

  test('is asked for in the body where that is configured', async () => {
    const { send, grants } = await world(granting(), undefined, { sendIn: 'body', scopes: ['c'] });
    await send();
    expect(grants.logins).toEqual([undefined]);
    expect(grants.bodies[0]).toBe(
      'grant_type=client_credentials&scope=c&client_id=me&client_secret=configured-secret',
    );
  });

  test('is fetched again shortly before it ends', async () => {
    const clock = new ManualClock();
    const { send, tokens } = await world(granting(100), undefined, {}, clock);
    await send();
    await clock.advance(89_000);
    await send();
    await clock.advance(2000);
    await send();
    expect(tokens).toEqual(['token-number-1', 'token-number-1', 'token-number-2']);
  });

  test('that is refused is replaced once, for a POST too', async () => {
    const { send, tokens } = await world(granting(), (token) => token !== 'token-number-1');
    expect(await send({ method: 'POST', body: Buffer.from('{}') })).toMatchObject({
      kind: 'answer',
    });
    expect(tokens).toEqual(['token-number-1', 'token-number-2']);
  });

  test('that is refused always is a failure that does not show it', async () => {
    const { send, tokens } = await world(granting(), () => false);
    const reply = await send();
    expect(reply).toMatchObject({ kind: 'failure', class: 'unauthenticated' });
    expect(JSON.stringify(reply)).not.toContain('token-number');
    expect(tokens).toHaveLength(2);
  });

  test.each<[string, { status?: number; body: unknown }, string]>([
    [
      'a refusal',
      { status: 401, body: { error: 'invalid_client', error_description: 'configured-secret' } },
      '(invalid_client)',
    ],
    ['a failure', { status: 500, body: 'configured-secret' }, 'HTTP 500'],
    ['no token', { body: {} }, 'no bearer token'],
    [
      'a token of another type',
      { body: { access_token: 'x', token_type: 'mac' } },
      'no bearer token',
    ],
    ['a token with a line break', { body: { access_token: 'x\r\ny: z' } }, 'no bearer token'],
  ])('answered with %s is said in words, and asked for again', async (_what, answer, words) => {
    const { send, grants, tokens } = await world(() => answer);
    for (const times of [1, 2]) {
      const reply = await send();
      expect(reply).toMatchObject({
        kind: 'broken',
        reason: 'upstream_unavailable',
        text: expect.stringContaining(words),
      });
      expect(JSON.stringify(reply)).not.toContain('configured-secret');
      expect(grants.bodies).toHaveLength(times);
    }
    expect(tokens).toEqual([]);
  });
});
