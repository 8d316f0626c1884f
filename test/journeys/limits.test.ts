/** Rates and quotas at every door: refused in the dialect's own words, and open again in time. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../kit/command-line.ts';
import { startGateway, type TestGateway } from '../kit/gateway.ts';
import { LeapingClock } from '../kit/leaping-clock.ts';
import { sendModern } from '../kit/modern-request.ts';
import { callTool } from '../kit/rest-request.ts';
import { startScripted, toolText, type ScriptedUpstream } from '../kit/scripted-upstream.ts';

let upstream: ScriptedUpstream;

beforeAll(async () => {
  upstream = await startScripted({
    tools: ['say', 'long'].map(toolText),
    answer: ({ message }) => {
      if (message.method !== 'tools/call') return undefined;
      const text = message.params?.['name'] === 'long' ? 'x'.repeat(5000) : 'hello';
      return `{"resultType":"complete","content":[{"type":"text","text":"${text}"}]}`;
    },
  });
});
afterAll(() => upstream.close());

async function open(rules: unknown): Promise<{ gateway: TestGateway; clock: LeapingClock }> {
  const clock = new LeapingClock();
  const config = { upstreams: { up: { mcp: upstream.url } }, limits: { rules } };
  return { clock, gateway: await startGateway(config, { clock }) };
}

const TWO = [{ name: 'two a minute', items: ['up/*'], calls: '2 per minute' }];
const CALL = { method: 'tools/call', params: '"name":"up__say","arguments":{}', name: 'up__say' };

/** Longer than any count of a minute lasts. */
const TWO_MINUTES_MS = 120_000;

describe('a rule that is used up', () => {
  test('is 429 with Retry-After to callers of 2026-07-28, and passes when the time is over', async () => {
    const { gateway, clock } = await open(TWO);
    await using _open = gateway;
    for (let i = 0; i < 2; i++) expect((await sendModern(gateway.url, CALL)).status).toBe(200);
    const before = upstream.calls.length;
    const { status, headers, messages } = await sendModern(gateway.url, CALL);
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(120);
    const { error } = JSON.parse(messages[0] ?? '') as { error: Record<string, unknown> };
    expect(error).toMatchObject({ code: 4294, data: { reason: 'rate_limited', left: 0 } });
    expect(error['message']).toContain('The rule "two a minute" allows 2 calls per minute');
    expect(upstream.calls).toHaveLength(before);
    clock.leap(Number(headers.get('retry-after')) * 1000);
    expect((await sendModern(gateway.url, CALL)).status).toBe(200);
    expect(await gateway.records()).toContainEqual(
      expect.objectContaining({ outcome: 'refused', reason: 'rate_limited', item: 'tool:up/say' }),
    );
  });

  test('is a problem with 429 and Retry-After over plain HTTP', async () => {
    const { gateway, clock } = await open(TWO);
    await using _open = gateway;
    for (let i = 0; i < 2; i++) expect((await callTool(gateway, 'up__say')).status).toBe(200);
    const refused = await callTool(gateway, 'up__say');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(refused.json()).toMatchObject({ reason: 'rate_limited', rule: 'two a minute' });
    clock.leap(TWO_MINUTES_MS);
    expect((await callTool(gateway, 'up__say')).status).toBe(200);
  });

  test.each(['legacy', 'auto'] as const)('is an error to SDK 2.4, %s', async (mode) => {
    const { gateway, clock } = await open(TWO);
    await using _open = gateway;
    const client = new Client({ name: 'v2', version: '1' }, { versionNegotiation: { mode } });
    await client.connect(new StreamableHTTPClientTransport(new URL(gateway.url)));
    const call = () => client.callTool({ name: 'up__say', arguments: {} });
    await call();
    await call();
    await expect(call()).rejects.toThrow(/two a minute|429/);
    expect((await client.listTools()).tools).toHaveLength(2);
    clock.leap(TWO_MINUTES_MS);
    expect(await call()).toMatchObject({ content: [{ text: 'hello' }] });
    await client.close();
  });

  test('holds over all doors together', async () => {
    const { gateway } = await open(TWO);
    await using _open = gateway;
    expect((await callTool(gateway, 'up__say')).status).toBe(200);
    expect((await sendModern(gateway.url, CALL)).status).toBe(200);
    expect((await callTool(gateway, 'up__long')).status).toBe(429);
  });
});

test('lists are counted by rules that name no items', async () => {
  const { gateway } = await open([{ name: 'one', calls: '1/minute' }]);
  await using _open = gateway;
  expect((await sendModern(gateway.url, { method: 'tools/list' })).status).toBe(200);
  expect((await sendModern(gateway.url, { method: 'tools/list' })).status).toBe(429);
  expect((await callTool(gateway, 'up__say')).status).toBe(429);
});

test('what an answer really cost counts against the quota', async () => {
  const rules = [{ name: 'little', items: ['up/*'], resultBytes: '4KB/day' }];
  const { gateway, clock } = await open(rules);
  await using _open = gateway;
  expect((await callTool(gateway, 'up__say')).status).toBe(200);
  expect((await callTool(gateway, 'up__long')).status).toBe(200);
  const refused = await callTool(gateway, 'up__say');
  expect(refused.status).toBe(429);
  expect(refused.json()).toMatchObject({ reason: 'quota_exhausted', rule: 'little' });
  clock.leap(2 * 86_400_000);
  expect((await callTool(gateway, 'up__say')).status).toBe(200);
});

test('what was used is shown by the command line, while the gateway runs', async () => {
  const { gateway, clock } = await open(TWO);
  await using _open = gateway;
  await writeFile(join(gateway.stateDir, 'drawbridge.yaml'), 'server: { stateDir: . }\n');
  for (let n = 0; n < 3; n++) await callTool(gateway, 'up__say');
  await sendModern(gateway.url, { method: 'tools/list' });
  clock.leap(5000);
  const show = (...words: string[]) => runCommand(['usage', ...words], gateway.stateDir);
  const byTool = async () => {
    const { stdout } = await show('--by', 'tool', '--json');
    return (JSON.parse(stdout) as { usage: Record<string, unknown>[] }).usage;
  };
  await expect.poll(byTool).toMatchObject([
    { name: 'tool:up/say', calls: 3, refusals: 1, errors: 0 },
    { name: 'tools/list', calls: 1, refusals: 0 },
  ]);
  const { code, stdout } = await show('--by', 'principal');
  expect(code).toBe(0);
  expect(stdout).toMatch(/PRINCIPAL +CALLS +REFUSED[^]*local +4 +1 +0/);
});
