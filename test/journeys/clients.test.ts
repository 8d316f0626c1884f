/** Real clients of both eras list and call through the gateway, in front of one fixture. */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFixture, type Fixture } from '../kit/fixture/index.ts';
import { startGateway, type TestGateway } from '../kit/gateway.ts';

const TOOL = 'fixture__test_simple_text';
const ANSWER = [{ type: 'text', text: 'This is a simple text response for testing.' }];

describe.each(['2026-07-28', '2025-11-25', '2025-06-18'])('an upstream of %s', (era) => {
  let fixture: Fixture;
  let gateway: TestGateway;

  beforeAll(async () => {
    fixture = await startFixture({ era: era === '2026-07-28' ? 'modern' : 'legacy' });
    gateway = await startGateway({ upstreams: { fixture: { mcp: { url: fixture.url, era } } } });
  });

  afterAll(async () => {
    await gateway.close();
    await fixture.close();
  });

  test('SDK 1.32', async () => {
    const client = new ClientV1({ name: 'v1', version: '1' });
    await client.connect(new TransportV1(new URL(gateway.url)));
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toContain(TOOL);
    const result = await client.callTool({ name: TOOL, arguments: {} });
    expect(result.content).toEqual(ANSWER);
    await client.close();
  });

  test.each([
    ['legacy', 'legacy' as const],
    ['auto', 'auto' as const],
    ['pinned', { pin: '2026-07-28' }],
  ])('SDK 2.4, %s', async (_name, mode) => {
    const client = new Client({ name: 'v2', version: '1' }, { versionNegotiation: { mode } });
    await client.connect(new StreamableHTTPClientTransport(new URL(gateway.url)));
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toContain(TOOL);
    const result = await client.callTool({ name: TOOL, arguments: {} });
    expect(result.content).toEqual(ANSWER);
    await client.close();
  });

  test('resources, templates, prompts and completion', async () => {
    const client = new Client(
      { name: 'v2', version: '1' },
      { versionNegotiation: { mode: 'auto' } },
    );
    await client.connect(new StreamableHTTPClientTransport(new URL(gateway.url)));
    const { resources } = await client.listResources();
    expect(resources.map((each) => each.uri)).toContain('test://static-text');
    const read = await client.readResource({ uri: 'test://static-text' });
    expect(read.contents[0]?.uri).toBe('test://static-text');
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map((each) => each.uriTemplate)).toContain(
      'test://template/{id}/data',
    );
    const fromTemplate = await client.readResource({ uri: 'test://template/123/data' });
    expect(fromTemplate.contents[0]?.uri).toBe('test://template/123/data');
    const { prompts } = await client.listPrompts();
    expect(prompts.map((each) => each.name)).toContain('fixture__test_simple_prompt');
    const prompt = await client.getPrompt({ name: 'fixture__test_simple_prompt' });
    expect(prompt.messages).toHaveLength(1);
    const completed = await client.complete({
      ref: { type: 'ref/prompt', name: 'fixture__test_prompt_with_arguments' },
      argument: { name: 'arg1', value: 'a' },
    });
    expect(completed.completion.values).toBeInstanceOf(Array);
    await client.close();
  });

  test('progress reaches the caller in order, before the result', async () => {
    const client = new Client(
      { name: 'v2', version: '1' },
      { versionNegotiation: { mode: 'auto' } },
    );
    await client.connect(new StreamableHTTPClientTransport(new URL(gateway.url)));
    const seen: number[] = [];
    await client.callTool(
      { name: 'fixture__test_tool_with_progress', arguments: {} },
      { onprogress: (progress) => seen.push(progress.progress) },
    );
    expect(seen.length).toBeGreaterThan(1);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    await client.close();
  });

  test("the Inspector's command line", async () => {
    const listed = await inspect(gateway.url, ['--method', 'tools/list']);
    expect(listed).toContain(TOOL);
    const called = await inspect(gateway.url, ['--method', 'tools/call', '--tool-name', TOOL]);
    expect(called).toContain(ANSWER[0]?.text);
  });

  test('every call has its record', async () => {
    const records = await gateway.records();
    const calls = records.filter((record) => record['method'] === 'tools/call');
    expect(calls.length).toBeGreaterThanOrEqual(6);
    expect(calls[0]).toMatchObject({ item: 'tool:fixture/test_simple_text', outcome: 'answered' });
  });
});

async function inspect(url: string, args: readonly string[]): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve(
    '@modelcontextprotocol/inspector/package.json',
  );
  const { bin } = (await import(manifest, { with: { type: 'json' } })) as {
    default: { bin: Record<string, string> };
  } & { bin: Record<string, string> };
  const [script = ''] = Object.values(bin);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(dirname(manifest), script), '--cli', url, '--transport', 'http', ...args],
    { timeout: 60_000 },
  );
  return stdout;
}
