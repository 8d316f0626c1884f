import { describe, expect, test } from 'vitest';
import { LOCAL } from '../../../../test/kit/exchange.ts';
import { startFixture } from '../../../../test/kit/fixture/index.ts';
import { sendOutcome, startPeer, type PeerRequest } from '../../../../test/kit/http-peer.ts';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { modernCall } from '../../../../test/kit/upstream-exchange.ts';
import { upstreamWorld } from '../../../../test/kit/upstream-world.ts';
import { systemClock } from '../../kernel/index.ts';

const never = new AbortController().signal;
const HOUR_MS = 3_600_000;
const DISCOVERED =
  '"result":{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{"tools":{}}}';
const INITIALIZED = '"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}}}';
const error = (code: number): string => `"error":{"code":${code},"message":"no"}`;
const unsupported = (supported: string): string =>
  `"error":{"code":-32022,"message":"no","data":{"supported":[${supported}]}}`;

/** Answers as a server does whose answer to `server/discover` is given. */
function server(discover: () => readonly [status: number, outcome: string]) {
  return startPeer((request, response) => {
    const { method, id } = request.message;
    if (request.httpMethod !== 'POST') return void response.writeHead(405).end();
    if (method === 'server/discover') {
      const [status, outcome] = discover();
      if (outcome === '') return void response.writeHead(status).end('no');
      return sendOutcome(request, response, outcome, status);
    }
    if (id === undefined) return void response.writeHead(202).end();
    const outcome = method === 'initialize' ? INITIALIZED : '"result":{"tools":[]}';
    sendOutcome(request, response, outcome);
  });
}

const methods = (requests: readonly PeerRequest[]) => requests.map(({ message }) => message.method);

describe('what the answer to server/discover says', () => {
  test.each([
    ['a DiscoverResult', 200, DISCOVERED, 'modern'],
    ['a modern error', 400, error(-32020), 'modern'],
    ['a missing capability', 400, error(-32021), 'modern'],
    ['a version of ours it would take', 400, unsupported('"2026-07-28",7'), 'modern'],
    ['no such method', 200, error(-32601), 'legacy'],
    ['no session', 400, error(-32000), 'legacy'],
    ['a result of something else', 200, '"result":{}', 'legacy'],
    ['a page', 404, '', 'legacy'],
    ['not acceptable', 406, '', 'legacy'],
    ['refused credentials', 401, '', undefined],
    ['forbidden', 403, error(-32601), undefined],
    ['overloaded', 503, '', undefined],
    ['too many requests', 429, '', undefined],
  ])('%s', async (_name, status, outcome, era) => {
    await using peer = await server(() => [status, outcome]);
    await using world = upstreamWorld({ up: { mcp: peer.url } });
    await world.room.fetchItems('up', never);
    expect(world.room.status()[0]?.era).toBe(era);
    expect(methods(peer.requests).includes('initialize')).toBe(era === 'legacy');
  });

  test.each([error(-32022), unsupported('"2099-01-01"')])(
    'only foreign revisions: %s',
    async (outcome) => {
      await using peer = await server(() => [400, outcome]);
      await using world = upstreamWorld({ up: { mcp: peer.url } });
      const listing = await world.room.fetchItems('up', never);
      expect(listing).toMatchObject({ reason: 'upstream_invalid' });
      expect(methods(peer.requests)).toEqual(['server/discover']);
    },
  );

  test('silence is no evidence', async () => {
    await using peer = await startPeer(() => {});
    await using world = upstreamWorld({ up: { mcp: peer.url, timeoutMs: 50 } });
    expect(await world.room.fetchItems('up', never)).toMatchObject({ reason: 'upstream_timeout' });
    expect(world.room.status()[0]).toMatchObject({ era: undefined, state: 'down' });
  });
});

test('one look serves all who wait for it', async () => {
  await using peer = await server(() => [200, DISCOVERED]);
  await using world = upstreamWorld({ up: { mcp: peer.url } });
  const calls = Array.from({ length: 5 }, () => world.call(modernCall('echo')).recorder.outcome());
  await Promise.all(calls);
  expect(methods(peer.requests).filter((method) => method === 'server/discover')).toHaveLength(1);
});

test('a server that was upgraded is noticed within the hour', async () => {
  const clock = new ManualClock(systemClock.nowMs());
  let isModern = false;
  await using peer = await server(() => (isModern ? [200, DISCOVERED] : [200, error(-32601)]));
  await using world = upstreamWorld({ up: { mcp: peer.url } }, { clock });
  await world.room.fetchItems('up', never);
  const [before] = world.room.status();
  isModern = true;
  await clock.advance(HOUR_MS);
  await world.event(({ kind }) => kind === 'tools_changed');
  const [after] = world.room.status();
  expect([before?.era, after?.era]).toEqual(['legacy', 'modern']);
  expect(after?.eraSince).not.toBe(before?.eraSince);
});

test('a server that does not understand us any more is looked at again', async () => {
  const clock = new ManualClock(systemClock.nowMs());
  let isModern = true;
  await using peer = await startPeer((request, response) => {
    const { method } = request.message;
    if (request.httpMethod !== 'POST') return void response.writeHead(405).end();
    if (request.message.id === undefined) return void response.writeHead(202).end();
    if (isModern)
      return sendOutcome(
        request,
        response,
        method === 'server/discover' ? DISCOVERED : '"result":{}',
      );
    if (method === 'initialize') return sendOutcome(request, response, INITIALIZED);
    if (request.headers['mcp-protocol-version'] !== '2025-11-25')
      return void response.writeHead(400).end();
    sendOutcome(request, response, '"result":{"content":[]}');
  });
  await using world = upstreamWorld({ up: { mcp: peer.url } }, { clock });
  await world.call(modernCall('echo')).recorder.finished;
  isModern = false;
  await clock.advance(120_000);
  expect(await world.call(modernCall('echo')).recorder.outcome()).toBe('upstream_invalid');
  await world.event(({ kind }) => kind === 'tools_changed');
  expect(await world.call(modernCall('echo')).recorder.outcome()).toContain('"content":[]');
});

describe.each(['modern', 'legacy'] as const)('the fixture, %s', (era) => {
  test('is listed and called, and its changes are heard', async () => {
    await using fixture = await startFixture({ era });
    await using world = upstreamWorld({ up: { mcp: fixture.url } });
    const listing = await world.room.fetchItems('up', never);
    expect(listing).toMatchObject({ era });
    const answer = await world.call(modernCall('test_simple_text')).recorder.outcome();
    expect(answer).toContain('This is a simple text response for testing.');
    await world.room.subscribeResource('up', 'test://watched-resource', LOCAL);
    fixture.touch();
    expect(await world.event(({ kind }) => kind === 'resource_updated')).toMatchObject({
      uri: 'test://watched-resource',
    });
  });
});
