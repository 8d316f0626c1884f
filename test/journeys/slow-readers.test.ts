/** Callers that do not read: only their own stream ends, and they are told. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../kit/gateway.ts';
import { startHeld, type HeldUpstream } from '../kit/held-upstream.ts';
import { LegacyCaller, callOf, send, textOf, type Reply } from '../kit/legacy-caller.ts';

let held: HeldUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  held = await startHeld();
  const upstreams = { held: { mcp: { url: held.url, era: '2026-07-28' } } };
  gateway = await startGateway({ upstreams });
});

afterAll(async () => {
  await gateway.close();
  await held.close();
});

const drops = (): number => gateway.log.filter((line) => line.includes('did not read')).length;

/** Says so much that no socket takes it all, until the gateway has had enough. */
async function flood(say: () => void): Promise<void> {
  const before = drops();
  for (let said = 0; drops() === before && said < 4000; said++) {
    say();
    await new Promise(setImmediate);
  }
  await expect.poll(drops).toBe(before + 1);
}

const LINE = 'x'.repeat(64 * 1024);

function modern(method: string, params: object, headers = {}): Promise<Reply> {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'c', version: '1' },
    progressToken: 'p',
  };
  return send(
    'POST',
    gateway.url,
    {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...headers,
    },
    JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } }),
  );
}

test('a modern call ends with a word about it', async () => {
  const next = held.calls.length;
  const params = { name: 'held__hold', arguments: {} };
  const replying = modern('tools/call', params, { 'mcp-name': 'held__hold' });
  const call = await held.call(next);
  call.progress(0);
  const reply = await replying;
  reply.pause();
  let progress = 0;
  await flood(() => call.progress(++progress, LINE));
  await expect.poll(() => call.isLeft()).toBe(true);
  reply.resume();
  await reply.whole();
  const last = reply.events.at(-1)?.json;
  expect(last?.error ?? last?.result).toMatchObject({ code: 4992 });
});

test('a legacy call goes on, and the rest is fetched as far as it is kept', async () => {
  const caller = await LegacyCaller.begin(gateway.url, '2025-11-25');
  const next = held.calls.length;
  const replying = caller.call(1);
  const call = await held.call(next);
  call.progress(0);
  const reply = await replying;
  reply.pause();
  let progress = 0;
  await flood(() => call.progress(++progress, LINE));
  expect(call.isLeft()).toBe(false);
  call.answer('still there');
  reply.resume();
  await reply.whole();
  const seen = reply.events.at(-1);
  expect(seen?.json?.result).toBeUndefined();
  const resumed = await caller.get(seen?.id);
  await resumed.whole();
  expect(textOf(resumed.events.at(-1)?.json)).toBe('still there');
});

test('a stream of HTTP with SSE is closed, and its session with it', async () => {
  const next = held.calls.length;
  const stream = await send('GET', `${gateway.origin}/sse`, { accept: 'text/event-stream' });
  const address = `${gateway.origin}${(await stream.next()).data}`;
  const post = (message: object): Promise<Reply> =>
    send('POST', address, { 'content-type': 'application/json' }, JSON.stringify(message));
  const params = {
    protocolVersion: '2024-11-05',
    capabilities: {},
    clientInfo: { name: 'c', version: '1' },
  };
  await post({ jsonrpc: '2.0', id: 0, method: 'initialize', params });
  await stream.next();
  await post(callOf(1));
  const call = await held.call(next);
  stream.pause();
  let progress = 0;
  await flood(() => call.progress(++progress, LINE));
  await expect.poll(() => call.isLeft()).toBe(true);
  expect((await post(callOf(2))).status).toBe(404);
  stream.kill();
});
