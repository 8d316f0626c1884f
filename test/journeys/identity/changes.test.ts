/** Streams of changes tell each caller of what it may see, and of nothing else. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bearer, openKeys, type TestKeys } from '../../kit/api-keys.ts';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { LegacyCaller, send, type Reply } from '../../kit/legacy-caller.ts';
import { ENVELOPE_TEXT } from '../../kit/modern-request.ts';
import { startScripted, toolText, type ScriptedUpstream } from '../../kit/scripted-upstream.ts';

const CHANGED = 'notifications/tools/list_changed';

let upstream: ScriptedUpstream;
let gateway: TestGateway;
let keys: TestKeys;

beforeEach(async () => {
  upstream = await startScripted({ tools: [toolText('red_1'), toolText('blue_1')] });
  gateway = await startGateway({
    identity: { keys: true },
    policy: {
      rules: [
        { who: { teams: ['red'] }, allow: ['up/red_*'] },
        { who: { teams: ['blue'] }, allow: ['up/blue_*'] },
      ],
    },
    upstreams: { up: { mcp: { url: upstream.url, era: '2026-07-28' } } },
  });
  keys = await openKeys(gateway.stateDir);
});

afterEach(async () => {
  await keys[Symbol.asyncDispose]();
  await gateway.close();
  await upstream.close();
});

async function headersOf(team: string): Promise<Record<string, string>> {
  return bearer((await keys.add({ team })).text);
}

async function listen(headers: Record<string, string>): Promise<Reply> {
  const reply = await send(
    'POST',
    gateway.url,
    {
      ...headers,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'subscriptions/listen',
    },
    `{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true},"_meta":{${ENVELOPE_TEXT}}}}`,
  );
  await reply.next();
  return reply;
}

async function legacyStream(headers: Record<string, string>): Promise<Reply> {
  const caller = await LegacyCaller.begin(gateway.url, '2025-11-25', {}, headers);
  return await caller.get();
}

const changesIn = ({ events }: Reply): number =>
  events.filter(({ json }) => json?.method === CHANGED).length;

test.each([
  ['2026-07-28', listen],
  ['2025-11-25', legacyStream],
])('%s: a new tool is told to those who may see it', async (_revision, open) => {
  const [red, blue] = [await open(await headersOf('red')), await open(await headersOf('blue'))];
  const tools = ['red_1', 'blue_1'];
  const add = (name: string): void => {
    tools.push(name);
    upstream.change({ tools: tools.map(toolText) });
    gateway.gateway.refresh('up');
  };
  add('red_2');
  await expect.poll(() => [changesIn(red), changesIn(blue)]).toEqual([1, 0]);
  add('blue_2');
  await expect.poll(() => [changesIn(red), changesIn(blue)]).toEqual([1, 1]);
  add('green_1');
  add('red_3');
  await expect.poll(() => [changesIn(red), changesIn(blue)]).toEqual([2, 1]);
  red.kill();
  blue.kill();
});
