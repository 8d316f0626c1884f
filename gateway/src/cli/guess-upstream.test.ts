import { describe, expect, test } from 'vitest';
import { UPSTREAM_ID } from '../kernel/index.ts';
import { freeId, guessUpstream, idFrom, type AddRequest } from './guess-upstream.ts';

const FILES = new Set([
  './server.js',
  './tool.py',
  './crm.openapi.yaml',
  './my server',
  './run.sh',
]);

function guess(words: string[], more: Partial<AddRequest> = {}) {
  const isFile = (path: string) => FILES.has(path);
  return guessUpstream({ words, headers: {}, env: {}, shared: false, isFile, ...more });
}

describe('what it was given', () => {
  test.each<[words: string[], id: string, mcp: unknown]>([
    [['https://mcp.example.com/mcp'], 'example', 'https://mcp.example.com/mcp'],
    [['https://search.example.com/mcp'], 'example', 'https://search.example.com/mcp'],
    [['http://127.0.0.1:9001/mcp'], 'local-9001', 'http://127.0.0.1:9001/mcp'],
    [['http://localhost/mcp'], 'local-80', 'http://localhost/mcp'],
    [['http://[::1]:7/mcp'], 'local-7', 'http://[::1]:7/mcp'],
    [
      ['npx', '-y', '@modelcontextprotocol/server-filesystem', './data'],
      'filesystem',
      { command: 'npx', args: ['-y', '@modelcontextprotocol/server-filesystem', './data'] },
    ],
    [['npx -y some-mcp@1.2.3'], 'some', { command: 'npx', args: ['-y', 'some-mcp@1.2.3'] }],
    [['uvx', 'mcp-server-git'], 'git', { command: 'uvx', args: ['mcp-server-git'] }],
    [
      ['docker', 'run', '-i', '--rm', '-e', 'A=b/c', 'ghcr.io/acme/weather-mcp:2'],
      'weather',
      {
        command: 'docker',
        args: ['run', '-i', '--rm', '-e', 'A=b/c', 'ghcr.io/acme/weather-mcp:2'],
      },
    ],
    [['./server.js', '--fast'], 'server', { command: 'node', args: ['./server.js', '--fast'] }],
    [
      ['node', '/opt/@acme/server-crm/dist/index.js'],
      'crm',
      { command: 'node', args: ['/opt/@acme/server-crm/dist/index.js'] },
    ],
    [['./tool.py'], 'tool', { command: 'python3', args: ['./tool.py'] }],
    [['./run.sh'], 'run-sh', { command: './run.sh' }],
    [['./my server'], 'my', { command: './my server' }],
    [['mcp-server-time'], 'time', { command: 'mcp-server-time' }],
  ])('%j', (words, id, mcp) => {
    expect(guess(words)).toMatchObject({ ok: true, id, entry: { mcp } });
  });

  test.each<[words: string[], more: Partial<AddRequest>, why: string]>([
    [[], {}, 'nothing to add'],
    [['https://h/mcp', 'more'], {}, 'stands alone'],
    [['postgres://h/db'], {}, 'no http or https address'],
    [['./crm.openapi.yaml'], {}, 'is a document'],
    [['npx', 'x'], { headers: { A: 'b' } }, '--header is for servers over HTTP'],
    [['https://h/mcp'], { env: { A: 'b' } }, '--env is for commands'],
  ])('%j is refused', (words, more, why) => {
    expect(guess(words, more)).toMatchObject({ ok: false, why: expect.stringContaining(why) });
  });

  test('whole placeholders stay, any other dollar means itself', () => {
    const headers = { Authorization: 'Bearer ${TOKEN}', Odd: 'a$$b${x y}' };
    expect(guess(['https://h/mcp'], { headers, shared: true })).toMatchObject({
      entry: {
        headers: { Authorization: 'Bearer ${TOKEN}', Odd: 'a$$$b$${x y}' },
        shared: true,
      },
    });
  });
});

describe('ids', () => {
  test.each([
    ['@scope/server-Every_Thing@latest', 'every-thing'],
    ['99bottles', 'bottles'],
    ['mcp-server', 'mcp-server'],
    ['日本', 'upstream'],
    ['a'.repeat(60), 'a'.repeat(31)],
  ])('%s gives %s', (name, id) => {
    expect(idFrom(name)).toBe(id);
    expect(id).toMatch(UPSTREAM_ID);
  });

  test('a taken one gets a number and stays within the length', () => {
    const taken = new Set(['files', 'files-2', 'a'.repeat(31)]);
    expect(freeId('files', (id) => taken.has(id))).toBe('files-3');
    expect(freeId('a'.repeat(31), (id) => taken.has(id))).toBe(`${'a'.repeat(29)}-2`);
  });
});
