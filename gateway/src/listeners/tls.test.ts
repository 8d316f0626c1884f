import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, expect, test } from 'vitest';
import { issueLocal, makeAuthority, type Issued } from '../../../test/kit/certificates.ts';
import { WAYS, closeListeners, serve, silent } from '../../../test/kit/http-listener.ts';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { RawClient } from '../../../test/kit/raw-http.ts';

const authority = makeAuthority();
const callers = makeAuthority('Callers');
const server = issueLocal(authority);
const folder = mkdtempSync(join(tmpdir(), 'listener-tls-'));

afterEach(closeListeners);
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function put({ cert, key }: Issued): { readonly cert: string; readonly key: string } {
  return { cert: write('cert.pem', cert), key: write('key.pem', key) };
}

async function serveTls(more: object = {}, answer?: Parameters<typeof serve>[0]) {
  const clock = new ManualClock(Date.now());
  const log: string[] = [];
  const tls = {
    config: { ...put(server), ...more },
    directory: folder,
    clock,
    log: (level: string, text: string, fields?: object) =>
      log.push(`${level} ${text} ${JSON.stringify(fields ?? {})}`),
  };
  return { ...(await serve(answer, { tls })), clock, log };
}

async function open(port: number, options: ConnectionOptions = {}): Promise<RawClient> {
  const socket = connect({ port, host: 'localhost', ca: authority.cert, ...options });
  const client = new RawClient(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.once('error', reject);
  });
  return client;
}

test.each(WAYS)('%s is answered over TLS, one after another', async (_what, written) => {
  const { port, path } = await serveTls();
  await using client = await open(port, { ALPNProtocols: ['h2', 'http/1.1'] });
  expect((client.socket as TLSSocket).alpnProtocol).toBe('http/1.1');
  for (const body of ['{"a":1}', '{"b":2}', '{"c":"é"}']) {
    client.send(written(body));
    expect(await client.response()).toMatchObject({
      status: 200,
      body: Buffer.from(body).toString('latin1'),
    });
  }
  expect(path.arrivals[0]?.x.head.via).toMatchObject({ isSecure: true, certificate: undefined });
});

/** Lets the files be looked at twice: they are read once they stay the same. */
const settle = (clock: ManualClock): Promise<void> => clock.advance(3000);

async function serialSeen(port: number): Promise<string> {
  const client = await open(port);
  const { serialNumber } = (client.socket as TLSSocket).getPeerCertificate();
  await client[Symbol.asyncDispose]();
  return serialNumber.toLowerCase();
}

const serialOf = (issued: Issued): string => issued.serial.toString('hex');

test('a renewed certificate is shown to new connections, and those that are open go on', async () => {
  const { port, clock, log } = await serveTls();
  await using before = await open(port);
  expect(await serialSeen(port)).toBe(serialOf(server));
  const next = issueLocal(authority);
  put(next);
  await settle(clock);
  expect(await serialSeen(port)).toBe(serialOf(next));
  expect(log.join()).toContain('info TLS files were read again');
  before.send(WAYS[0][1]('still here'));
  expect((await before.response()).body).toBe('still here');
});

const expired = issueLocal(authority, { notAfter: new Date(Date.now() - 60_000) });
const BROKEN: readonly (readonly [what: string, cert: string, key: string, why: string])[] = [
  ['a key of another certificate', server.cert, issueLocal(authority).key, 'does not belong'],
  ['an expired certificate', expired.cert, expired.key, 'expired on'],
  ['no certificate', 'nothing', server.key, 'holds no certificate'],
  ['half a certificate', server.cert.slice(0, 300), server.key, 'holds no certificate'],
  ['a key in the place of the certificate', server.key, server.key, 'holds no certificate'],
  ['no key', server.cert, '', 'holds no private key'],
  ['a broken key', server.cert, server.key.replace(/[A-Z]{4}/, '!!!!'), 'cannot be read'],
];

test.each(BROKEN)(
  '%s never takes the place of the last good one',
  async (_what, cert, key, why) => {
    const { port, clock, log } = await serveTls();
    put({ ...server, cert, key });
    await settle(clock);
    await settle(clock);
    expect(await serialSeen(port)).toBe(serialOf(server));
    const errors = log.filter((line) => line.startsWith('error'));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(why);
    expect(errors[0]).toContain('the last good ones stay in force');
    expect(log.join()).not.toContain('PRIVATE');
    put(server);
  },
);

test.each(BROKEN)('it does not begin to listen with %s', async (_what, cert, key, why) => {
  const config = { cert: write('c.pem', cert), key: write('k.pem', key) };
  const refused = serve(undefined, {
    tls: { config, directory: folder, clock: new ManualClock(Date.now()), log: silent },
  });
  await expect(refused).rejects.toThrow(why);
});

test('files that are gone leave the last good ones in force', async () => {
  const { port, clock, log } = await serveTls();
  rmSync(join(folder, 'key.pem'));
  await settle(clock);
  expect(await serialSeen(port)).toBe(serialOf(server));
  expect(log.join()).toContain('does not exist');
});

test('a certificate that ends soon is spoken of once a day', async () => {
  const { clock, log } = await serveTls();
  await settle(clock);
  expect(log.filter((line) => line.includes('ends soon'))).toHaveLength(1);
});

test.each([
  ['TLS 1.1', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }],
  ['an authority that did not issue the certificate', { ca: callers.cert }],
  ['another name', { servername: 'other.example' }],
] as const)('nobody is answered over %s', async (_what, options) => {
  const { port, path } = await serveTls();
  await expect(open(port, options)).rejects.toThrow();
  expect(path.arrivals).toHaveLength(0);
});

test('nobody is answered without TLS', async () => {
  const { path, client } = await serveTls();
  await using raw = client();
  raw.send(WAYS[0][1]('{}'));
  expect(await raw.end()).not.toContain('HTTP/1.1 200');
  expect(path.arrivals).toHaveLength(0);
});

const robot = {
  cn: 'robot',
  o: 'Example',
  ou: ['reports', 'night'],
  uri: ['spiffe://example.org/robot'],
};

test.each(WAYS)('%s tells what its caller showed', async (_what, written) => {
  const { port, path } = await serveTls({ clientCa: write('ca.pem', callers.cert) });
  const issued = callers.issue({
    ...robot,
    dns: ['a.example', 'b.example'],
    email: ['r@example.org'],
  });
  await using client = await open(port, { cert: issued.cert, key: issued.key });
  client.send(written('{}'));
  await client.response();
  expect(path.arrivals[0]?.x.head.via?.certificate).toMatchObject({
    fault: '',
    cn: ['robot'],
    o: ['Example'],
    ou: ['reports', 'night'],
    uri: ['spiffe://example.org/robot'],
    dns: ['a.example', 'b.example'],
    email: ['r@example.org'],
  });
});

const late = callers.issue({ ...robot, notAfter: new Date(Date.now() - 60_000) });
test.each([
  ['of a foreign authority', makeAuthority('Callers').issue(robot)],
  ['of the authority of the server', authority.issue(robot)],
  ['that has expired', late],
  [
    'that begins tomorrow',
    callers.issue({ ...robot, notBefore: new Date(Date.now() + 3_600_000) }),
  ],
])('a certificate %s is told with its fault', async (_what, { cert, key }) => {
  const { port, path } = await serveTls({ clientCa: write('ca.pem', callers.cert) });
  await using client = await open(port, { cert, key });
  client.send(WAYS[0][1]('{}'));
  await client.response();
  const { certificate } = path.arrivals[0]?.x.head.via ?? {};
  expect(certificate?.cn).toEqual(['robot']);
  expect(certificate?.fault).not.toBe('');
});

test('who was vouched for by other authorities is cut off, others are not', async () => {
  const ca = write('ca.pem', callers.cert);
  const { port, path, clock } = await serveTls({ clientCa: ca });
  const issued = callers.issue(robot);
  await using shown = await open(port, { cert: issued.cert, key: issued.key });
  await using nameless = await open(port);
  for (const each of [shown, nameless]) {
    each.send(WAYS[0][1]('{}'));
    await each.response();
  }
  write('ca.pem', makeAuthority('Other callers').cert);
  await settle(clock);
  await shown.closed;
  nameless.send(WAYS[0][1]('{}'));
  expect((await nameless.response()).status).toBe(200);
  await using again = await open(port, { cert: issued.cert, key: issued.key });
  again.send(WAYS[0][1]('{}'));
  await again.response();
  expect(path.arrivals.at(-1)?.x.head.via?.certificate?.fault).not.toBe('');
});

test('a certificate that its authority has revoked does not count', async () => {
  const issued = callers.issue(robot);
  const other = callers.issue(robot);
  const files = {
    clientCa: write('ca.pem', callers.cert),
    clientCrl: write('crl.pem', callers.crl([issued])),
  };
  const { port, path } = await serveTls(files);
  for (const each of [issued, other]) {
    await using client = await open(port, { cert: each.cert, key: each.key });
    client.send(WAYS[0][1]('{}'));
    await client.response();
  }
  const faults = path.arrivals.map(({ x }) => x.head.via?.certificate?.fault);
  expect(faults).toEqual(['CERT_REVOKED', '']);
});

test('a listener that closes does not wait for handshakes that never end', async () => {
  const { listener, client } = await serveTls();
  await using raw = client();
  raw.send(Buffer.from([22, 3, 1]));
  const closed = listener.close();
  listener.closeAll();
  await closed;
  await raw.closed;
  expect(raw.text).toBe('');
});
