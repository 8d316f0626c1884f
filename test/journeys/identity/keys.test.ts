/** API keys at every door: who is let in, who is not, and what becomes of them afterwards. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bearer, openKeys, type TestKeys } from '../../kit/api-keys.ts';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { LegacyCaller, send } from '../../kit/legacy-caller.ts';
import { sendModern } from '../../kit/modern-request.ts';
import { RawClient } from '../../kit/raw-http.ts';
import { ask, callTool } from '../../kit/rest-request.ts';
import { startScripted, toolText, type ScriptedUpstream } from '../../kit/scripted-upstream.ts';

const CALL = { method: 'tools/call', name: 'up__say', params: '"name":"up__say","arguments":{}' };
const UNKNOWN = `dbk_${'0'.repeat(12)}_${'0'.repeat(64)}`;

let upstream: ScriptedUpstream;
let gateway: TestGateway;
let keys: TestKeys;

beforeAll(async () => {
  upstream = await startScripted({
    tools: [toolText('say'), toolText('fail')],
    answer: ({ message }) =>
      message.params?.['name'] === 'fail'
        ? 'error:{"code":-32603,"message":"broken"}'
        : '{"resultType":"complete","content":[{"type":"text","text":"hello"}]}',
  });
  gateway = await startGateway({
    identity: { keys: true },
    policy: { default: 'allow' },
    upstreams: { up: { mcp: { url: upstream.url, era: '2026-07-28' } } },
  });
  keys = await openKeys(gateway.stateDir);
});

afterAll(async () => {
  await keys[Symbol.asyncDispose]();
  await gateway.close();
  await upstream.close();
});

describe('a credential that does not count', () => {
  const cases: readonly [string, Record<string, string>][] = [
    ['none', {}],
    ['another scheme', { authorization: `Basic ${UNKNOWN}` }],
    ['an unknown key', bearer(UNKNOWN)],
    ['no key', bearer('abc')],
    ['an unsigned token', bearer('eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.')],
    ['claims of the caller', { 'x-forwarded-user': 'alice', 'x-forwarded-for': '127.0.0.1' }],
  ];

  test.each(cases)('%s: 401 at every door, and nothing goes upstream', async (_what, headers) => {
    const before = upstream.calls.length;
    const rest = await callTool(gateway, 'up__say', '{}', headers);
    const statuses = [
      (await sendModern(gateway.url, { ...CALL, headers })).status,
      (await sendModern(gateway.url, { method: 'tools/list', headers })).status,
      (await sendModern(gateway.url, { method: 'server/discover', headers })).status,
      (await sendModern(gateway.url, { method: 'subscriptions/listen', headers })).status,
      (await new LegacyCaller(gateway.url, headers).post(initialize())).status,
      (await send('GET', `${gateway.origin}/sse`, { ...headers, accept: 'text/event-stream' }))
        .status,
      rest.status,
      (await ask(gateway, '/api/default/openapi.json', { headers })).status,
    ];
    expect(statuses).toEqual(statuses.map(() => 401));
    expect(rest.headers.get('www-authenticate')).toMatch(/^Bearer realm="drawbridge"/);
    expect(rest.json()).toMatchObject({ reason: 'unauthenticated' });
    expect(upstream.calls.length).toBe(before);
  });

  test('two, even where both are good', async () => {
    const [a, b] = [await keys.add(), await keys.add()];
    const body = '{}';
    await using client = new RawClient(Number(new URL(gateway.origin).port));
    client.send(
      `POST /api/default/tools/up__say HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n` +
        `Authorization: Bearer ${a.text}\r\nAuthorization: Bearer ${b.text}\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${body}`,
    );
    const answer = await client.response();
    expect(answer.status).toBe(401);
    expect(answer.body).toContain('more than one Authorization');
  });

  test('a good one in the address', async () => {
    const { text } = await keys.add();
    const { status, messages } = await sendModern(`${gateway.url}?access_token=${text}`, CALL);
    expect(status).toBe(401);
    expect(messages[0]).toContain('never in the address');
    expect(messages[0]).not.toContain(text);
  });
});

test('health tells strangers nothing but whether it is ready', async () => {
  expect((await ask(gateway, '/readyz')).text).toBe('{"status":"ready"}');
  expect((await ask(gateway, '/healthz')).text).toBe('{"status":"ok"}');
});

describe('a good key', () => {
  test('SDK 1.32', async () => {
    const requestInit = { headers: bearer((await keys.add()).text) };
    const client = new ClientV1({ name: 'v1', version: '1' });
    await client.connect(new TransportV1(new URL(gateway.url), { requestInit }));
    expect((await client.listTools()).tools).toHaveLength(2);
    expect(await client.callTool({ name: 'up__say', arguments: {} })).toMatchObject({
      content: [{ text: 'hello' }],
    });
    await client.close();
  });

  test.each(['legacy' as const, 'auto' as const])('SDK 2.4, %s', async (mode) => {
    const requestInit = { headers: bearer((await keys.add()).text) };
    const client = new Client({ name: 'v2', version: '1' }, { versionNegotiation: { mode } });
    await client.connect(new StreamableHTTPClientTransport(new URL(gateway.url), { requestInit }));
    expect(await client.callTool({ name: 'up__say', arguments: {} })).toMatchObject({
      content: [{ text: 'hello' }],
    });
    await client.close();
  });

  test('plain HTTP', async () => {
    const answer = await callTool(gateway, 'up__say', '{}', bearer((await keys.add()).text));
    expect(answer.status).toBe(200);
  });

  test('is the principal of the record, and the day of its use is noted', async () => {
    const { id, text } = await keys.add({ name: 'report', user: 'alice' });
    await sendModern(gateway.url, { ...CALL, headers: bearer(text) });
    const records = await gateway.records();
    expect(records.some(({ principal }) => principal === `key:${id}`)).toBe(true);
    const today = new Date().toISOString().slice(0, 10);
    await expect.poll(async () => (await keys.find(id))?.lastUsedDay).toBe(today);
  });

  test('opens no session of another key, but that of the key it took over from', async () => {
    const mine = await keys.add();
    const theirs = await keys.add();
    const first = new LegacyCaller(gateway.url, bearer(mine.text));
    const reply = await first.post(initialize());
    await reply.whole();
    const session = {
      'mcp-session-id': String(reply.headers['mcp-session-id']),
      'mcp-protocol-version': '2025-11-25',
    };
    const statusWith = async (text: string) => {
      const caller = new LegacyCaller(gateway.url, { ...session, ...bearer(text) });
      return (await caller.post({ jsonrpc: '2.0', id: 1, method: 'tools/list' })).status;
    };
    expect(await statusWith(mine.text)).toBe(200);
    expect(await statusWith(theirs.text)).toBe(404);
    const next = await keys.rotate(mine.id);
    expect(await statusWith(next)).toBe(200);
    await expect.poll(() => statusWith(mine.text)).toBe(401);
  });
});

test('the key is in nothing that leaves: not upstream, log, record, answer or error', async () => {
  const { text } = await keys.add({ name: 'canary' });
  const secret = text.slice(-64);
  const headers = { ...bearer(text), 'x-api-key': text, cookie: `k=${text}` };
  const wrong = bearer(`${text.slice(0, -2)}zz`);
  const said = [
    (await sendModern(gateway.url, { ...CALL, headers })).text,
    (
      await sendModern(gateway.url, {
        method: 'tools/call',
        name: 'up__fail',
        params: '"name":"up__fail"',
        headers,
      })
    ).text,
    (await sendModern(gateway.url, { method: 'tools/list', headers })).text,
    (await sendModern(gateway.url, { ...CALL, headers: wrong })).text,
    (await callTool(gateway, 'up__fail', '{}', headers)).text,
    (await callTool(gateway, 'up__say', '{}', wrong)).text,
    (await ask(gateway, '/api/default/openapi.json', { headers })).text,
    JSON.stringify(upstream.received.map((each) => [each.headers, each.text])),
    JSON.stringify(await gateway.records()),
    gateway.log.join('\n'),
  ];
  expect(said.filter((each) => each.includes(secret.slice(0, 32)))).toEqual([]);
  expect(upstream.received.some((each) => 'authorization' in each.headers)).toBe(false);
});

function initialize(): object {
  const params = {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'c', version: '1' },
  };
  return { jsonrpc: '2.0', id: 0, method: 'initialize', params };
}
