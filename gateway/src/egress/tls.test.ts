import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { expect, test } from 'vitest';
import { send } from '../../../test/kit/outbound.ts';
import { openPool } from './index.ts';

/** A certificate that signs itself, by OpenSSL's program; undefined where there is none. */
function selfSigned(names: string): { key: Buffer; cert: Buffer } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const subject = ['-subj', '/CN=test', '-addext', `subjectAltName=${names}`];
  const { status } = spawnSync('openssl', [
    'req',
    ...kind,
    '-keyout',
    key,
    '-out',
    cert,
    ...subject,
  ]);
  const made = status === 0 ? { key: readFileSync(key), cert: readFileSync(cert) } : undefined;
  rmSync(folder, { recursive: true });
  return made;
}

const KNOWN = selfSigned('DNS:localhost,IP:127.0.0.1,IP:::1');
const OTHER = selfSigned('DNS:other.example');

async function ask(identity: { key: Buffer; cert: Buffer }, host: string, isTrusted: boolean) {
  const before = getCACertificates('default');
  setDefaultCACertificates(isTrusted ? [...before, identity.cert.toString()] : before);
  const names: unknown[] = [];
  const server = createServer(identity, (request, response) => request.pipe(response));
  server.on('secureConnection', (socket) => names.push(socket.servername));
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  const pool = openPool(`https://${host}:${port}`, { connectTimeoutMs: 5000, maxConnections: 2 });
  const sent = [send(pool)];
  await sent[0]!.over;
  sent.push(send(pool));
  await sent[1]!.over;
  await pool.destroy();
  await new Promise((resolve) => server.close(resolve));
  setDefaultCACertificates(before);
  return { sent, names };
}

test.skipIf(KNOWN === undefined).each([
  ['localhost', 'localhost'],
  ['127.0.0.1', false],
  ['[::1]', false],
])('https://%s is spoken to over one connection, under the name %s', async (host, name) => {
  const { sent, names } = await ask(KNOWN!, host, true);
  for (const one of sent) expect(one).toMatchObject({ status: 200, body: '{}', isSound: true });
  expect(names).toEqual([name]);
});

test.skipIf(KNOWN === undefined || OTHER === undefined).each([
  ['that nobody vouches for', KNOWN!, false, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ['of another name', OTHER!, true, 'ERR_TLS_CERT_ALTNAME_INVALID'],
])(
  'a certificate %s is refused before anything is sent',
  async (_what, identity, trusted, code) => {
    const { sent } = await ask(identity, 'localhost', trusted);
    for (const one of sent) {
      expect(one).toMatchObject({ heard: ['error'], failed: null, error: { code } });
    }
  },
);
