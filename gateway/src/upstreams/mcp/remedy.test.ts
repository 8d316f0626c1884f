import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { startPeer, sendOutcome } from '../../../../test/kit/http-peer.ts';
import { modernCall } from '../../../../test/kit/upstream-exchange.ts';
import { upstreamWorld } from '../../../../test/kit/upstream-world.ts';
import { systemClock } from '../../kernel/index.ts';

const error = (code: number): string => `"error":{"code":${code},"message":"no"}`;
const OK = '"result":{"resultType":"complete","content":[]}';
const isCall = ({ message }: { message: { method?: string } }): boolean =>
  message.method === 'tools/call';

describe('a header that repeats an argument otherwise than the server asks', () => {
  const tool = (header: string): string =>
    `"result":{"resultType":"complete","ttlMs":0,"cacheScope":"private","tools":[{"name":"echo","inputSchema":{"type":"object","properties":{"n":{"type":"integer","x-mcp-header":"${header}"}}}}]}`;

  test.each([
    ['is written as the present list has it', 'New', OK, 2],
    ['is not tried a third time', 'Other', 'upstream_invalid', 2],
    ['is not tried with an invalid list', 'not a token', 'upstream_invalid', 1],
  ])('%s', async (_name, listed, expected, calls) => {
    await using peer = await startPeer((request, response) => {
      if (request.message.method === 'tools/list') {
        return sendOutcome(request, response, tool(listed));
      }
      const isRight = request.headers['mcp-param-new'] === '7';
      sendOutcome(request, response, isRight ? OK : error(-32020), isRight ? 200 : 400);
    });
    await using world = upstreamWorld({ up: { mcp: { url: peer.url, era: '2026-07-28' } } });
    const bindings = [{ header: 'Old', path: ['n'], type: 'integer' }] as const;
    const { recorder } = world.call(modernCall('echo', ',"arguments":{"n":7}'), { bindings });
    expect(await recorder.outcome()).toContain(expected);
    expect(peer.requests.filter(isCall)).toHaveLength(calls);
    expect(peer.requests.find(isCall)?.headers['mcp-param-old']).toBe('7');
    expect(world.events).toContainEqual({ upstream: 'up', kind: 'tools_changed' });
    expect(world.room.status()[0]?.callsUnderWay).toBe(0);
  });
});

describe('a revision that the server does not speak any more', () => {
  test('is found out, and the call made in the one it speaks', async () => {
    const clock = new ManualClock(systemClock.nowMs());
    let isModern = true;
    await using peer = await startPeer((request, response) => {
      const { method, id } = request.message;
      if (request.httpMethod !== 'POST') return void response.writeHead(405).end();
      if (id === undefined) return void response.writeHead(202).end();
      if (method === 'server/discover') {
        const discovered = '"result":{"supportedVersions":["2026-07-28"],"capabilities":{}}';
        return isModern
          ? sendOutcome(request, response, discovered)
          : sendOutcome(request, response, error(-32601), 404);
      }
      if (method === 'initialize') {
        return sendOutcome(
          request,
          response,
          '"result":{"protocolVersion":"2025-11-25","capabilities":{}}',
        );
      }
      const isRight = isModern || request.headers['mcp-method'] === undefined;
      sendOutcome(request, response, isRight ? OK : error(-32022), isRight ? 200 : 400);
    });
    await using world = upstreamWorld({ up: { mcp: peer.url } }, { clock });
    expect(await world.call(modernCall('echo')).recorder.outcome()).toContain(OK);
    await clock.advance(60_000);
    isModern = false;
    expect(await world.call(modernCall('echo')).recorder.outcome()).toContain(OK);
    expect(world.room.status()).toMatchObject([{ era: 'legacy', callsUnderWay: 0 }]);
  });

  test('is passed on where it was looked for only just now', async () => {
    await using peer = await startPeer((request, response) => {
      const discovered = '"result":{"supportedVersions":["2026-07-28"],"capabilities":{}}';
      const isDiscover = request.message.method === 'server/discover';
      sendOutcome(request, response, isDiscover ? discovered : error(-32022));
    });
    await using world = upstreamWorld({ up: { mcp: peer.url } });
    expect(await world.call(modernCall('echo')).recorder.outcome()).toContain('-32022');
    expect(peer.requests.filter(isCall)).toHaveLength(1);
  });
});
