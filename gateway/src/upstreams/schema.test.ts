import { describe, expect, test } from 'vitest';
import { upstreamsSchema } from './schema.ts';

const problems = (entry: unknown, id = 'up'): string[] =>
  (upstreamsSchema.safeParse({ [id]: entry }).error?.issues ?? []).flatMap((issue) =>
    issue.code === 'invalid_union'
      ? issue.errors.flat().map(({ path, message }) => `${path.join('.')}: ${message}`)
      : [`${issue.path.slice(1).join('.')}: ${issue.message}`],
  );

describe('what is taken', () => {
  test.each([
    ['an address', { mcp: 'https://example.com/mcp?x=1' }],
    ['an address in an object', { mcp: { url: 'http://127.0.0.1:9000/' } }],
    [
      'an entry of mcp.json',
      { mcp: { type: 'http', url: 'http://h/', headers: { 'X-Key': 'k' } } },
    ],
    ['its other spelling', { mcp: { type: 'streamable-http', url: 'http://h/' } }],
    ['the transport of 2024-11-05', { mcp: { type: 'sse', url: 'http://h/sse' } }],
    ['its revision', { mcp: { type: 'sse', url: 'http://h/sse', era: '2024-11-05' } }],
    ['a command', { mcp: { command: 'npx', args: ['-y', 'x'], env: { A: '1' }, cwd: './x' } }],
    ['a command with its type', { mcp: { type: 'stdio', command: 'x' } }],
    ['a pinned era', { mcp: { url: 'http://h/', era: '2025-06-18' } }],
    [
      'a key in the query beside a login',
      {
        mcp: 'http://h/',
        auth: { query: { name: 'k', value: 'v' } },
        headers: { Authorization: 'x' },
      },
    ],
    [
      'a header beside a login',
      { openapi: 'a', auth: { headers: { 'X-Key': 'v' } }, headers: { Authorization: 'x' } },
    ],
    [
      'everything beside it',
      {
        mcp: 'http://h/',
        title: 'T',
        auth: { bearer: 'abc' },
        headers: { 'X-A': 'ü' },
        labels: ['pii'],
        timeoutMs: 5,
        shared: true,
        enabled: false,
      },
    ],
  ])('%s', (_name, entry) => {
    expect(problems(entry)).toEqual([]);
  });

  test.each([
    ['a path', { openapi: './crm.openapi.yaml' }],
    ['a path with a drive', { openapi: 'C:\\api\\crm.yaml' }],
    ['an address', { openapi: 'https://example.com/openapi.json?v=1' }],
    [
      'everything in it',
      {
        openapi: {
          document: './crm.yaml',
          url: 'http://127.0.0.1:9001/v1',
          overlays: ['./own.overlay.yaml', 'https://example.com/overlay.json'],
          references: ['schemas.example.com', '../shared/'],
          hosts: ['files.example.com', 'files.example.com:8443', '[fd00::1]:80', '10.0.0.0/8'],
          variables: { region: 'eu' },
          include: { tags: ['pets'], paths: ['/pets/*'], methods: ['GET', 'query'] },
          exclude: { deprecated: true, tags: ['internal'] },
          mode: 'search',
          outputSchema: 'relaxed',
          maxListTokens: 500,
          projections: { 'GET /pets/{id}': 'items[].name' },
        },
      },
    ],
    ['a mode beside it', { openapi: './a.yaml', mode: 'compact' }],
    ['a password', { openapi: './a.yaml', auth: { basic: { username: 'u', password: '' } } }],
    ['a key', { openapi: './a.yaml', auth: { schemes: { key: 'abc def' } } }],
    [
      'credentials of every kind',
      {
        openapi: './a.yaml',
        headers: { Authorization: 'Custom x' },
        auth: {
          schemes: {
            key: 'k',
            login: { username: 'u', password: 'p' },
            oauth: {
              clientId: 'c',
              clientSecret: 's',
              scopes: ['a', 'b:c'],
              tokenUrl: 'https://id.example.com/token',
              sendIn: 'body',
            },
          },
        },
      },
    ],
    [
      'a password for an MCP server',
      { mcp: 'http://h/', auth: { basic: { username: 'u', password: 'p' } } },
    ],
  ])('of an API: %s', (_name, entry) => {
    expect(problems(entry)).toEqual([]);
  });

  test('what is left out has its default', () => {
    expect(upstreamsSchema.parse({ up: { mcp: { command: 'x' } } })).toEqual({
      up: {
        mcp: {
          command: 'x',
          args: [],
          env: {},
          inheritEnv: [],
          era: 'auto',
          interaction: 'on',
          tasks: 'wait',
        },
        labels: [],
        shared: false,
        enabled: true,
      },
    });
  });
});

describe('what is refused, and how it is said', () => {
  test.each([
    ['a command as an address', { mcp: 'npx -y x' }, 'a command is written as { command: npx'],
    ['another scheme', { mcp: 'ftp://h/' }, 'must be an http or https address'],
    ['a password in it', { mcp: 'http://a:b@h/' }, 'must not hold a name or password'],
    ['a fragment', { mcp: { url: 'http://h/#x' } }, 'must not end in a fragment'],
    ['an unknown key', { mcp: 'http://h/', tiemoutMs: 1 }, 'tiemoutMs'],
    ['both at once', { mcp: { url: 'http://h/', command: 'x' } }, 'command'],
    [
      'a revision that came later',
      { mcp: { type: 'sse', url: 'http://h/', era: '2026-07-28' } },
      'not spoken over HTTP with SSE',
    ],
    ['a foreign revision', { mcp: { url: 'http://h/', era: '2024-01-01' } }, 'era'],
    [
      'a header of ours',
      { mcp: 'http://h/', headers: { Host: 'x' } },
      'sets the header "Host" itself',
    ],
    ['a header of the protocol', { mcp: 'http://h/', headers: { 'Mcp-Name': 'x' } }, 'itself'],
    ['a line break', { mcp: 'http://h/', headers: { A: 'x\r\nB: y' } }, 'must be one line'],
    ['an empty header', { mcp: 'http://h/', headers: { 'X-Key': '' } }, 'must not be empty'],
    [
      'an empty header of credentials',
      { openapi: 'a', auth: { headers: { 'X-Key': '' } } },
      'must not be empty',
    ],
    [
      'a login without name and password',
      { openapi: 'a', auth: { basic: { username: '', password: '' } } },
      'must not be empty both',
    ],
    ['a name with a space', { mcp: 'http://h/', headers: { 'A B': 'x' } }, 'cannot be the name'],
    ['a token with a space', { mcp: 'http://h/', auth: { bearer: 'a b' } }, 'one token'],
    [
      'two credentials',
      { mcp: 'http://h/', auth: { bearer: 'a' }, headers: { AUTHORIZATION: 'x' } },
      'is set already',
    ],
    [
      'the same header twice',
      { mcp: { url: 'http://h/', headers: { 'x-key': 'a' } }, auth: { headers: { 'X-Key': 'b' } } },
      'the header "x-key" is set already',
    ],
    [
      'a header beside tokens of callers',
      {
        mcp: 'http://h/',
        auth: { tokenExchange: { tokenUrl: 'http://h/', discovery: 'none' } },
        headers: { Authorization: 'x' },
      },
      'is set already',
    ],
    [
      'a header beside what is presented for lists',
      {
        mcp: 'http://h/',
        auth: {
          tokenExchange: { tokenUrl: 'http://h/', discovery: { headers: { 'X-Key': 'b' } } },
        },
        headers: { 'X-Key': 'x' },
      },
      'is set already',
    ],
    ['headers for a command', { mcp: { command: 'x' }, headers: { A: 'b' } }, 'in mcp.env'],
    ['credentials for a command', { mcp: { command: 'x' }, auth: { bearer: 'b' } }, 'in mcp.env'],
    ['nothing behind it', { title: 'T' }, 'must say what stands behind it: mcp or openapi'],
    ['two things behind it', { mcp: 'http://h/', openapi: './a.yaml' }, 'entries of their own'],
    ['a document by another scheme', { openapi: 'ftp://h/a.yaml' }, 'must be a path, or an http'],
    ['a password in its address', { openapi: 'https://a:b@h/a.yaml' }, 'download the document'],
    ['no document', { openapi: { url: 'http://h/' } }, 'document: '],
    [
      'an address as a host',
      { openapi: { document: 'a', hosts: ['http://h/'] } },
      'must be a host',
    ],
    [
      'a url with a password',
      { openapi: { document: 'a', url: 'http://a:b@h/' } },
      'must not hold',
    ],
    ['a url that is none', { openapi: { document: 'a', url: '/v1' } }, 'must be an http or https'],
    ['an unknown mode', { openapi: { document: 'a', mode: 'fast' } }, 'mode'],
    ['two modes', { openapi: { document: 'a', mode: 'full' }, mode: 'search' }, 'set in openapi'],
    ['a mode of an MCP server', { mcp: 'http://h/', mode: 'search' }, 'set at the endpoint'],
    ['an empty selection', { openapi: { document: 'a', include: { tags: [] } } }, 'tags'],
    [
      'deprecated to include',
      { openapi: { document: 'a', include: { deprecated: true } } },
      'deprecated',
    ],
    [
      'a projection by a name',
      { openapi: { document: 'a', projections: { list_pets: 'a' } } },
      'by method and path',
    ],
    [
      'a projection that is none',
      { openapi: { document: 'a', projections: { 'GET /a': 'a[' } } },
      'no JMESPath',
    ],
    [
      'no credential',
      { openapi: 'a', auth: {} },
      'must have one of bearer, basic, headers, query, clientCredentials, tokenExchange and schemes',
    ],
    [
      'two of them',
      { openapi: 'a', auth: { bearer: 'x', schemes: {} } },
      'has bearer and schemes; keep one',
    ],
    [
      'schemes of an MCP server',
      { mcp: 'http://h/', auth: { schemes: { a: 'b' } } },
      'is for APIs',
    ],
    ['an empty secret', { openapi: 'a', auth: { schemes: { key: '' } } }, 'may not be set'],
    [
      'a user name with a colon',
      { openapi: 'a', auth: { basic: { username: 'a:b', password: 'p' } } },
      'must not hold ":"',
    ],
    [
      'two scopes in one',
      {
        openapi: 'a',
        auth: { schemes: { o: { clientId: 'a', clientSecret: 'b', scopes: ['a b'] } } },
      },
      'one scope without spaces',
    ],
    [
      'an API with two credentials',
      { openapi: 'a', auth: { bearer: 'a' }, headers: { authorization: 'x' } },
      'is set already',
    ],
    ['no time at all', { mcp: 'http://h/', timeoutMs: 0 }, 'timeoutMs'],
  ])('%s', (_name, entry, words) => {
    expect(problems(entry).join('\n')).toContain(words);
  });

  test.each(['Up', '1up', 'a_b', 'a'.repeat(32), ''])('the id %j', (id) => {
    expect(problems({ mcp: 'http://h/' }, id).join()).toContain('must be lower-case letters');
  });
});
