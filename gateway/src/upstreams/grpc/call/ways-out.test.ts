import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { issueLocal, makeAuthority } from '../../../../../test/kit/certificates.ts';
import { startProxy } from '../../../../../test/kit/tls-front.ts';
import { openTls, readProxies, type ClientTlsConfig } from '../../../egress/index.ts';
import { systemClock } from '../../../kernel/index.ts';
import { openCaller, say, startServer, told, valueOf } from './test-server.ts';

describe('ways out', () => {
  const folder = mkdtempSync(join(tmpdir(), 'grpc-tls-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const authority = makeAuthority();
  const callers = makeAuthority('Callers');
  const { cert, key } = issueLocal(authority, { dns: ['localhost', 'api.test'] });
  const own = callers.issue({ cn: 'gateway' });
  for (const [name, text] of Object.entries({ ca: authority.cert, cert: own.cert, key: own.key })) {
    writeFileSync(join(folder, `${name}.pem`), text);
  }
  const yes = (heard: Parameters<typeof say>[0]): void => say(heard, [told('yes')]);
  const wayOut = (tls: ClientTlsConfig, port: number, env: Record<string, string> = {}) => ({
    proxies: readProxies(env),
    tls: openTls(tls, {
      directory: folder,
      clock: systemClock,
      own: [`127.0.0.1:${port}`, `api.test:${port}`],
      onFault: () => undefined,
    }),
  });

  test('TLS by an authority of the configuration, and by no other', async () => {
    await using server = await startServer(yes, { isSecure: true, cert, key });
    const trusting = wayOut({ ca: 'ca.pem' }, server.port);
    await using caller = openCaller(server.port, { scheme: 'grpcs', wayOut: trusting });
    expect(valueOf(await caller.call())).toEqual({ text: 'yes' });
    await using strange = openCaller(server.port, { scheme: 'grpcs' });
    expect(await strange.call()).toMatchObject({ kind: 'broken', reason: 'upstream_unavailable' });
    await using plain = openCaller(server.port);
    expect(await plain.call()).toMatchObject({ kind: 'broken' });
  });

  test('a certificate of the gateway where the server asks for one', async () => {
    const asking = { requestCert: true, rejectUnauthorized: true, ca: callers.cert };
    await using server = await startServer(yes, { isSecure: true, cert, key, ...asking });
    const showing = { ca: 'ca.pem', cert: 'cert.pem', key: 'key.pem' };
    await using caller = openCaller(server.port, {
      scheme: 'grpcs',
      wayOut: wayOut(showing, server.port),
    });
    expect(valueOf(await caller.call())).toEqual({ text: 'yes' });
    await using bare = openCaller(server.port, {
      scheme: 'grpcs',
      wayOut: wayOut({ ca: 'ca.pem' }, server.port),
    });
    expect(await bare.call()).toMatchObject({ kind: 'broken' });
    expect(server.heard).toHaveLength(1);
  });

  test('a proxy, with and without TLS behind it', async () => {
    await using proxy = await startProxy();
    await using server = await startServer(yes, { isSecure: true, cert, key });
    await using plain = await startServer(yes);
    const env = {
      HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
      HTTP_PROXY: `http://127.0.0.1:${proxy.port}`,
    };
    const through = wayOut({ ca: 'ca.pem' }, server.port, env);
    await using caller = openCaller(server.port, {
      scheme: 'grpcs',
      host: 'api.test',
      wayOut: through,
    });
    expect(valueOf(await caller.call())).toEqual({ text: 'yes' });
    const named = { host: 'api.test', wayOut: { proxies: readProxies(env) } };
    await using bare = openCaller(plain.port, named);
    expect(valueOf(await bare.call())).toEqual({ text: 'yes' });
    expect(proxy.asked).toEqual([
      `CONNECT api.test:${server.port}`,
      `CONNECT api.test:${plain.port}`,
    ]);
    proxy.answer = 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n';
    await using refused = openCaller(plain.port, named);
    expect(await refused.call()).toMatchObject({ reason: 'upstream_unavailable' });
  });
});
