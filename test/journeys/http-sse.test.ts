/** HTTP with SSE (2024-11-05): the SDK's own client, and what it does not do. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import {
  ElicitRequestSchema,
  LoggingMessageNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startFixture, type Fixture } from '../kit/fixture/index.ts';
import { startGateway, type TestConfig, type TestGateway } from '../kit/gateway.ts';
import { startHeld, type HeldUpstream } from '../kit/held-upstream.ts';
import { callOf, send, textOf, type Reply } from '../kit/legacy-caller.ts';

let held: HeldUpstream;
let fixture: Fixture;
let gateway: TestGateway;
let config: TestConfig;

beforeAll(async () => {
  held = await startHeld();
  fixture = await startFixture({ era: 'legacy' });
  config = {
    upstreams: {
      held: { mcp: { url: held.url, era: '2026-07-28' } },
      fixture: { mcp: { url: fixture.url, era: '2025-11-25' } },
    },
  };
  gateway = await startGateway(config);
});

afterAll(async () => {
  await gateway.close();
  await fixture.close();
  await held.close();
});

let next = 0;
beforeEach(() => {
  next = held.calls.length;
});

describe("the SDK's client", () => {
  async function connected(capabilities = {}): Promise<Client> {
    const client = new Client({ name: 'old', version: '1' }, { capabilities });
    await client.connect(new SSEClientTransport(new URL(`${gateway.origin}/sse`)));
    return client;
  }

  test('lists and calls, with progress and logs', async () => {
    const client = await connected();
    const logs: unknown[] = [];
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
      logs.push(params.data);
    });
    await client.setLoggingLevel('debug');
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toContain('held__hold');
    const progress: number[] = [];
    const calling = client.callTool({ name: 'held__hold', arguments: {} }, undefined, {
      onprogress: (each) => progress.push(each.progress),
    });
    const call = await held.call(next);
    call.progress(1);
    call.log('a line');
    call.progress(2);
    // The client forgets who hears progress as soon as it has read the answer.
    await expect.poll(() => progress).toEqual([1, 2]);
    call.answer('done');
    expect(await calling).toMatchObject({ content: [{ text: 'done' }] });
    expect(logs).toEqual(['a line']);
    await client.close();
  });

  test('is told of changed lists on its stream', async () => {
    const client = await connected();
    const changed = new Promise((resolve) => {
      client.setNotificationHandler(ToolListChangedNotificationSchema, resolve);
    });
    await gateway.reload(config);
    expect(await changed).toMatchObject({ method: 'notifications/tools/list_changed' });
    await client.close();
  });

  test('is asked what a tool asks', async () => {
    const client = await connected({ elicitation: {} });
    client.setRequestHandler(ElicitRequestSchema, () => ({
      action: 'accept' as const,
      content: { response: 'ann' },
    }));
    const result = await client.callTool({
      name: 'fixture__test_elicitation',
      arguments: { message: 'who?' },
    });
    expect(JSON.stringify(result.content)).toContain('ann');
    await client.close();
  });

  test('that closes its stream has ended its session and its calls', async () => {
    const client = await connected();
    client.callTool({ name: 'held__hold', arguments: {} }).catch(() => undefined);
    const call = await held.call(next);
    await client.close();
    await expect.poll(() => call.isLeft()).toBe(true);
    await expect
      .poll(async () =>
        (await gateway.records()).filter((each) => each['method'] === 'tools/call').at(-1),
      )
      .toMatchObject({ outcome: 'abandoned' });
  });
});

describe('by hand', () => {
  async function opened(path = '/sse', headers = {}): Promise<{ stream: Reply; address: string }> {
    const stream = await send('GET', `${gateway.origin}${path}`, {
      accept: 'text/event-stream',
      ...headers,
    });
    const { event, data } = await stream.next();
    expect(event).toBe('endpoint');
    return { stream, address: `${gateway.origin}${data}` };
  }
  const post = (address: string, message: object, headers = {}): Promise<Reply> =>
    send(
      'POST',
      address,
      { 'content-type': 'application/json', ...headers },
      JSON.stringify(message),
    );
  const initialize = {
    jsonrpc: '2.0',
    id: 0,
    method: 'initialize',
    params: {
      protocolVersion: '2024-11-05',
      capabilities: {},
      clientInfo: { name: 'c', version: '1' },
    },
  };

  test('a message is taken with 202, its answer is an event', async () => {
    const { stream, address } = await opened('/sse/default');
    expect(address).toMatch(/\/sse\/default\/messages\?sessionId=[\w-]{32}$/);
    const taken = await post(address, initialize);
    expect([taken.status, await taken.whole()]).toEqual([202, '']);
    expect((await stream.next()).json).toMatchObject({ result: { protocolVersion: '2024-11-05' } });
    await post(address, { jsonrpc: '2.0', method: 'notifications/initialized' });
    await post(address, callOf(7));
    (await held.call(next)).answer('seven');
    expect(textOf((await stream.next()).json)).toBe('seven');
    stream.kill();
  });

  test('nothing but initialize is answered before the session has begun', async () => {
    const { stream, address } = await opened();
    await post(address, { jsonrpc: '2.0', id: 1, method: 'tools/list' });
    expect((await stream.next()).json).toMatchObject({ id: 1, error: { code: -32600 } });
    stream.kill();
  });

  test.each([
    ['an unknown session', '/sse/default/messages?sessionId=x', 404],
    ['no session', '/sse/default/messages', 404],
    ['another endpoint', '/sse/other/messages', 404],
  ])('%s is not found', async (_what, path, status) => {
    expect((await post(`${gateway.origin}${path}`, initialize)).status).toBe(status);
  });

  test('a stream that was closed takes no more messages', async () => {
    const { stream, address } = await opened();
    stream.kill();
    await expect.poll(async () => (await post(address, initialize)).status).toBe(404);
  });

  test.each([
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['a foreign host', { host: 'evil.example' }],
  ])('%s is refused at both addresses', async (_what, headers) => {
    const { stream, address } = await opened();
    expect((await post(address, initialize, headers)).status).toBe(403);
    const accept = { accept: 'text/event-stream' };
    expect((await send('GET', `${gateway.origin}/sse`, { ...accept, ...headers })).status).toBe(
      403,
    );
    stream.kill();
  });
});
