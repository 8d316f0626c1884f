import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { modernCall, type Recorder } from '../../../../test/kit/upstream-exchange.ts';
import { upstreamWorld, type UpstreamWorld } from '../../../../test/kit/upstream-world.ts';
import type { Answer } from '../../kernel/index.ts';

const CHILD = resolve(import.meta.dirname, '../../../../test/kit/children/asking.ts');
const CAPABILITIES = '{"elicitation":{},"roots":{}}';
const ROOTS = '{"roots":[{"uri":"file:///mine"}]}';

function stdio(rest: object = {}): UpstreamWorld {
  const mcp = { command: process.execPath, args: [CHILD, 'legacy'], era: '2025-11-25' };
  return upstreamWorld({ up: { mcp, ...rest } });
}

const begin = (world: UpstreamWorld, name: string, capabilities = CAPABILITIES) =>
  world.call(modernCall(name), { capabilities });

async function asked(recorder: Recorder): Promise<void> {
  while (recorder.rounds.length === 0) await recorder.nextEvent();
}

function answer({ x, recorder }: ReturnType<typeof begin>, said: Answer): void {
  const [round] = recorder.rounds;
  round?.answered(new Map(round.questions.map(({ key }) => [key, said])), x, recorder);
}

test('questions that several calls could have asked are answered here, and no second time', async () => {
  await using world = stdio();
  const first = [begin(world, 'form'), begin(world, 'form')];
  for (const { recorder } of first) expect(await recorder.outcome()).toContain('cancel');
  expect(world.room.status()).toMatchObject([{ unattributed: 2, links: 1 }]);
  const second = Array.from({ length: 4 }, () => begin(world, 'form'));
  await Promise.all(second.map(({ recorder }) => asked(recorder)));
  expect(world.room.status()).toMatchObject([{ unattributed: 2, links: 4 }]);
  expect(await begin(world, 'form').recorder.outcome()).toBe('upstream_busy');
  for (const call of second) answer(call, { kind: 'result', result: '{"action":"decline"}' });
  for (const { recorder } of second) expect(await recorder.outcome()).toContain('decline');
  const third = begin(world, 'form');
  await asked(third.recorder);
  answer(third, { kind: 'none' });
  expect(await third.recorder.outcome()).toContain('cancel');
  expect(world.room.status()).toMatchObject([{ unattributed: 2, links: 4, callsUnderWay: 0 }]);
});

test.each([
  ['of one principal', {}, 'file:///mine'],
  ['of all', { shared: true }, '-32601'],
])('on a link %s roots are remembered for questions of nobody', async (_name, rest, expected) => {
  await using world = stdio(rest);
  const told = begin(world, 'roots');
  await asked(told.recorder);
  answer(told, { kind: 'result', result: ROOTS });
  expect(await told.recorder.outcome()).toContain('file:///mine');
  const both = [begin(world, 'roots'), begin(world, 'roots')];
  for (const { recorder } of both) expect(await recorder.outcome()).toContain(expected);
  const again = [begin(world, 'roots'), begin(world, 'roots')];
  for (const { recorder } of again) expect(await recorder.outcome()).toContain(expected);
  expect(world.room.status()).toMatchObject([{ links: 1, unattributed: 4 }]);
});

test('callers that declare different things do not share a process, equal ones do', async () => {
  await using world = stdio({ shared: true });
  const sets = ['{}', '{"elicitation":{}}', '{"elicitation":{"form":{}}}', '{"sampling":{}}'];
  for (const set of sets) await begin(world, 'plain', set).recorder.finished;
  expect(world.room.status()[0]?.links).toBe(3);
  const declared = await begin(world, 'tally', '{"sampling":{}}').recorder.outcome();
  expect(declared).toContain('\\"declared\\":[{\\"sampling\\":{}}]');
});
