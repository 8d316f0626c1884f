import { testCredentials } from '../../../../../test/kit/credentials.ts';
import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, json, need, openTransportWith, serve, type Options } from './test-transport.ts';
import { ManualClock } from '../../../../../test/kit/manual-clock.ts';
import { systemClock, type Clock } from '../../../kernel/index.ts';
import type { AuthNeed } from '../model.ts';
import type { HttpRequest } from './request.ts';

const openTransport = (url: string, options: Options = {}) =>
  openTransportWith(testCredentials(options.clock), url, options);

afterEach(closeAll);

describe('credentials', () => {
  const seenBy = async (options: Options, wanted: AuthNeed) => {
    let seen: IncomingMessage | undefined;
    const { origin } = await serve((request, response) => {
      seen = request;
      json({})(request, response);
    });
    await openTransport(origin, options).send({}, wanted);
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
    expect(await seenBy({ auth }, [])).toEqual(['/pets', undefined, undefined, expected]);
    expect(openTransport('http://127.0.0.1:1', { auth }).credentials.missing(need('key'))).toBe('');
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
    const reply = await openTransport(origin).send({}, [
      ...need('key', 'bearer'),
      ...need('basic'),
    ]);
    expect(reply).toMatchObject({ kind: 'failure', class: 'unauthenticated' });
    expect(reply.kind === 'failure' && reply.authHint).toBe(
      'a value for auth.schemes.key and auth.schemes.bearer or auth.schemes.basic in the configuration; the scopes read write.',
    );
  });

  test('that do not fit are said to the operator', () => {
    const schemes = { key: login, basic: 'x', cert: 'x', unknown: 'x', cookieKey: 'a;b' };
    const { problems } = openTransport('http://127.0.0.1:1', { auth: { schemes } }).credentials;
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
    const opened = openTransport(api.origin, { auth, clock });
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
        reason: 'upstream_credentials_unavailable',
        text: expect.stringContaining(words),
      });
      expect(JSON.stringify(reply)).not.toContain('configured-secret');
      expect(grants.bodies).toHaveLength(times);
    }
    expect(tokens).toEqual([]);
  });
});
