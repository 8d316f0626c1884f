import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { encrypted, issueLocal, makeAuthority } from '../../../test/kit/certificates.ts';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { send } from '../../../test/kit/outbound.ts';
import { startProxy, startTlsFront, type TestProxy } from '../../../test/kit/tls-front.ts';
import { guardedLookup, openPool, openTls, readProxies, type ClientTlsConfig } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'way-out-'));
const authority = makeAuthority();
const foreign = makeAuthority('Foreign');
const callers = makeAuthority('Callers');
const names = { dns: ['api.test', 'localhost'] };
const issued = issueLocal(authority, names);
const client = callers.issue({ cn: 'gateway' });
const old = callers.issue({ cn: 'old', notAfter: new Date(Date.now() - 60_000) });
const plain = createServer((request, response) => request.pipe(response));
let port = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  port = (plain.address() as AddressInfo).port;
});
afterAll(async () => {
  plain.closeAllConnections();
  await new Promise((resolve) => plain.close(resolve));
  rmSync(folder, { recursive: true });
});

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each[Symbol.asyncDispose]();
});

async function front(clientCa?: string, from = issued) {
  const made = await startTlsFront(port, from, clientCa);
  open.push(made);
  return made;
}

async function proxy(): Promise<TestProxy> {
  const made = await startProxy();
  open.push(made);
  return made;
}

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

const OWN = {
  ca: write('ca.pem', authority.cert),
  cert: write('cert.pem', client.cert),
  key: write('key.pem', client.key),
};

interface Out {
  readonly tls?: ClientTlsConfig;
  readonly env?: Record<string, string>;
  readonly own?: readonly string[];
  readonly lookup?: ReturnType<typeof guardedLookup>;
  readonly clock?: ManualClock;
  readonly faults?: string[];
}

function poolTo(origin: string, out: Out = {}) {
  const { tls, env = {}, own = [new URL(origin).host], faults = [], lookup } = out;
  const clock = out.clock ?? new ManualClock(Date.now());
  const onFault = (words: string): unknown => faults.push(words);
  const made = openPool(origin, {
    connectTimeoutMs: 5000,
    maxConnections: 2,
    ...(lookup === undefined ? {} : { lookup }),
    wayOut: {
      proxies: readProxies(env),
      tls: tls === undefined ? undefined : openTls(tls, { directory: folder, clock, own, onFault }),
    },
  });
  open.push({ [Symbol.asyncDispose]: () => made.destroy() });
  return made;
}

async function ask(origin: string, out: Out = {}) {
  const sent = send(poolTo(origin, out));
  await sent.over;
  return sent;
}

describe('TLS of an upstream', () => {
  test('believes its authority, shows its certificate, and keeps the connection', async () => {
    const { port: at, shown } = await front(callers.cert);
    const pool = poolTo(`https://localhost:${at}`, { tls: OWN });
    for (let count = 0; count < 3; count++) {
      const sent = send(pool);
      await sent.over;
      expect(sent).toMatchObject({ status: 200, body: '{}', isSound: true });
    }
    expect(shown).toEqual(['gateway']);
  });

  test('shows no certificate to a host that the operator did not write', async () => {
    const { port: at, shown } = await front();
    const asking = await front(callers.cert);
    expect(await ask(`https://localhost:${at}`, { tls: OWN, own: [] })).toMatchObject({
      status: 200,
    });
    const sent = await ask(`https://localhost:${asking.port}`, { tls: OWN, own: [] });
    expect(sent.heard).toContain('error');
    expect(shown).toEqual(['']);
  });

  test('takes a name of its own for the one in the certificate', async () => {
    const { port: at } = await front(undefined, authority.issue({ dns: ['inner.example'] }));
    const origin = `https://127.0.0.1:${at}`;
    const tls = { ca: OWN.ca, serverName: 'inner.example' };
    expect(await ask(origin, { tls })).toMatchObject({ status: 200 });
    expect((await ask(origin, { tls: { ca: OWN.ca } })).heard).toEqual(['error']);
  });

  test('renews its certificate with the files, and keeps the last good one', async () => {
    const { port: at, shown } = await front(callers.cert);
    const clock = new ManualClock(Date.now());
    const faults: string[] = [];
    const cert = write('own.pem', client.cert);
    const key = write('own-key.pem', client.key);
    const origin = `https://localhost:${at}`;
    const tls = { ca: OWN.ca, cert, key };
    const settings = {
      directory: folder,
      clock,
      own: [`localhost:${at}`],
      onFault: (words: string) => faults.push(words),
    };
    const wayOut = { tls: openTls(tls, settings) };
    const once = async () => {
      const pool = openPool(origin, { connectTimeoutMs: 5000, maxConnections: 1, wayOut });
      const sent = send(pool);
      await sent.over;
      await pool.destroy();
      await clock.advance(2000);
      return sent.status;
    };
    expect(await once()).toBe(200);
    const next = callers.issue({ cn: 'renewed' });
    write('own.pem', next.cert);
    expect(await once()).toBe(200);
    write('own-key.pem', next.key);
    expect(await once()).toBe(200);
    expect(shown).toEqual(['gateway', 'gateway', 'renewed']);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain('does not belong');
  });
});

describe('a failure never selects a weaker connection', () => {
  const CASES: readonly (readonly [what: string, tls: ClientTlsConfig, why: RegExp])[] = [
    [
      'an authority that did not issue its certificate',
      { ca: foreign.cert },
      /certificate|CERT|SIGNED/,
    ],
    ['an authority that cannot be read', { ca: 'gone.pem' }, /does not exist/],
    ['a file without authorities', { ca: write('empty.pem', '') }, /holds no certificate/],
    ['a certificate that is gone', { ...OWN, cert: 'gone.pem' }, /does not exist/],
    ['a key of another certificate', { ...OWN, key: foreign.key }, /does not belong/],
    ['a key that is encrypted', { ...OWN, key: encrypted(client.key, 'pass') }, /encrypted/],
    [
      'a passphrase that does not open the key',
      { ...OWN, key: encrypted(client.key, 'pass'), passphrase: 'other' },
      /passphrase/,
    ],
    ['an expired certificate', { ...OWN, cert: old.cert, key: old.key }, /expired/],
    ['another name', { ca: OWN.ca, serverName: 'other.example' }, /altnames|ALTNAME/i],
  ];

  test.each(CASES)('%s: nothing is sent', async (_what, tls, why) => {
    const server = await front();
    const sent = await ask(`https://localhost:${server.port}`, { tls });
    expect(sent).toMatchObject({ heard: ['error'], failed: null });
    expect(`${sent.error?.message} ${String(Reflect.get(sent.error ?? {}, 'code'))}`).toMatch(why);
  });

  test('not even where the environment says that certificates do not matter', async () => {
    const server = await front();
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const origin = `https://localhost:${server.port}`;
      expect((await ask(origin)).heard).toEqual(['error']);
      expect((await ask(origin, { tls: { ca: foreign.cert } })).heard).toEqual(['error']);
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    }
  });

  const REFUSALS: readonly (readonly [what: string, answer: string, why: RegExp])[] = [
    ['407', 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', /name and password/],
    [
      '502',
      'HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n',
      /does not connect \(HTTP 502\)/,
    ],
    ['a redirect', 'HTTP/1.1 302 Found\r\nlocation: http://api.test/\r\n\r\n', /HTTP 302/],
    ['something else than HTTP', 'SSH-2.0-OpenSSH\r\n\r\n', /not answer in HTTP/],
    ['more than its answer', 'HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n', /into the tunnel/],
    ['half an answer', 'HTTP/1.1 200', /closed/],
  ];

  test.each(REFUSALS)(
    'a proxy that answers %s: nothing goes another way',
    async (_what, answer, why) => {
      const server = await front();
      const by = await proxy();
      by.answer = answer;
      const env = { HTTPS_PROXY: `http://127.0.0.1:${by.port}` };
      const sent = await ask(`https://api.test:${server.port}`, { tls: { ca: OWN.ca }, env });
      expect(sent).toMatchObject({ heard: ['error'], failed: null });
      expect(sent.error?.message).toMatch(why);
      expect(server.connections()).toBe(0);
    },
  );

  test.each(['socks5://127.0.0.1:1080', 'http://', '%', 'http://%ff:x@127.0.0.1:1'])(
    'a proxy that is written as %s: nothing leaves at all',
    async (written) => {
      const sent = await ask('http://api.test:1', { env: { http_proxy: written } });
      expect(sent).toMatchObject({ heard: ['error'], failed: null });
      expect(sent.error?.message).toMatch(/^HTTP_PROXY /);
    },
  );

  test('a proxy that leads to a server of another name', async () => {
    const server = await front(undefined, issueLocal(authority));
    const by = await proxy();
    const env = { HTTPS_PROXY: `http://127.0.0.1:${by.port}` };
    const sent = await ask(`https://api.test:${server.port}`, { tls: { ca: OWN.ca }, env });
    expect(sent).toMatchObject({ heard: ['error'], failed: null });
  });
});

describe('through a proxy', () => {
  test('https goes by a tunnel, which is kept', async () => {
    const server = await front(callers.cert);
    const by = await proxy();
    const env = { HTTPS_PROXY: `http://me:se%3Acret@127.0.0.1:${by.port}` };
    const pool = poolTo(`https://api.test:${server.port}`, { tls: OWN, env });
    for (let count = 0; count < 3; count++) {
      const sent = send(pool);
      await sent.over;
      expect(sent).toMatchObject({ status: 200, body: '{}', isSound: true });
    }
    expect(by.asked).toEqual([`CONNECT api.test:${server.port}`]);
    expect(by.logins).toEqual([`Basic ${Buffer.from('me:se:cret').toString('base64')}`]);
    expect(server.shown).toEqual(['gateway']);
  });

  test('http goes request by request, with the whole address', async () => {
    const by = await proxy();
    const env = { HTTP_PROXY: `127.0.0.1:${by.port}` };
    const sent = await ask(`http://api.test:${port}`, { env });
    expect(sent).toMatchObject({ status: 200, body: '{}' });
    expect(by.asked).toEqual([`POST http://api.test:${port}/mcp`]);
  });

  test('a host that nobody wrote is asked for by the address that was looked at', async () => {
    const server = await front();
    const by = await proxy();
    const env = { HTTPS_PROXY: `http://127.0.0.1:${by.port}` };
    const url = new URL(`https://api.test:${server.port}`);
    const lead = (address: string, allow: readonly string[] = []) => ({
      tls: { ca: OWN.ca },
      env,
      lookup: guardedLookup(url, { allow }, (_host, done) => done(null, [address])),
    });
    expect(await ask(url.origin, lead('93.184.216.34'))).toMatchObject({ status: 200 });
    const refused = await ask(url.origin, lead('10.0.0.7'));
    expect(refused.error?.message).toContain('a private network');
    expect(await ask(url.origin, lead('10.0.0.7', ['api.test']))).toMatchObject({ status: 200 });
    expect(by.asked).toEqual([
      `CONNECT 93.184.216.34:${server.port}`,
      `CONNECT api.test:${server.port}`,
    ]);
  });

  test('a name that is not known here is not left to it, unless somebody wrote it', async () => {
    const by = await proxy();
    const url = new URL('https://api.test:1');
    const find = (_host: string, done: (error: Error, found: string[]) => void) =>
      done(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), []);
    const env = { HTTPS_PROXY: `http://127.0.0.1:${by.port}` };
    const sent = await ask(url.origin, { env, lookup: guardedLookup(url, { allow: [] }, find) });
    expect(sent.error?.message).toContain('not known here');
    expect(by.asked).toEqual([]);
  });
});

describe('which hosts', () => {
  const find = (env: Record<string, string>, origin: string) =>
    readProxies(env)?.find(new URL(origin))?.host ?? '';
  const HTTPS = { HTTPS_PROXY: 'http://proxy.test:3128' };
  test.each([
    [{}, 'https://api.test', ''],
    [HTTPS, 'https://api.test', 'proxy.test'],
    [HTTPS, 'http://api.test', ''],
    [{ HTTP_PROXY: 'proxy.test:3128' }, 'http://api.test', 'proxy.test'],
    [{ ...HTTPS, https_proxy: 'http://small.test' }, 'https://api.test', 'small.test'],
    [HTTPS, 'https://localhost:8443', ''],
    [HTTPS, 'https://127.0.0.9', ''],
    [HTTPS, 'https://[::1]', ''],
    [{ ...HTTPS, NO_PROXY: '*' }, 'https://api.test', ''],
    [{ ...HTTPS, NO_PROXY: 'a.test, api.test' }, 'https://api.test', ''],
    [{ ...HTTPS, NO_PROXY: 'test' }, 'https://api.test', ''],
    [{ ...HTTPS, NO_PROXY: '.api.test' }, 'https://v1.api.test', ''],
    [{ ...HTTPS, NO_PROXY: 'api.test' }, 'https://myapi.test', 'proxy.test'],
    [{ ...HTTPS, NO_PROXY: 'api.test:8443' }, 'https://api.test', 'proxy.test'],
    [{ ...HTTPS, NO_PROXY: 'api.test:443' }, 'https://api.test', ''],
    [{ ...HTTPS, no_proxy: '10.0.0.0/8' }, 'https://10.1.2.3', ''],
    [{ ...HTTPS, no_proxy: '10.0.0.0/8' }, 'https://11.1.2.3', 'proxy.test'],
  ])('%j leads %s to "%s"', (env, origin, host) => {
    expect(find(env, origin)).toBe(host);
  });
});
