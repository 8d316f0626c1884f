import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { startScripted, type Received } from '../../../../test/kit/scripted-upstream.ts';
import { legacyCall } from '../../../../test/kit/upstream-exchange.ts';
import { upstreamWorld } from '../../../../test/kit/upstream-world.ts';
import { systemClock } from '../../kernel/index.ts';

const DONE = '{"resultType":"complete","content":[]}';
const QUESTION = '{"method":"elicitation/create","params":{"message":"?"}}';
const required = (members: string): string => `{"resultType":"input_required",${members}}`;
const at = (url: string) => ({ up: { mcp: { url, era: '2026-07-28' } } });
const shape = { dialect: 'legacy', capabilities: '{"elicitation":{}}' } as const;

test('the answers go back under their keys, the state exactly as it was written', async () => {
  const state = String.raw`"a\u0041\ud800é\/"`;
  await using server = await startScripted({
    answer: ({ message }) =>
      message.params?.['inputResponses'] === undefined
        ? required(`"inputRequests":{"k \\"é":${QUESTION}},"requestState":${state}`)
        : DONE,
  });
  await using world = upstreamWorld(at(server.url));
  const { x, recorder } = world.call(legacyCall('a', ',"arguments":{"n":1.0}'), shape);
  await recorder.nextEvent();
  const [round] = recorder.rounds;
  expect(round).toMatchObject({
    upstream: 'up',
    questions: [{ key: 'k "é', method: 'elicitation/create', params: '{"message":"?"}' }],
  });
  const result = '{"action":"accept","content":{"n":1.0}}';
  round?.answered(new Map([['k "é', { kind: 'result', result }]]), x, recorder);
  expect(await recorder.outcome()).toContain(DONE);
  const [first, second] = server.calls;
  expect(second?.text).toContain(`"inputResponses":{"k \\"é":${result}},"requestState":${state}`);
  expect(second?.text).toContain('"arguments":{"n":1.0}');
  expect(second?.message.id).not.toBe(first?.message.id);
  expect(second?.headers).toMatchObject({ 'mcp-method': 'tools/call', 'mcp-name': 'a' });
  expect(first?.text).toContain('clientCapabilities":{"elicitation":{"form":{}}}');
  expect(world.room.status()[0]?.callsUnderWay).toBe(0);
});

/** Answers with nothing but its state, the given number of times. */
function stateful(times: number): (request: Received) => string {
  let count = 0;
  return () => (count++ < times ? required(`"requestState":"${count}"`) : DONE);
}

test.each([
  [1, DONE, 2],
  [8, DONE, 9],
  [9, 'upstream_invalid', 9],
])('%i rounds of nothing but state', async (times, expected, calls) => {
  const clock = new ManualClock(systemClock.nowMs());
  await using server = await startScripted({ answer: stateful(times) });
  await using world = upstreamWorld(at(server.url), { clock });
  const { recorder } = world.call(legacyCall('a'), shape);
  for (let round = 1; round < calls; round++) {
    await expect.poll(() => server.calls.length, { interval: 2, timeout: 20_000 }).toBe(round);
    await expect
      .poll(
        async () => {
          await clock.advance(250);
          return server.calls.length;
        },
        { interval: 2, timeout: 20_000 },
      )
      .toBe(round + 1);
  }
  expect(await recorder.outcome()).toContain(expected);
  expect(server.calls.map(({ message }) => message.params?.['requestState'])).toEqual(
    Array.from({ length: calls }, (_, index) => (index === 0 ? undefined : String(index))),
  );
  expect(world.room.status()[0]?.callsUnderWay).toBe(0);
});

test('a call that waits to be sent again can be cancelled', async () => {
  const clock = new ManualClock(systemClock.nowMs());
  await using server = await startScripted({
    answer: ({ message }) =>
      message.params?.['name'] === 'plain' ? DONE : required('"requestState":"s"'),
  });
  await using world = upstreamWorld(at(server.url), { clock });
  await world.call(legacyCall('plain'), shape).recorder.finished;
  const before = clock.pending;
  const { x, recorder } = world.call(legacyCall('a'), shape);
  await expect.poll(() => clock.pending, { interval: 2, timeout: 20_000 }).toBe(before + 1);
  x.cancellation.cancel('cancelled');
  expect(await recorder.outcome()).toBe('cancelled');
  expect(clock.pending).toBe(before);
  await clock.advance(1000);
  expect(server.calls).toHaveLength(2);
});

describe('what is no valid question', () => {
  test.each([
    ['an unknown method', '"inputRequests":{"a":{"method":"tools/list"}}'],
    ['no method', '"inputRequests":{"a":{}}'],
    ['a text', '"inputRequests":{"a":"elicitation/create"}'],
    ['params that are no object', '"inputRequests":{"a":{"method":"roots/list","params":[]}}'],
    ['requests that are no object', '"inputRequests":[]'],
    ['a state that is no text', '"requestState":1'],
    ['neither', '"x":1'],
  ])('%s', async (_name, members) => {
    await using server = await startScripted({ answer: () => required(members) });
    await using world = upstreamWorld(at(server.url));
    const { recorder } = world.call(legacyCall('a'), shape);
    expect(await recorder.outcome()).toBe('upstream_invalid');
    expect(recorder.rounds).toEqual([]);
  });
});
