/** A key that is revoked beside the running gateway: everything that goes on under it ends. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bearer, openKeys, type TestKeys } from '../../kit/api-keys.ts';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { startHeld, type HeldUpstream } from '../../kit/held-upstream.ts';
import { LegacyCaller, send, type Reply } from '../../kit/legacy-caller.ts';
import { ENVELOPE_TEXT, sendModern } from '../../kit/modern-request.ts';

const CALL = { method: 'tools/call', name: 'held__hold', params: '"name":"held__hold"' };

let held: HeldUpstream;
let gateway: TestGateway;
let keys: TestKeys;

beforeEach(async () => {
  held = await startHeld();
  gateway = await startGateway(configuration());
  keys = await openKeys(gateway.stateDir);
});

afterEach(async () => {
  await keys[Symbol.asyncDispose]();
  await gateway.close();
  await held.close();
});

function configuration(identity: unknown = { keys: true }) {
  const upstreams = { held: { mcp: { url: held.url, era: '2026-07-28' } } };
  return { identity, policy: { default: 'allow' }, upstreams };
}

/** A stream of changes of 2026-07-28 that has begun. */
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

/** A session with its stream open. */
async function session(headers: Record<string, string>): Promise<LegacyCaller> {
  const caller = new LegacyCaller(gateway.url, headers);
  const params = {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'c', version: '1' },
  };
  const reply = await caller.post({ jsonrpc: '2.0', id: 0, method: 'initialize', params });
  await reply.whole();
  const id = String(reply.headers['mcp-session-id']);
  return new LegacyCaller(gateway.url, {
    ...headers,
    'mcp-session-id': id,
    'mcp-protocol-version': '2025-11-25',
  });
}

test('calls are cancelled and streams of every era ended, those of others go on', async () => {
  const [mine, theirs] = [await keys.add(), await keys.add()];
  const [own, other] = [bearer(mine.text), bearer(theirs.text)];
  const old = await session(own);
  const streams = [
    await listen(own),
    await old.get(),
    await send('GET', `${gateway.origin}/sse`, { ...own, accept: 'text/event-stream' }),
  ];
  const spared = await listen(other);
  const modernCall = sendModern(gateway.url, { ...CALL, headers: own });
  await held.call(0);
  const legacyCall = old.call(7);
  (await held.call(1)).progress(1);
  const legacyReply = await legacyCall;
  const sparedCall = sendModern(gateway.url, { ...CALL, headers: other });
  const third = await held.call(2);

  await keys.revoke(mine.id);

  for (const stream of streams) await stream.whole();
  expect((await modernCall).text).not.toContain('"content":[{"type":"text","text":"late"');
  await legacyReply.whole();
  await expect
    .poll(() => held.calls.slice(0, 2).map((call) => call.isLeft()))
    .toEqual([true, true]);
  expect((await sendModern(gateway.url, { ...CALL, headers: own })).status).toBe(401);
  expect((await old.get()).status).toBe(401);

  third.answer('fine');
  expect((await sparedCall).text).toContain('fine');
  expect(spared.isEnded).toBe(false);
  spared.kill();
});

test('switching from local mode to keys ends what nobody has identified', async () => {
  await gateway.reload(configuration({ mode: 'local' }));
  const stream = await listen({});
  await gateway.reload(configuration());
  await stream.whole();
  expect((await sendModern(gateway.url, { ...CALL })).status).toBe(401);
});
