import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { sendOutcome, startPeer, type PeerRequest } from '../../../test/kit/http-peer.ts';
import { buildExchange, modernCall, Recorder } from '../../../test/kit/upstream-exchange.ts';
import { LOCAL } from '../../../test/kit/exchange.ts';
import { upstreamWorld } from '../../../test/kit/upstream-world.ts';

const OK = '"result":{"resultType":"complete","content":[]}';
const entry = (url: string, rest: object = {}) => ({ mcp: { url, era: '2026-07-28' }, ...rest });

/** Holds every answer back until the test gives it. */
async function holding() {
  const held: [PeerRequest, ServerResponse][] = [];
  const peer = await startPeer((request, response) => void held.push([request, response]));
  return Object.assign(peer, {
    release: () => {
      for (const [request, response] of held.splice(0)) sendOutcome(request, response, OK);
    },
  });
}

test.each([
  ['changed', (url: string) => ({ up: entry(url, { timeoutMs: 5000 }) })],
  ['gone', () => ({})],
  ['disabled', (url: string) => ({ up: entry(url, { enabled: false }) })],
])('a call under way at an upstream that is %s ends as it began', async (_name, next) => {
  await using peer = await holding();
  await using world = upstreamWorld({ up: entry(peer.url) });
  const { recorder } = world.call(modernCall('echo'));
  await peer.received(() => true);
  world.configure(next(peer.url));
  peer.release();
  expect(await recorder.outcome()).toContain(OK);
});

test.each([
  ['nothing', {}, 1],
  ['only words', { title: 'New', labels: ['x'] }, 1],
  ['a header', { headers: { 'X-A': 'b' } }, 2],
])('a change of %s keeps the connection or makes another', async (_name, rest, connections) => {
  await using peer = await startPeer((request, response) => sendOutcome(request, response, OK));
  await using world = upstreamWorld({ up: entry(peer.url) });
  await world.call(modernCall('echo')).recorder.finished;
  world.configure({ up: entry(peer.url, rest) });
  await world.call(modernCall('echo')).recorder.finished;
  expect(peer.connections()).toBe(connections);
});

test('what is not configured is refused', async () => {
  await using world = upstreamWorld({});
  expect(await world.call(modernCall('echo')).recorder.outcome()).toBe('upstream_unavailable');
  expect(await world.room.fetchItems('up', new AbortController().signal)).toMatchObject({
    reason: 'upstream_unavailable',
  });
  await world.room.subscribeResource('up', 'a://b', LOCAL);
  await world.room.unsubscribeResource('up', 'a://b', LOCAL);
});

test('closing does not wait for calls at an upstream that is gone', async () => {
  await using peer = await holding();
  await using world = upstreamWorld({ up: entry(peer.url) });
  const { recorder } = world.call(modernCall('echo'));
  await peer.received(() => true);
  world.configure({});
  await world.room.close();
  expect(await recorder.outcome()).toBe('draining');
});

test('a target that is no item ends in a refusal', async () => {
  await using world = upstreamWorld({});
  const x = Object.assign(buildExchange(modernCall('echo')), { target: { kind: 'view' as const } });
  const recorder = new Recorder();
  await world.room.carry(x, recorder);
  expect(await recorder.outcome()).toBe('method_unknown');
});
