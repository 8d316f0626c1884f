/** Keys, people and sign-ins that are revoked beside the running gateway: all that goes on under them ends. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { STORE_FILE, openStore } from '../../../gateway/src/store/index.ts';
import { bearer, openKeys, type TestKeys } from '../../kit/api-keys.ts';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { startAsking } from '../../kit/asking-peer.ts';
import { startHeld, type HeldUpstream } from '../../kit/held-upstream.ts';
import type { HttpPeer } from '../../kit/http-peer.ts';
import { callModern, retryOf } from '../../kit/interactive/modern-caller.ts';
import { LegacyCaller, send, type Reply } from '../../kit/legacy-caller.ts';
import { ENVELOPE_TEXT, sendModern } from '../../kit/modern-request.ts';
import { startIssuer, type TestIssuer } from '../../kit/oidc.ts';

const CALL = { method: 'tools/call', name: 'held__hold', params: '"name":"held__hold"' };

let held: HeldUpstream;
let asking: HttpPeer;
let issuer: TestIssuer;
let gateway: TestGateway;
let keys: TestKeys;

beforeEach(async () => {
  held = await startHeld();
  asking = await startAsking('legacy');
  issuer = await startIssuer();
  gateway = await startGateway(configuration());
  keys = await openKeys(gateway.stateDir);
});

afterEach(async () => {
  await keys[Symbol.asyncDispose]();
  await gateway.close();
  await held.close();
  await asking.close();
  await issuer.close();
});

const AUDIENCE = 'https://tools.example.com/mcp';
function configuration(
  identity: unknown = { keys: true, oauth: [{ issuer: issuer.url, audience: AUDIENCE }] },
) {
  const upstreams = {
    held: { mcp: { url: held.url, era: '2026-07-28' } },
    ask: { mcp: { url: asking.url, era: '2025-11-25' } },
  };
  const server = { publicUrl: 'https://tools.example.com' };
  return { server, identity, policy: { default: 'allow' }, upstreams };
}

type Headers = Record<string, string>;

interface Way {
  /** Who is revoked, and how it goes. */
  revoke(): Promise<void>;
  readonly own: Headers;
  /** Somebody who stays, and is as near to it as can be. */
  readonly other: Headers;
  /** The same principal with a credential of after the revocation. */
  later(): Promise<Headers>;
}

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

async function token(claims: object): Promise<Headers> {
  const usual = { aud: AUDIENCE, exp: inSeconds(600), iat: inSeconds(-1), client_id: 'assistant' };
  return bearer(await issuer.sign({ ...usual, ...claims }));
}

/** What another process on the same state folder writes. */
async function revoke(row: { readonly subject?: string; readonly sid?: string }): Promise<void> {
  const { revokedSubjects, close } = await openStore(join(gateway.stateDir, STORE_FILE));
  const nowMs = Date.now();
  const times = { revokedMs: nowMs, expiresMs: nowMs + 3_600_000 };
  await revokedSubjects.add({ issuer: issuer.url, subject: '', sid: '', ...row, ...times }, nowMs);
  await close();
}

const WAYS: Readonly<Record<string, () => Promise<Way>>> = {
  'an API key': async () => {
    const mine = await keys.add();
    return {
      own: bearer(mine.text),
      other: bearer((await keys.add()).text),
      later: async () => bearer(await keys.rotate(mine.id)),
      revoke: () => keys.revoke(mine.id),
    };
  },
  'a person': async () => ({
    own: await token({ sub: 'ann' }),
    other: await token({ sub: 'bob' }),
    later: () => token({ sub: 'ann', iat: inSeconds(2) }),
    revoke: () => revoke({ subject: 'ann' }),
  }),
  'a sign-in': async () => ({
    own: await token({ sub: 'ann', sid: 's1' }),
    other: await token({ sub: 'ann', sid: 's2' }),
    later: () => token({ sub: 'ann', sid: 's3' }),
    revoke: () => revoke({ sid: 's1' }),
  }),
};

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

describe.each(Object.entries(WAYS))('%s', (_what, makeWay) => {
  test('calls are cancelled and streams of every era ended, those of others go on', async () => {
    const { own, other, later, revoke: revokeIt } = await makeWay();
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

    await revokeIt();

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
    const again = await sendModern(gateway.url, { method: 'tools/list', headers: await later() });
    expect(again.status).toBe(200);
  });

  test('questions that wait are given up, those of others stay', async () => {
    const { own, other, later, revoke: revokeIt } = await makeWay();
    const ask = (headers: Headers) => callModern(gateway.url, 'ask__form', {}, { headers });
    const [mine, theirs] = [await ask(own), await ask(other)];
    const parked = () => gateway.gateway.status().interactions.parked;
    expect(parked()).toBe(2);
    await revokeIt();
    await expect.poll(parked).toBe(1);
    const answer = (headers: Headers, asked: typeof mine) =>
      callModern(gateway.url, 'ask__form', {}, { headers, retry: retryOf(asked) });
    expect((await answer(own, mine)).status).toBe(401);
    expect(await answer(await later(), mine)).toMatchObject({ reason: 'interaction_expired' });
    expect((await answer(other, theirs)).result.resultType).toBe('complete');
  });
});

test('switching from local mode to keys ends what nobody has identified', async () => {
  await gateway.reload(configuration({ mode: 'local' }));
  const stream = await listen({});
  await gateway.reload(configuration());
  await stream.whole();
  expect((await sendModern(gateway.url, { ...CALL })).status).toBe(401);
});
