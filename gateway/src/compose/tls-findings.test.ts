import { expect, test } from 'vitest';
import { issueLocal, makeAuthority } from '../../../test/kit/certificates.ts';
import { checkConfig, configSchema } from './config.ts';

const authority = makeAuthority();
const { cert, key } = issueLocal(authority);
const old = issueLocal(authority, { notAfter: new Date(Date.now() - 60_000) });
const pair = { cert, key };
const at = (tls: object) => ({ up: { mcp: 'https://up.example/mcp', tls } });

function findings(config: object): string[] {
  const parsed = configSchema.parse(config);
  return checkConfig(parsed, '/nowhere').map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );
}

test.each<[object, RegExp]>([
  [
    { server: { tls: { cert: 'gone.pem', key } } },
    /^server\.tls\.cert: .*"gone.pem" does not exist$/,
  ],
  [{ server: { tls: { cert, key: 'gone.pem' } } }, /^server\.tls\.key: .*does not exist$/],
  [{ server: { tls: { cert, key: issueLocal(authority).key } } }, /^server\.tls\.key: .*belong/],
  [{ server: { tls: { cert: old.cert, key: old.key } } }, /^server\.tls\.cert: .*expired on/],
  [{ server: { tls: { ...pair, clientCa: cert } } }, /^server\.tls\.clientCa: .*stand for nobody/],
  [
    { server: { tls: { ...pair, clientCa: 'gone.pem' } }, identity: { mtls: true } },
    /^server\.tls\.clientCa: .*does not exist$/,
  ],
  [{ identity: { mtls: true } }, /^identity\.mtls: nobody vouches/],
  [{ upstreams: at({ ca: 'gone.pem' }) }, /^upstreams\.up\.tls\.ca: .*does not exist$/],
  [{ upstreams: at({ ca: old.cert }) }, /^upstreams\.up\.tls\.ca: .*expired/],
  [{ upstreams: at({ cert: key, key }) }, /^upstreams\.up\.tls\.cert: .*no certificate$/],
])('%#: is found before anything relies on it', (config, finding) => {
  expect(findings(config)).toEqual([expect.stringMatching(finding)]);
});

test.each<object>([
  { server: { tls: pair } },
  { server: { tls: { ...pair, clientCa: authority.cert } }, identity: { mtls: true } },
  { upstreams: at({ ca: [authority.cert, 'system'], ...pair }) },
  { upstreams: { up: { mcp: 'https://up.example', tls: { ca: 'gone.pem' }, enabled: false } } },
])('%#: nothing is wrong', (config) => {
  expect(findings(config)).toEqual([]);
});

test.each<[object, RegExp]>([
  [{ mcp: 'http://up.example/mcp', tls: { ca: 'a.pem' } }, /begins with http/],
  [{ mcp: { command: 'x' }, tls: { ca: 'a.pem' } }, /servers over HTTP/],
  [{ mcp: 'https://up.example', tls: { cert: 'a.pem' } }, /stand together/],
  [{ openapi: './a.yaml', tls: { cert: 'a.pem', key: 'b.pem' } }, /for which server/],
  [{ mcp: 'https://up.example', tls: { rejectUnauthorized: false } }, /rejectUnauthorized/],
])('%j cannot be written', (up, why) => {
  const { error } = configSchema.safeParse({ upstreams: { up } });
  expect(JSON.stringify(error?.issues)).toMatch(why);
});
