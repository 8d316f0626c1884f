/** Servers of old revisions behind the gateway, for clients of both eras. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  ElicitRequestSchema,
  LoggingMessageNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../kit/gateway.ts';
import { LegacyCaller } from '../kit/legacy-caller.ts';
import { startOldServer, type OldServer } from '../kit/old-server.ts';
import { startScripted, type ScriptedUpstream } from '../kit/scripted-upstream.ts';

let old: OldServer;
let gateway: TestGateway;

async function legacyClient(): Promise<ClientV1> {
  const client = new ClientV1(
    { name: 'v1', version: '1' },
    { capabilities: { elicitation: {}, sampling: {} } },
  );
  await client.connect(new TransportV1(new URL(gateway.url)));
  return client;
}

async function modernClient(): Promise<Client> {
  const client = new Client(
    { name: 'v2', version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } }, capabilities: { elicitation: {} } },
  );
  await client.connect(new StreamableHTTPClientTransport(new URL(gateway.url)));
  return client;
}

const said = (text: string) => [{ type: 'text', text }];

describe.each([
  ['told to', { type: 'sse' }],
  ['found out', {}],
])('a server of HTTP with SSE, %s', (_name, rest) => {
  beforeEach(async () => {
    old = await startOldServer();
    gateway = await startGateway({ upstreams: { old: { mcp: { url: old.url, ...rest } } } });
  });

  afterEach(async () => {
    await gateway.close();
    await old.close();
  });

  test('is listed and called by clients of both eras', async () => {
    for (const connect of [legacyClient, modernClient]) {
      const client = await connect();
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toContain('old__echo');
      const result = await client.callTool({ name: 'old__echo', arguments: { said: 'hi' } });
      expect(result.content).toEqual(said('hi'));
      await client.close();
    }
    expect(old.calls.get('echo')).toBe(2);
  });

  test('tells of progress and says log lines', async () => {
    const client = await legacyClient();
    const logged: unknown[] = [];
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
      logged.push(params.data);
    });
    const seen: number[] = [];
    const result = await client.callTool({ name: 'old__tell', arguments: {} }, undefined, {
      onprogress: ({ progress }) => seen.push(progress),
    });
    expect(result.content).toEqual(said('told'));
    expect(seen).toEqual([1, 2]);
    expect(logged).toEqual(['a log line']);
    await client.close();
  });

  test('tells of new tools', async () => {
    const client = await legacyClient();
    const changed = new Promise((resolve) => {
      client.setNotificationHandler(ToolListChangedNotificationSchema, resolve);
    });
    await client.listTools();
    old.addTool('fresh');
    await changed;
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('old__fresh');
    await client.close();
  });

  test('asks clients of both eras in the middle of a call', async () => {
    const answer = { action: 'accept' as const, content: { name: 'ann' } };
    const legacy = await legacyClient();
    legacy.setRequestHandler(ElicitRequestSchema, () => answer);
    const modern = await modernClient();
    modern.setRequestHandler('elicitation/create', () => answer);
    for (const client of [legacy, modern]) {
      const result = await client.callTool({ name: 'old__ask', arguments: {} });
      expect(result.content).toEqual(said('accept {"name":"ann"}'));
      await client.close();
    }
    expect(old.calls.get('ask')).toBe(2);
  });

  test('that goes away in the middle of a call ends it, once, and the next one goes on', async () => {
    const client = await legacyClient();
    const ended = await client.callTool({ name: 'old__die', arguments: {} });
    expect(ended).toMatchObject({
      isError: true,
      _meta: { 'dev.drawbridge/reason': 'upstream_closed' },
    });
    const result = await client.callTool({ name: 'old__echo', arguments: { said: 'hi' } });
    expect(result.content).toEqual(said('hi'));
    expect(old.calls.get('die')).toBe(1);
    await client.close();
  });

  test('is left when the gateway ends', async () => {
    expect(old.streams.size).toBeGreaterThan(0);
    await gateway.close();
    await expect.poll(() => old.streams.size).toBe(0);
  });

  test('gives clients content in kinds they know', async () => {
    const contentFor = async (revision: string): Promise<unknown> => {
      const caller = await LegacyCaller.begin(gateway.url, revision);
      const params = { name: 'old__kinds', arguments: {} };
      const reply = await caller.post({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
      const answer = (await reply.json()) as { result: { content: { type: string }[] } };
      return answer.result.content.map(({ type }) => type);
    };
    expect(await contentFor('2025-11-25')).toEqual(['audio', 'resource_link']);
    expect(await contentFor('2025-03-26')).toEqual(['audio', 'text']);
    expect(await contentFor('2024-11-05')).toEqual(['text', 'text']);
  });
});

describe('a modern server whose tool returns a list', () => {
  let scripted: ScriptedUpstream;

  beforeEach(async () => {
    const output = '{"type":"array","items":{"$ref":"#/$defs/a"},"$defs":{"a":{"type":"number"}}}';
    scripted = await startScripted({
      tools: [`{"name":"list","inputSchema":{"type":"object"},"outputSchema":${output}}`],
      answer: () => '{"resultType":"complete","content":[],"structuredContent":[1.0,2]}',
    });
    gateway = await startGateway({
      upstreams: { up: { mcp: { url: scripted.url, era: '2026-07-28' } } },
    });
  });

  afterEach(async () => {
    await gateway.close();
    await scripted[Symbol.asyncDispose]();
  });

  test('is understood by clients of both eras, which hold results against schemas', async () => {
    const legacy = await legacyClient();
    await legacy.listTools();
    const wrapped = await legacy.callTool({ name: 'up__list', arguments: {} });
    expect(wrapped.structuredContent).toEqual({ result: [1, 2] });
    expect(wrapped.content).toEqual(said('[1.0,2]'));
    await legacy.close();
    const modern = await modernClient();
    await modern.listTools();
    const plain = await modern.callTool({ name: 'up__list', arguments: {} });
    expect(plain.structuredContent).toEqual([1, 2]);
    await modern.close();
  });
});
