/** One bad upstream harms only itself. */
import { expect, test } from 'vitest';
import { startGateway } from '../kit/gateway.ts';
import { sendModern } from '../kit/modern-request.ts';
import { startScripted, toolText, type ScriptedUpstream } from '../kit/scripted-upstream.ts';

const OK = '{"resultType":"complete","content":[{"type":"text","text":"ok"}]}';

async function good(count: number): Promise<ScriptedUpstream[]> {
  return await Promise.all(
    Array.from({ length: count }, () =>
      startScripted({ tools: [toolText('t')], answer: () => OK }),
    ),
  );
}

test('twelve upstreams, one hanging, one crashing in a loop, one answering an invalid list', async () => {
  const upstreams = await good(9);
  await using hanging = await startScripted({ tools: [toolText('t')] });
  hanging.faults.set('*', 'hang');
  await using invalid = await startScripted({ tools: ['{"name":"cut"'] });
  const entries = upstreams.map(({ url }, index) => [
    `good-${index}`,
    { mcp: { url, era: '2026-07-28' } },
  ]);
  await using gateway = await startGateway(
    {
      upstreams: {
        ...Object.fromEntries(entries),
        hanging: { mcp: { url: hanging.url, era: '2026-07-28' }, timeoutMs: 1000 },
        crashing: { mcp: { command: process.execPath, args: ['-e', 'process.exit(3)'] } },
        invalid: { mcp: { url: invalid.url, era: '2026-07-28' } },
      },
    },
    { waitForLists: false },
  );
  const list = JSON.parse((await sendModern(gateway.url, { method: 'tools/list' })).text);
  const names = list.result.tools.map((tool: { name: string }) => tool.name);
  expect(names).toEqual(upstreams.map((_, index) => `good-${index}__t`));
  const missing = list.result._meta['dev.drawbridge/missing'];
  expect(missing.map((part: { upstream: string }) => part.upstream).toSorted()).toEqual([
    'crashing',
    'hanging',
    'invalid',
  ]);
  const calls = names.map((name: string) =>
    sendModern(gateway.url, { method: 'tools/call', name, params: `"name":"${name}"` }),
  );
  for (const answer of await Promise.all(calls)) {
    expect(JSON.parse(answer.text).result.content[0].text).toBe('ok');
  }
  await Promise.all(upstreams.map((upstream) => upstream.close()));
});

const FAULTS = [
  ['hang', 'upstream_timeout'],
  ['reset', 'upstream_closed'],
  ['drip', 'upstream_timeout'],
  ['oversize', 'result_too_large'],
  ['malformed', 'upstream_invalid'],
  ['wrong_id', 'upstream_invalid'],
  ['duplicate_keys', 'upstream_invalid'],
] as const;

test.each(FAULTS)(
  'a call that meets "%s" is told so, once, and recorded',
  async (fault, reason) => {
    await using upstream = await startScripted({ tools: [toolText('t')], answer: () => OK });
    await using gateway = await startGateway({
      upstreams: { up: { mcp: { url: upstream.url, era: '2026-07-28' }, timeoutMs: 700 } },
    });
    upstream.faults.set('tools/call', fault);
    const request = { method: 'tools/call', name: 'up__t', params: '"name":"up__t"' };
    const answer = JSON.parse((await sendModern(gateway.url, request)).text);
    expect(answer.result.isError).toBe(true);
    expect(upstream.calls).toHaveLength(1);
    upstream.faults.clear();
    const next = JSON.parse((await sendModern(gateway.url, request)).text);
    expect(next.result.content[0].text).toBe('ok');
    const records = (await gateway.records()).filter((each) => each['method'] === 'tools/call');
    expect(records.map((each) => each['reason'] ?? '')).toEqual([reason, '']);
  },
);

test('the last good list is kept and marked stale while an upstream is down', async () => {
  const upstream = await startScripted({ tools: [toolText('t')], answer: () => OK });
  await using gateway = await startGateway({
    upstreams: { up: { mcp: { url: upstream.url, era: '2026-07-28' } } },
  });
  await upstream.close();
  gateway.gateway.refresh('up');
  const list = async () =>
    JSON.parse((await sendModern(gateway.url, { method: 'tools/list' })).text);
  await expect
    .poll(async () => (await list()).result._meta['dev.drawbridge/missing']?.[0], {
      timeout: 10_000,
    })
    .toMatchObject({ upstream: 'up', stale: true });
  expect((await list()).result.tools[0].name).toBe('up__t');
});
