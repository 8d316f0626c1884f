/** `mcp-remote` between a client that speaks stdio only and the gateway. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startFixture, type Fixture } from '../kit/fixture/index.ts';
import { startGateway, type TestGateway } from '../kit/gateway.ts';

const PACKAGE = dirname(createRequire(import.meta.url).resolve('mcp-remote/package.json'));
const PROXY = join(PACKAGE, 'dist', 'proxy.js');

let fixture: Fixture;
let gateway: TestGateway;
let home: string;

beforeEach(async () => {
  fixture = await startFixture({ era: 'legacy' });
  gateway = await startGateway({ upstreams: { fixture: { mcp: { url: fixture.url } } } });
  home = await mkdtemp(join(tmpdir(), 'drawbridge-home-'));
});

afterEach(async () => {
  await gateway.close();
  await fixture.close();
  await rm(home, { recursive: true, force: true });
});

describe.each([
  ['Streamable HTTP', 'http-only', 'mcp', 'legacy'],
  ['Streamable HTTP of either era', 'http-only', 'mcp', 'auto'],
  ['HTTP with SSE', 'sse-only', 'sse', 'legacy'],
])('over %s', (_name, transport, path, protocol) => {
  test('lists, calls and is asked, without a browser', async () => {
    const client = new Client(
      { name: 'desktop', version: '1' },
      { capabilities: { elicitation: {} }, versionNegotiation: { mode: 'legacy' } },
    );
    client.setRequestHandler('elicitation/create', () => ({
      action: 'accept' as const,
      content: { response: 'ann' },
    }));
    const url = `${gateway.origin}/${path}`;
    const bridge = new StdioClientTransport({
      command: process.execPath,
      args: [PROXY, url, '--transport', transport, '--protocol', protocol],
      // Nothing that opens a browser is found.
      env: { HOME: home, MCP_REMOTE_CONFIG_DIR: join(home, 'config'), PATH: home },
      stderr: 'pipe',
    });
    let said = '';
    bridge.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await client.connect(bridge);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('fixture__test_simple_text');
    const called = await client.callTool({ name: 'fixture__test_simple_text', arguments: {} });
    expect(called.content).toEqual([
      { type: 'text', text: 'This is a simple text response for testing.' },
    ]);
    const args = { message: 'who?' };
    const asked = await client.callTool({ name: 'fixture__test_elicitation', arguments: args });
    expect(JSON.stringify(asked.content)).toContain('ann');
    await client.close();
    expect(said).not.toMatch(/authoriz|browser/i);
    expect(await readdir(home)).toEqual(['config']);
  });
});
