/**
 * What the gateway proves to upstreams who it is with, and every way in which that fails: the upstream
 * gets a request as it was meant to be, or no byte of one.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { issueLocal, makeAuthority } from '../kit/certificates.ts';
import { KINDS, type CanaryUpstream } from '../kit/canary-upstreams.ts';
import { startGateway, type TestConfig, type TestGateway } from '../kit/gateway.ts';
import { LeapingClock } from '../kit/leaping-clock.ts';
import { callTool } from '../kit/rest-request.ts';
import { startTlsFront } from '../kit/tls-front.ts';

const SECRET = 'client-secret-canary';
const LIFE_SECONDS = 300;
const CANARIES = /secret-canary|good-canary|lie-canary/;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-own-credentials-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

type Lie = (response: ServerResponse) => void;
const json =
  (value: unknown, status = 200): Lie =>
  (response) =>
    void response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify(value));
const lying = (more: object): Lie =>
  json({ access_token: 'lie-canary', token_type: 'Bearer', expires_in: LIFE_SECONDS, ...more });

const LIES: readonly (readonly [what: string, lie: Lie])[] = [
  ['is broken', json({}, 500)],
  ['is away for a while', json({}, 503)],
  ['does not know the client any more', json({ error: 'invalid_client' }, 401)],
  ['gives no such scope', json({ error: 'invalid_scope' }, 400)],
  ['hangs up', (response) => void response.destroy()],
  ['breaks off', (response) => void response.write('{"acc', () => response.destroy())],
  ['is too long', json({ access_token: 'lie-canary', pad: 'x'.repeat(100_000) })],
  ['speaks HTML', (response) => void response.end('<form action="/login">')],
  ['says yes without a token', json({ token_type: 'Bearer' })],
  ['says a list', json([{ access_token: 'lie-canary', token_type: 'Bearer' }])],
  ['leads elsewhere', (response) => void response.writeHead(302, { location: '/else' }).end()],
  ['gives a token of another kind', lying({ token_type: 'mac' })],
  ['gives a token that is a number', lying({ access_token: 7 })],
  ['gives a token with a header in it', lying({ access_token: 'lie-canary\r\nX-Admin: 1' })],
];

describe.each(['http-modern', 'http-legacy', 'http-sse', 'openapi', 'grpc'])(
  'at %s, where the endpoint for tokens of the gateway',
  (kind) => {
    let upstream: CanaryUpstream;
    let endpoint: Server;
    let lie: Lie | undefined;
    let given = 0;
    let clock: LeapingClock;
    let gateway: TestGateway;

    beforeEach(async () => {
      lie = undefined;
      upstream = await KINDS[kind]!(folder);
      endpoint = createServer((request, response) => {
        request.resume();
        const answer = lie ?? lying({ access_token: `good-canary-${++given}` });
        request.on('end', () => answer(response));
      });
      const tokenUrl = `http://127.0.0.1:${await listen(endpoint)}/token`;
      const auth = { clientCredentials: { tokenUrl, clientId: 'gw', clientSecret: SECRET } };
      clock = new LeapingClock();
      gateway = await startGateway(
        { upstreams: { up: { ...upstream.entry, auth, timeoutMs: 2000 } } },
        { clock },
      );
    });
    afterEach(async () => {
      await gateway.close();
      await upstream.close();
      await stop(endpoint);
    });

    const call = () => callTool(gateway, 'up__say');

    test('tells the truth, then lies: nothing leaves, the old token included', async () => {
      expect((await call()).text).toContain('said');
      for (const [what, one] of LIES) {
        lie = one;
        // The token that there is has come to its end, and lists have to be read again, too.
        clock.leap(LIFE_SECONDS * 1000);
        const from = (await upstream.heard()).length;
        const { status, text } = await call();
        expect([what, status, text]).toEqual([
          what,
          502,
          expect.stringContaining('upstream_credentials_unavailable'),
        ]);
        expect(text).not.toMatch(CANARIES);
        expect([what, (await upstream.heard()).slice(from)]).toEqual([what, '']);
        lie = undefined;
        expect([what, (await call()).text]).toEqual([what, expect.stringContaining('said')]);
        const sent = (await upstream.heard()).slice(from);
        expect(sent).toContain(`Bearer good-canary-${given}`);
        expect(sent).not.toMatch(/lie-canary|X-Admin/);
      }
      const said = gateway.log.join('\n') + JSON.stringify(await gateway.records());
      expect(said).toContain('upstream_credentials_unavailable');
      expect(said).not.toMatch(CANARIES);
      expect(await upstream.heard()).not.toContain(SECRET);
    });

    test('is slow: the call ends in its time, and is not made afterwards', async () => {
      expect((await call()).text).toContain('said');
      const held: ServerResponse[] = [];
      lie = (response) => void held.push(response);
      clock.leap(LIFE_SECONDS * 1000);
      const from = (await upstream.heard()).length;
      expect((await call()).text).toMatch(/upstream_timeout|unavailable/);
      expect((await upstream.heard()).slice(from)).toBe('');
      lie = undefined;
      for (const response of held) lying({ access_token: 'good-canary-late' })(response);
      expect((await call()).text).toContain('said');
      const sent = (await upstream.heard()).slice(from);
      expect(sent.match(/"tools\/call"|GET \/do\/say|POST \/canary\.Service\/Say/g)).toHaveLength(
        1,
      );
    });
  },
);

/** What a gateway says to a call, or why there is none. */
async function answerThrough(config: TestConfig): Promise<{ text: string; log: string }> {
  try {
    await using gateway = await startGateway(config);
    const { text } = await callTool(gateway, 'up__say');
    return { text, log: gateway.log.join('\n') };
  } catch (error) {
    return { text: String(error), log: '' };
  }
}

describe('TLS', () => {
  const authority = makeAuthority();
  const callers = makeAuthority('Callers');
  const foreign = makeAuthority('Foreign');
  const own = callers.issue({ cn: 'gateway' });
  const old = callers.issue({ cn: 'old', notAfter: new Date(Date.now() - 60_000) });
  const server = issueLocal(authority);
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  test.each<[string, boolean, () => object]>([
    ['as it should be', true, () => ({ cert: own.cert, key: own.key })],
    ['an expired client certificate', false, () => ({ cert: old.cert, key: old.key })],
    ['one of a foreign authority', false, () => foreign.issue({ cn: 'gateway' })],
    ['no client certificate', false, () => ({})],
    ['a server of a foreign authority', false, () => ({ ...own, ca: foreign.cert })],
    ['a server of another name', false, () => ({ ...own, serverName: 'crm.example' })],
    ['a client key that does not fit', false, () => ({ cert: own.cert, key: old.key })],
    ['a client certificate that is none', false, () => ({ cert: 'x', key: own.key })],
  ])('%s', async (_what, isFine, make) => {
    const chunks: Buffer[] = [];
    const plain = createServer((_request, response) => void response.end('{"said":"said"}'));
    plain.on('connection', (socket: Socket) => socket.on('data', (chunk) => chunks.push(chunk)));
    await using front = await startTlsFront(await listen(plain), server, callers.cert);
    const made = make() as Partial<Record<'cert' | 'key' | 'ca' | 'serverName', string>>;
    const { cert, key, ca = authority.cert, serverName } = made;
    const tls = {
      ca: write('ca.pem', ca),
      ...(cert !== undefined && { cert: write('cert.pem', cert) }),
      ...(key !== undefined && { key: write('key.pem', key) }),
      ...(serverName !== undefined && { serverName }),
    };
    const info = { title: 'x', version: '1' };
    const paths = { '/say': { get: { operationId: 'say', responses: { 200: {} } } } };
    const document = write('api.json', JSON.stringify({ openapi: '3.1.0', info, paths }));
    const openapi = { document, url: `https://localhost:${front.port}` };
    const auth = { bearer: 'good-canary' };
    const up = { openapi, tls, auth, timeoutMs: 3000 };
    const answer = await answerThrough({ upstreams: { up } });
    expect(answer.text.includes('"said"')).toBe(isFine);
    expect(answer.text + answer.log).not.toMatch(CANARIES);
    const heard = Buffer.concat(chunks).toString('latin1');
    expect(heard.includes('Bearer good-canary')).toBe(isFine);
    expect(heard === '').toBe(!isFine);
    await stop(plain);
  });
});
