/** A limit that is used up is 429 with Retry-After at every door, lists included. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../kit/command-line.ts';
import { startGateway, type TestGateway } from '../kit/gateway.ts';
import { sendModern, sendRaw } from '../kit/modern-request.ts';
import { ask, callTool } from '../kit/rest-request.ts';
import { startScripted, toolText, type ScriptedUpstream } from '../kit/scripted-upstream.ts';

const HELLO = '{"resultType":"complete","content":[{"type":"text","text":"hello"}]}';
const CALL = '"name":"up__say","arguments":{}';
const INNER = '"name":"call_tool","arguments":{"name":"up__say","arguments":{}}';
const ENDPOINTS = { default: {}, search: { mode: 'search' } };

interface Refused {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}
type Door = (gateway: TestGateway, session: string) => Promise<Refused>;

const modern =
  (method: string, params = '', endpoint = ''): Door =>
  ({ url }) => {
    const name = /"name":"(\w+)"/.exec(params)?.[1];
    const named = name === undefined ? {} : { name };
    return sendModern(url + endpoint, { method, params, ...named });
  };

const legacy =
  (method: string, params = ''): Door =>
  ({ url }, session) =>
    sendRaw(url, `{"jsonrpc":"2.0","id":2,"method":"${method}","params":{${params}}}`, {
      'mcp-protocol-version': '2025-06-18',
      'mcp-session-id': session,
    });

const DOORS: Readonly<Record<string, Door>> = {
  'modern, a call': modern('tools/call', CALL),
  'modern, the list of tools': modern('tools/list'),
  'modern, a search': modern(
    'tools/call',
    '"name":"search_tools","arguments":{"query":"say"}',
    '/search',
  ),
  'modern, a call inside call_tool': modern('tools/call', INNER, '/search'),
  'legacy, a call': legacy('tools/call', CALL),
  'legacy, the list of tools': legacy('tools/list'),
  'REST, a call': (gateway) => callTool(gateway, 'up__say'),
  'REST, the description': (gateway) => ask(gateway, '/api/default/openapi.json'),
};

/** A session of 2025-06-18 at the endpoint `default`. */
async function sessionOf({ url }: TestGateway): Promise<string> {
  const version = '"protocolVersion":"2025-06-18"';
  const params = `{${version},"capabilities":{},"clientInfo":{"name":"raw","version":"1"}}`;
  const begun = await sendRaw(
    url,
    `{"jsonrpc":"2.0","id":1,"method":"initialize","params":${params}}`,
    {},
  );
  return begun.headers.get('mcp-session-id') ?? '';
}

let upstream: ScriptedUpstream;

beforeAll(async () => {
  upstream = await startScripted({ tools: [toolText('say')], answer: () => HELLO });
});
afterAll(() => upstream.close());

const open = (rules: readonly object[]): Promise<TestGateway> =>
  startGateway({
    upstreams: { up: { mcp: { url: upstream.url, era: '2026-07-28' } } },
    endpoints: ENDPOINTS,
    limits: { rules },
  });

describe('a rule without items that is used up', () => {
  let gateway: TestGateway;
  let session: string;

  beforeAll(async () => {
    gateway = await open([{ name: 'one a day', per: 'together', calls: '1 per day' }]);
    session = await sessionOf(gateway);
    await callTool(gateway, 'up__say');
  });
  afterAll(() => gateway.close());

  test.each(Object.entries(DOORS))('%s', async (_name, door) => {
    const { status, headers, text } = await door(gateway, session);
    expect([status, text]).toEqual([429, expect.stringContaining('one a day')]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  });
});

test('what call_tool calls counts as the tool itself, and is refused as it', async () => {
  const gateway = await open([{ name: 'two of say', items: ['up/say'], calls: '2 per day' }]);
  await using _open = gateway;
  const inner = (): Promise<Refused> => modern('tools/call', INNER, '/search')(gateway, '');
  expect((await inner()).status).toBe(200);
  expect((await callTool(gateway, 'up__say')).status).toBe(200);
  expect((await inner()).status).toBe(429);
  await gateway.gateway.flushAudit();
  expect((await gateway.records()).at(-1)).toMatchObject({
    item: 'tool:up/say',
    via: 'call_tool',
    outcome: 'refused',
    reason: 'rate_limited',
  });
});

test('refusals of every kind are in the usage, under what was meant', async () => {
  const gateway = await startGateway({
    upstreams: { up: { mcp: { url: upstream.url, era: '2026-07-28' } } },
    policy: { default: 'allow', rules: [{ deny: ['up/say'] }] },
  });
  await using _open = gateway;
  await writeFile(join(gateway.stateDir, 'drawbridge.yaml'), 'server: { stateDir: . }\n');
  expect((await callTool(gateway, 'up__say')).status).toBe(404);
  expect((await callTool(gateway, 'up__none')).status).toBe(404);
  const usage = async (): Promise<unknown> => {
    const { stdout } = await runCommand(['usage', '--by', 'tool', '--json'], gateway.stateDir);
    return (JSON.parse(stdout) as { usage: unknown }).usage;
  };
  await expect.poll(usage, { timeout: 60_000 }).toMatchObject([
    { name: '', calls: 1, refusals: 1 },
    { name: 'tool:up/say', calls: 1, refusals: 1 },
  ]);
});
