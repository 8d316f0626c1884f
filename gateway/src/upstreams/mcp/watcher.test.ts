import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import {
  openStream,
  sendOutcome,
  startPeer,
  type PeerRequest,
} from '../../../../test/kit/http-peer.ts';
import { LOCAL } from '../../../../test/kit/exchange.ts';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { upstreamWorld } from '../../../../test/kit/upstream-world.ts';
import { systemClock } from '../../kernel/index.ts';

const never = new AbortController().signal;
const CAPABILITIES =
  '{"tools":{"listChanged":true},"prompts":{},"resources":{"listChanged":false,"subscribe":true}}';
const LISTS = '"result":{"tools":[],"prompts":[],"resources":[],"resourceTemplates":[]}';

type Stream = { readonly request: PeerRequest; readonly response: ServerResponse };

/** A modern server that hands its streams of changes to the test. */
async function server(onListen: (stream: Stream, number: number) => void) {
  const streams: Stream[] = [];
  const peer = await startPeer((request, response) => {
    const { method } = request.message;
    if (method === 'server/discover') {
      const result = `"result":{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":${CAPABILITIES}}`;
      return sendOutcome(request, response, result);
    }
    if (method !== 'subscriptions/listen') return sendOutcome(request, response, LISTS);
    streams.push({ request, response });
    onListen({ request, response }, streams.length);
  });
  return Object.assign(peer, { streams });
}

const filterOf = ({ request }: Stream): unknown => request.message.params?.['notifications'];

function acknowledge({ request, response }: Stream): void {
  openStream(response);
  tell({ request, response }, 'notifications/subscriptions/acknowledged');
}

function tell({ request, response }: Stream, method: string, params = ''): void {
  const meta = `"_meta":{"io.modelcontextprotocol/subscriptionId":${request.message.id}}`;
  response.write(`data: {"jsonrpc":"2.0","method":"${method}","params":{${meta}${params}}}\n\n`);
}

const isListen = ({ message }: PeerRequest): boolean => message.method === 'subscriptions/listen';

test('one stream hears what the server announces', async () => {
  await using peer = await server(acknowledge);
  await using world = upstreamWorld({ up: { mcp: { url: peer.url, era: '2026-07-28' } } });
  await world.room.fetchItems('up', never);
  await world.room.fetchItems('up', never);
  await peer.received(isListen);
  await world.room.fetchItems('up', never);
  expect(peer.streams.map(filterOf)).toEqual([{ toolsListChanged: true }]);
  tell(peer.streams[0]!, 'notifications/tools/list_changed');
  await world.event(({ kind }) => kind === 'tools_changed');
});

test('a stream that broke is opened again, and what was missed is told once', async () => {
  const clock = new ManualClock(systemClock.nowMs());
  const again = Promise.withResolvers<void>();
  await using peer = await server((stream, number) => {
    acknowledge(stream);
    if (number === 1) setImmediate(() => stream.response.destroy());
    else again.resolve();
  });
  await using world = upstreamWorld(
    { up: { mcp: { url: peer.url, era: '2026-07-28' } } },
    { clock },
  );
  await world.room.fetchItems('up', never);
  await clock.advance(10);
  await peer.received(isListen);
  await expect
    .poll(async () => {
      await clock.advance(2000);
      return peer.streams.length;
    })
    .toBe(2);
  await again.promise;
  await world.event(({ kind }) => kind === 'tools_changed');
  expect(world.events.filter(({ kind }) => kind === 'tools_changed')).toHaveLength(1);
});

test('a server that declines is left alone for a while', async () => {
  const clock = new ManualClock(systemClock.nowMs());
  const declined = Promise.withResolvers<void>();
  await using peer = await server(({ request, response }) => {
    response.on('finish', declined.resolve);
    sendOutcome(request, response, '"error":{"code":-32601,"message":"no"}', 404);
  });
  await using world = upstreamWorld(
    { up: { mcp: { url: peer.url, era: '2026-07-28' } } },
    { clock },
  );
  await world.room.fetchItems('up', never);
  await clock.advance(10);
  await declined.promise;
  await clock.advance(120_000);
  expect(peer.streams).toHaveLength(1);
});

test('resources come and go without a gap', async () => {
  const closed: number[] = [];
  await using peer = await server((stream, number) => {
    stream.response.on('close', () => closed.push(number));
    acknowledge(stream);
  });
  await using world = upstreamWorld({ up: { mcp: { url: peer.url, era: '2026-07-28' } } });
  await world.room.fetchItems('up', never);
  await peer.received(isListen);
  await Promise.all([
    world.room.subscribeResource('up', 'a://1', LOCAL),
    world.room.subscribeResource('up', 'a://2', LOCAL),
  ]);
  await world.room.unsubscribeResource('up', 'a://1', LOCAL);
  const filters = peer.streams.map(filterOf);
  expect(filters.at(-1)).toEqual({ toolsListChanged: true, resourceSubscriptions: ['a://2'] });
  expect(filters).toContainEqual({
    toolsListChanged: true,
    resourceSubscriptions: ['a://1', 'a://2'],
  });
  await expect.poll(() => closed.length).toBe(peer.streams.length - 1);
  expect(closed).not.toContain(peer.streams.length);
});

test('a server that never acknowledges keeps nobody waiting', async () => {
  const clock = new ManualClock(systemClock.nowMs());
  await using peer = await server(({ response }) => openStream(response));
  await using world = upstreamWorld(
    { up: { mcp: { url: peer.url, era: '2026-07-28' } } },
    { clock },
  );
  let isDone = false;
  const done = world.room.subscribeResource('up', 'a://1', LOCAL).then(() => (isDone = true));
  await expect
    .poll(async () => {
      await clock.advance(1000);
      return isDone;
    })
    .toBe(true);
  await done;
});
