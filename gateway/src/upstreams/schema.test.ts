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
    ['a command', { mcp: { command: 'npx', args: ['-y', 'x'], env: { A: '1' }, cwd: './x' } }],
    ['a command with its type', { mcp: { type: 'stdio', command: 'x' } }],
    ['a pinned era', { mcp: { url: 'http://h/', era: '2025-06-18' } }],
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

  test('what is left out has its default', () => {
    expect(upstreamsSchema.parse({ up: { mcp: { command: 'x' } } })).toEqual({
      up: {
        mcp: { command: 'x', args: [], env: {}, inheritEnv: [], era: 'auto' },
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
    ['a foreign revision', { mcp: { url: 'http://h/', era: '2024-01-01' } }, 'era'],
    [
      'a header of ours',
      { mcp: 'http://h/', headers: { Host: 'x' } },
      'sets the header "Host" itself',
    ],
    ['a header of the protocol', { mcp: 'http://h/', headers: { 'Mcp-Name': 'x' } }, 'itself'],
    ['a line break', { mcp: 'http://h/', headers: { A: 'x\r\nB: y' } }, 'must be one line'],
    ['a name with a space', { mcp: 'http://h/', headers: { 'A B': 'x' } }, 'cannot be the name'],
    ['a token with a space', { mcp: 'http://h/', auth: { bearer: 'a b' } }, 'one token'],
    [
      'two credentials',
      { mcp: 'http://h/', auth: { bearer: 'a' }, headers: { AUTHORIZATION: 'x' } },
      'is set already',
    ],
    ['headers for a command', { mcp: { command: 'x' }, headers: { A: 'b' } }, 'in mcp.env'],
    ['credentials for a command', { mcp: { command: 'x' }, auth: { bearer: 'b' } }, 'in mcp.env'],
    ['no time at all', { mcp: 'http://h/', timeoutMs: 0 }, 'timeoutMs'],
  ])('%s', (_name, entry, words) => {
    expect(problems(entry).join('\n')).toContain(words);
  });

  test.each(['Up', '1up', 'a_b', 'a'.repeat(32), ''])('the id %j', (id) => {
    expect(problems({ mcp: 'http://h/' }, id).join()).toContain('must be lower-case letters');
  });
});
