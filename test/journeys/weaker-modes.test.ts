/** A failure never selects a weaker mode: what the listener is told and shown, over real sockets. */
import { writeFileSync } from 'node:fs';
import { createServer, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bearer, openKeys, type TestKeys } from '../kit/api-keys.ts';
import { issueLocal, makeAuthority, type Issued } from '../kit/certificates.ts';
import { startGateway, type TestGateway } from '../kit/gateway.ts';
import { startIssuer } from '../kit/oidc.ts';
import { startScripted, toolText, type ScriptedUpstream } from '../kit/scripted-upstream.ts';
import { startTlsFront } from '../kit/tls-front.ts';

const authority = makeAuthority();
const callers = makeAuthority('Callers');
const server = issueLocal(authority);
const robot = callers.issue({ cn: 'robot', ou: ['reports'] });

let upstream: ScriptedUpstream;
beforeAll(async () => {
  upstream = await startScripted({
    tools: [toolText('say')],
    answer: () => '{"resultType":"complete","content":[{"type":"text","text":"hello"}]}',
  });
});
afterAll(() => upstream.close());

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** One call over REST on a connection of its own; status 0 where there is no answer. */
function call(origin: string, headers: Record<string, string> = {}, own?: Partial<Issued>) {
  const url = `${origin}/api/default/tools/up__say`;
  const shown = own === undefined ? {} : { cert: own.cert, key: own.key };
  const options = {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', ...headers },
  } as const;
  return new Promise<Answer>((resolve) => {
    const outgoing = url.startsWith('https:')
      ? tlsRequest(url, { ...options, ...shown, ca: authority.cert })
      : plainRequest(url, options);
    outgoing.on('error', () => resolve({ status: 0, text: '' }));
    outgoing.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    outgoing.end('{}');
  });
}

const behind = (config: object) => ({
  upstreams: { up: { mcp: { url: upstream.url, era: '2026-07-28' } } },
  ...config,
});

describe('local mode', () => {
  const ELSEWHERE = { 'x-forwarded-for': '203.0.113.7' };
  const CASES: readonly (readonly [string, object, Record<string, string>, number])[] = [
    ['a caller on this machine', {}, {}, 200],
    ['one that says so itself', {}, { 'x-forwarded-for': '127.0.0.1' }, 200],
    ['one for whom a proxy that nobody named speaks', {}, ELSEWHERE, 401],
    [
      'one that puts this machine in front',
      {},
      { 'x-forwarded-for': '127.0.0.1, 203.0.113.7' },
      401,
    ],
    ['one behind a named proxy', { trustedProxies: ['127.0.0.1'] }, ELSEWHERE, 401],
    [
      'one that forges the header of a named proxy',
      { trustedProxies: ['127.0.0.1'] },
      { 'x-forwarded-for': '127.0.0.1, 203.0.113.7' },
      401,
    ],
    [
      'one that forges the other header',
      { trustedProxies: ['127.0.0.1'] },
      { forwarded: 'for=127.0.0.1', ...ELSEWHERE },
      403,
    ],
    [
      'one whose address a named proxy hides',
      { trustedProxies: ['127.0.0.1'] },
      { 'x-forwarded-for': 'unknown' },
      403,
    ],
  ];

  test.each(CASES)('%s', async (_what, settings, headers, status) => {
    await using gateway = await startGateway(behind({ server: settings }));
    const before = upstream.calls.length;
    expect(await call(gateway.origin, headers)).toMatchObject({ status });
    expect(upstream.calls.length - before).toBe(status === 200 ? 1 : 0);
  });

  test('a reload that names a proxy counts on connections that are open', async () => {
    await using gateway = await startGateway(behind({}));
    expect((await call(gateway.origin, {})).status).toBe(200);
    await gateway.reload(behind({ server: { trustedProxies: ['127.0.0.1'] } }));
    expect((await call(gateway.origin, ELSEWHERE)).status).toBe(401);
  });
});

describe('rules about addresses', () => {
  const rules = (server_: object) =>
    behind({
      server: server_,
      identity: { keys: true },
      policy: {
        rules: [
          { name: 'office', allow: ['up/*'], when: 'inNetwork(network.address, "203.0.113.0/24")' },
        ],
      },
    });
  test.each([
    ['a forged header', {}, '203.0.113.7', 'policy'],
    ['a named proxy', { trustedProxies: ['127.0.0.1'] }, '203.0.113.7', ''],
    [
      'a named proxy, and a forged part',
      { trustedProxies: ['127.0.0.1'] },
      '203.0.113.7, 198.51.100.1',
      'policy',
    ],
  ])('%s', async (_what, settings, address, refusal) => {
    await using gateway = await startGateway(rules(settings));
    await using keys = await openKeys(gateway.stateDir);
    const { text: key } = await keys.add();
    const answer = await call(gateway.origin, { ...bearer(key), 'x-forwarded-for': address });
    expect(answer.text).toContain(refusal === '' ? 'hello' : 'policy_denied');
  });
});

describe('client certificates', () => {
  let gateway: TestGateway;
  let keys: TestKeys;
  let key: string;
  const config = (mtls: unknown, others: object = { keys: true }) =>
    behind({
      server: { tls: { cert: server.cert, key: server.key, clientCa: callers.cert } },
      identity: { mtls, ...others },
      policy: { rules: [{ allow: ['*'], who: { agents: ['robot', 'helper'] } }] },
    });

  beforeAll(async () => {
    gateway = await startGateway(config(true));
    keys = await openKeys(gateway.stateDir);
    ({ text: key } = await keys.add({ agent: 'helper' }));
  });
  afterAll(async () => {
    await keys[Symbol.asyncDispose]();
    await gateway.close();
  });

  const late = callers.issue({ cn: 'robot', notAfter: new Date(Date.now() - 60_000) });
  const foreign = makeAuthority('Callers').issue({ cn: 'robot' });
  const nobody = callers.issue({ o: 'Example' });
  const self = makeAuthority('robot');
  const CASES: readonly (readonly [string, Issued | undefined, boolean, number])[] = [
    ['a good one', robot, false, 200],
    ['none', undefined, false, 401],
    ['none, but a key', undefined, true, 200],
    ['a good one and a key', robot, true, 200],
    ['an expired one', late, false, 401],
    ['an expired one and a key', late, true, 401],
    ['one of a foreign authority', foreign, false, 401],
    ['one of a foreign authority, and a key', foreign, true, 401],
    ['one that vouches for itself', self, true, 401],
    ['one without a name', nobody, false, 401],
    ['one without a name, and a key', nobody, true, 401],
  ];

  test.each(CASES)('%s', async (_what, shown, hasKey, status) => {
    const answer = await call(gateway.origin, hasKey ? bearer(key) : {}, shown);
    expect(answer.status).toBe(status);
  });

  test.each([
    ['x-client-cert', encodeURIComponent(robot.cert)],
    ['x-forwarded-client-cert', 'Subject="CN=robot"'],
    ['x-ssl-client-s-dn', 'CN=robot'],
    ['client-cert', `:${Buffer.from(robot.cert).toString('base64')}:`],
  ])('never by the header %s', async (name, value) => {
    expect((await call(gateway.origin, { [name]: value })).status).toBe(401);
  });

  test('a wrong key beside a good certificate', async () => {
    const wrong = bearer(`dbk_${'0'.repeat(12)}_${'0'.repeat(64)}`);
    expect((await call(gateway.origin, wrong, robot)).status).toBe(401);
  });

  test('without TLS nobody is answered at all', async () => {
    const plain = gateway.origin.replace('https:', 'http:');
    expect(await call(plain, bearer(key))).toMatchObject({ status: 0 });
  });

  test('the record says who it was, and how that was known', async () => {
    await call(gateway.origin, {}, robot);
    const records = await gateway.records();
    const found = records.findLast(({ outcome }) => outcome !== undefined);
    expect(JSON.stringify(found)).toContain('mtls');
    expect(JSON.stringify(found)).toContain('robot');
  });

  test('required ones are not replaced by a key, and none by a configuration without them', async () => {
    await using strict = await startGateway(config({ required: true }));
    await using own = await openKeys(strict.stateDir);
    const { text: good } = await own.add({ agent: 'helper' });
    expect((await call(strict.origin, bearer(good))).status).toBe(401);
    expect((await call(strict.origin, bearer(good), robot)).status).toBe(200);
    await strict.reload(behind({ identity: { mtls: true } }));
    expect((await call(strict.origin, {}, late)).status).toBe(401);
    expect((await call(strict.origin)).status).toBe(401);
  });
});

describe('files that break while the gateway runs', () => {
  test('the last good ones stay, and the log says so', async () => {
    const files = { cert: 'server.pem', key: 'server-key.pem' };
    await using probe = await startGateway({});
    const write = (name: string, text: string) => writeFileSync(join(probe.stateDir, name), text);
    write(files.cert, server.cert);
    write(files.key, server.key);
    const at = (name: string) => join(probe.stateDir, name);
    const tls = { cert: at(files.cert), key: at(files.key) };
    await using gateway = await startGateway(behind({ server: { tls } }));
    expect((await call(gateway.origin)).status).toBe(200);
    write(files.key, 'broken');
    await expect.poll(() => gateway.log.join('\n')).toContain('the last good ones stay in force');
    expect((await call(gateway.origin)).status).toBe(200);
    await gateway.reload(behind({ server: { tls: { ...tls, cert: '/nowhere.pem' } } }));
    expect((await call(gateway.origin)).status).toBe(200);
    await gateway.reload(behind({}));
    expect((await call(gateway.origin)).status).toBe(200);
    const plain = gateway.origin.replace('https:', 'http:');
    expect((await call(plain)).status).toBe(0);
  });

  test('it does not start with files that cannot be used', async () => {
    const tls = { cert: server.cert, key: robot.key };
    await expect(startGateway({ server: { tls } })).rejects.toThrow('does not belong');
  });
});

describe('an upstream over TLS', () => {
  const port = () => Number(new URL(upstream.url).port);
  const CASES: readonly (readonly [string, object | undefined, boolean])[] = [
    ['with its authority', { ca: authority.cert }, false],
    [
      'with its authority and our certificate',
      { ca: authority.cert, cert: robot.cert, key: robot.key },
      true,
    ],
  ];
  test.each(CASES)('%s', async (_what, tls, asks) => {
    await using front = await startTlsFront(port(), server, asks ? callers.cert : '');
    const url = `https://localhost:${front.port}/mcp`;
    await using gateway = await startGateway({
      upstreams: { up: { mcp: { url, era: '2026-07-28' }, tls } },
    });
    expect((await call(gateway.origin)).status).toBe(200);
    expect(new Set(front.shown)).toEqual(new Set([asks ? 'robot' : '']));
  });

  const BAD: readonly (readonly [string, object | undefined, boolean])[] = [
    ['without its authority', undefined, false],
    ['with a foreign authority', { ca: callers.cert }, false],
    ['with an authority that is gone', { ca: '/nowhere.pem' }, false],
    ['without the certificate that it asks for', { ca: authority.cert }, true],
    [
      'with a certificate that it does not take',
      { ca: authority.cert, cert: server.cert, key: server.key },
      true,
    ],
    ['with an expired certificate', { ca: authority.cert, cert: '/nowhere', key: robot.key }, true],
  ];
  test.each(BAD)('%s: nothing is asked of it', async (_what, tls, asks) => {
    await using front = await startTlsFront(port(), server, asks ? callers.cert : '');
    const before = upstream.calls.length;
    const url = `https://localhost:${front.port}/mcp`;
    await using gateway = await startGateway({
      upstreams: { up: { mcp: { url, era: '2026-07-28' }, tls, timeoutMs: 3000 } },
    });
    expect((await call(gateway.origin)).status).not.toBe(200);
    expect(upstream.calls.length).toBe(before);
  });
});

describe('an API whose document is read over TLS', () => {
  const document = {
    openapi: '3.1.0',
    info: { title: 'Notes', version: '1' },
    paths: { '/say': { post: { operationId: 'say', responses: { 200: { description: 'ok' } } } } },
  };
  test.each([
    ['with its authority', { ca: authority.cert }, 2],
    ['without it', undefined, 0],
    ['with a foreign authority', { ca: callers.cert }, 0],
  ])('%s', async (_what, tls, requests) => {
    const asked: string[] = [];
    const plain = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.setHeader('content-type', 'application/json');
      response.end(request.method === 'GET' ? JSON.stringify(document) : '"hello"');
    });
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    try {
      await using front = await startTlsFront((plain.address() as AddressInfo).port, server);
      const origin = `https://localhost:${front.port}`;
      const openapi = { document: `${origin}/api.json`, url: origin };
      await using gateway = await startGateway({ upstreams: { up: { openapi, tls } } });
      const answer = await call(gateway.origin);
      expect(answer.text.includes('hello')).toBe(requests > 0);
      expect(asked).toEqual(['GET /api.json', 'POST /say'].slice(0, requests));
    } finally {
      plain.closeAllConnections();
      await new Promise((resolve) => plain.close(resolve));
    }
  });
});

describe('an issuer over TLS', () => {
  test.each([
    ['with its authority', { ca: authority.cert }, 200],
    ['without it', undefined, 503],
    ['with a foreign authority', { ca: callers.cert }, 503],
    ['with an authority that is gone', { ca: '/nowhere.pem' }, 503],
  ])('%s', async (_what, tls, status) => {
    await using issuer = await startIssuer();
    await using front = await startTlsFront(Number(new URL(issuer.url).port), server);
    const oauth = {
      issuer: 'https://issuer.test',
      audience: 'gateway',
      jwksUri: `https://localhost:${front.port}/jwks`,
      tls,
    };
    await using gateway = await startGateway(
      behind({
        server: { publicUrl: 'http://127.0.0.1' },
        identity: { oauth: [oauth] },
        policy: { default: 'allow' },
      }),
    );
    const exp = Math.floor(Date.now() / 1000) + 600;
    const claims = { iss: 'https://issuer.test', aud: 'gateway', sub: 'alice', exp };
    const token = await issuer.sign(claims, { typ: 'at+jwt' });
    expect((await call(gateway.origin, bearer(token))).status).toBe(status);
    expect(issuer.asked.length).toBe(status === 200 ? 1 : 0);
  });
});
