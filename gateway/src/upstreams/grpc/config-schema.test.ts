import { describe, expect, test } from 'vitest';
import { upstreamsSchema } from '../schema.ts';
import { grpcConfig, sectionOf } from './config-schema.ts';

const problems = (entry: unknown): string[] =>
  (upstreamsSchema.safeParse({ up: entry }).error?.issues ?? []).flatMap((issue) =>
    issue.code === 'invalid_union'
      ? issue.errors.flat().map(({ path, message }) => `${path.join('.')}: ${message}`)
      : [`${issue.path.slice(1).join('.')}: ${issue.message}`],
  );

const AT = 'grpc://127.0.0.1:9003';

test.each([
  ['an address', AT, { url: AT }],
  ['an address with TLS', 'grpcs://risk.example', { url: 'grpcs://risk.example' }],
  ['a .proto file', './risk.proto', { protos: ['./risk.proto'] }],
  ['a descriptor set', './risk.binpb', { descriptors: './risk.binpb' }],
])('%s means its section', (_name, written, section) => {
  expect(sectionOf(written)).toEqual(section);
  expect(grpcConfig(written)).toMatchObject(section);
  expect(problems({ grpc: written })).toEqual([]);
});

describe('what is refused', () => {
  test.each([
    ['no port that could be', 'grpc://h:99999', 'must be grpc://host:port'],
    ['no host that could be', 'grpc://1.2.3.999:1', 'must be grpc://host:port'],
    ['a path', 'grpc://h:1/x', 'must end behind the port'],
    ['a password', 'grpc://a:b@h:1', 'must not hold a name or password'],
    ['another file', './risk.yaml', ''],
    ['nothing to read', {}, 'must have url, protos or descriptors'],
    ['an address among files', { protos: ['http://h/a.proto'] }, 'must be a path, not an address'],
    ['metadata of our own', { url: AT, metadata: { 'grpc-timeout': '1S' } }, 'sets "grpc-timeout"'],
    ['metadata of HTTP', { url: AT, metadata: { te: 'x' } }, 'sets the header "te" itself'],
    ['bytes that are none', { url: AT, metadata: { 'x-bin': 'ä' } }, 'must be Base64'],
    ['no expression', { url: AT, projections: { 'a.B/C': '[' } }, 'is no JMESPath expression'],
    ['too many messages', { url: AT, streaming: { maxMessages: 1e9 } }, 'maxMessages'],
  ])('%s', (_name, grpc, words) => {
    expect(problems({ grpc }).join('\n')).toContain(words);
    expect(problems({ grpc })).not.toEqual([]);
  });

  const client = { tokenUrl: 'https://h/t', clientId: 'a', clientSecret: 'b' };
  const query = { name: 'k', value: 'v' };
  test.each([
    ['a query', { query }, 'auth.query: is for addresses with a query'],
    ['schemes', { schemes: { key: 'v' } }, 'auth.schemes: is for documents that name'],
    [
      'a query for lists',
      { tokenExchange: { ...client, discovery: { query } } },
      'auth.tokenExchange.discovery.query: is for addresses',
    ],
    ['a header of gRPC', { headers: { 'grpc-x': 'v' } }, 'auth.headers.grpc-x: the gateway sets'],
    ['what metadata has', { headers: { 'X-Key': 'v' } }, 'the header "x-key" is set already'],
  ])('auth with %s', (_name, auth, words) => {
    const found = problems({ grpc: { url: AT, metadata: { 'x-key': 'w' } }, auth });
    expect(found.join('\n')).toContain(words);
  });

  test('headers of gRPC itself', () => {
    const found = problems({ grpc: AT, headers: { 'Grpc-Encoding': 'gzip' } });
    expect(found).toEqual([
      'headers.Grpc-Encoding: the gateway sets "Grpc-Encoding" itself; leave it out',
    ]);
  });
});

test.each([{ bearer: 'x' }, { basic: { username: 'a', password: 'b' } }, { headers: { k: 'v' } }])(
  'auth that metadata can carry is taken: %j',
  (auth) => {
    expect(problems({ grpc: AT, auth })).toEqual([]);
  },
);
