/** TLS to a real PostgreSQL: asked for, it is had and verified, or nothing is said to it. */
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueLocal, makeAuthority } from '../../../../../test/kit/certificates.ts';
import { startPostgres, type TestPostgres } from '../../../../../test/kit/postgres-server.ts';
import { openTls, type ClientTlsConfig, type WayOut } from '../../../egress/index.ts';
import { systemClock } from '../../../kernel/index.ts';
import { addressProblem, databaseTlsProblem } from '../address-problem.ts';
import { openWorld } from '../test-world.ts';

const FILES = {
  'how.sql': `select ssl, version, client_dn from pg_stat_ssl where pid = pg_backend_pid()`,
};
const authority = makeAuthority('Database authority');
const other = makeAuthority('Nobody we know');
const own = issueLocal(authority);
const client = authority.issue({ cn: 'postgres' });
const stranger = other.issue({ cn: 'postgres' });

let tls: TestPostgres;
let plain: TestPostgres;

beforeAll(async () => {
  tls = await startPostgres({
    settings: { ssl: 'on', ssl_ca_file: 'root.crt', ssl_min_protocol_version: 'TLSv1.2' },
    files: { 'server.crt': own.cert, 'server.key': own.key, 'root.crt': authority.cert },
    hba: `hostssl certain all 127.0.0.1/32 cert
hostssl all all 127.0.0.1/32 scram-sha-256
host open all 127.0.0.1/32 scram-sha-256
`,
  });
  plain = await startPostgres();
});

afterAll(async () => {
  await tls?.[Symbol.asyncDispose]();
  await plain?.[Symbol.asyncDispose]();
});

function wayOut(url: string, config: ClientTlsConfig | undefined): WayOut | undefined {
  if (config === undefined) return undefined;
  const own = [URL.parse(url)?.host ?? ''];
  return { tls: openTls(config, { directory: '/', clock: systemClock, own, onFault: () => {} }) };
}

async function ask(url: string, config?: ClientTlsConfig) {
  await using world = await disposable(url, config);
  const reply = await world.call('how.sql');
  if (reply.kind === 'broken') return reply.text;
  if (reply.kind !== 'answer' || reply.body.kind !== 'json') return reply;
  const { rows } = Object.assign({ rows: [] }, reply.body.value);
  return rows[0];
}

async function disposable(url: string, config?: ClientTlsConfig) {
  const world = await openWorld(url, FILES, { connectTimeoutMs: 3000 }, wayOut(url, config));
  return { ...world, [Symbol.asyncDispose]: () => world.api.close() };
}

const at = (host: string, { port, password }: TestPostgres, more = ''): string =>
  `postgres://postgres:${password}@${host}:${port}/postgres${more}`;

describe('with TLS', () => {
  test.each(['localhost', '127.0.0.1'])(
    '%s is verified by the authority that is set',
    async (host) => {
      const secured = { ssl: true, version: expect.stringMatching(/^TLSv1\.[23]$/) };
      expect(await ask(at(host, tls), { ca: authority.cert })).toMatchObject(secured);
      for (const mode of ['require', 'verify-ca', 'verify-full']) {
        expect(await ask(at(host, tls, `?sslmode=${mode}`), { ca: authority.cert })).toMatchObject(
          secured,
        );
      }
    },
  );

  test('another authority, that of the machine, and another name are refused', async () => {
    const refused = expect.stringMatching(/cannot be reached: its TLS certificate is not accepted/);
    expect(await ask(at('localhost', tls), { ca: other.cert })).toEqual(refused);
    for (const mode of ['require', 'verify-ca', 'verify-full']) {
      expect(await ask(at('127.0.0.1', tls, `?sslmode=${mode}`))).toEqual(refused);
    }
    const named = { ca: authority.cert, serverName: 'db.example' };
    expect(await ask(at('localhost', tls), named)).toEqual(refused);
    expect(await ask(at('127.0.0.1', tls), named)).toEqual(refused);
    const fitting = { ca: authority.cert, serverName: 'localhost' };
    expect(await ask(at('127.0.0.1', tls), fitting)).toMatchObject({ ssl: true });
  });

  test('a client certificate is what the server knows the gateway by', async () => {
    const url = at('127.0.0.1', tls)
      .replace(/postgres$/, 'certain')
      .replace(`:${tls.password}@`, '@');
    const { default: pg } = await import('pg');
    const admin = new pg.Client({
      connectionString: at('127.0.0.1', tls),
      ssl: { ca: authority.cert },
    });
    await admin.connect();
    await admin.query('create database certain');
    await admin.end();
    const shown = { ca: authority.cert, cert: client.cert, key: client.key };
    expect(await ask(url, shown)).toMatchObject({ ssl: true, client_dn: '/CN=postgres' });
    expect(await ask(url, { ca: authority.cert })).toMatch(/refused the user|cannot be reached/);
    const strange = { ca: authority.cert, cert: stranger.cert, key: stranger.key };
    expect(await ask(url, strange)).toMatch(/refused the user|cannot be reached/);
  });

  test('a server that wants TLS is not spoken to without it', async () => {
    expect(await ask(at('127.0.0.1', tls))).toMatch(/refused the user|cannot be reached/);
    expect(await ask(at('127.0.0.1', tls, '?sslmode=disable'))).toMatch(/refused|reached/);
  });
});

describe('without TLS at the server', () => {
  test('nothing is said to it once TLS is asked for', async () => {
    expect(await ask(at('127.0.0.1', plain))).toMatchObject({ ssl: false });
    expect(await ask(at('127.0.0.1', plain, '?sslmode=disable'))).toMatchObject({ ssl: false });
    const none = expect.stringMatching(/it does not speak TLS/);
    expect(await ask(at('127.0.0.1', plain, '?sslmode=require'))).toEqual(none);
    expect(await ask(at('127.0.0.1', plain), { ca: authority.cert })).toEqual(none);
  });

  test.each(['N', 'E', 'S-and-more', ''])(
    'one that answers %j hears neither user nor password',
    async (answer) => {
      const heard: Buffer[] = [];
      const sockets = new Set<Socket>();
      const server: Server = createServer((socket) => {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('data', (chunk) => {
          heard.push(chunk);
          if (heard.length === 1) socket.write(answer);
          if (answer === '') socket.destroy();
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : 0;
      const text = await ask(`postgres://somebody:swordfish@127.0.0.1:${port}/x?sslmode=require`);
      expect(text).toMatch(/cannot be reached/);
      expect(Buffer.concat(heard).toString('latin1')).not.toMatch(/somebody|swordfish/);
      expect(heard[0]).toEqual(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]));
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  );
});

test.each([
  ['postgres://h/x?sslmode=prefer', /may fall back/],
  ['postgres://h/x?sslmode=allow', /may fall back/],
  ['postgres://h/x?sslmode=no-verify', /may fall back/],
  ['mysql://h/x?ssl-mode=PREFERRED', /may fall back/],
  ['postgres://h/x?sslrootcert=./ca.pem', /sslrootcert, which is set by tls/],
  ['postgres://h/x?password=swordfish', /password, which is set by auth.basic/],
  ['postgres://h/x?channel_binding=require', /not known here/],
  ['postgres://h/x?sslmode=verify-full', /^$/],
  ['mysql://h/x?ssl-mode=VERIFY_IDENTITY', /^$/],
  ['postgres:///x?host=/var/run/postgresql', /^$/],
  ['sqlite:./a.db', /^$/],
  ['redis://h/0', /^must be postgres/],
])('%s', (written, said) => {
  expect(addressProblem(written)).toMatch(said);
  expect(addressProblem(written)).not.toContain('swordfish');
});

test('a section tls that would not be used is a fault', () => {
  expect(databaseTlsProblem('postgres://h/x?sslmode=disable')).toMatch(/would not be used/);
  expect(databaseTlsProblem('./notes.db')).toMatch(/a file/);
  expect(databaseTlsProblem('postgres://h/x')).toBe('');
});
