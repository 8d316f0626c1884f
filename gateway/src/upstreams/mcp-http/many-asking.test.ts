import { expect, test } from 'vitest';
import { startAsking } from '../../../../test/kit/asking-peer.ts';
import { Recorder, buildExchange, modernCall } from '../../../../test/kit/upstream-exchange.ts';
import { upstreamWorld } from '../../../../test/kit/upstream-world.ts';
import type { Round } from '../../kernel/index.ts';

/** More than the pool of an upstream has connections for calls that go on. */
const CALLS = 300;
const SETTINGS = { capabilities: '{"elicitation":{"form":{}}}' };
const ACCEPTED = { kind: 'result', result: '{"action":"accept","content":{}}' } as const;

test('calls that wait for their callers keep no connections from answers and other calls', async () => {
  await using peer = await startAsking('legacy');
  const world = upstreamWorld({ up: { mcp: { url: peer.url, era: '2025-11-25' } } });
  const begun = Array.from({ length: CALLS }, () => world.call(modernCall('form'), SETTINGS));
  const rounds: Round[] = [];
  for (const { recorder } of begun) {
    while (recorder.rounds.length === 0) {
      expect(recorder.ends).toBe(0);
      await Promise.race([recorder.nextEvent(), recorder.finished]);
    }
    rounds.push(recorder.rounds.shift()!);
  }
  const other = world.call(modernCall('plain'), SETTINGS);
  expect(await other.recorder.outcome()).toContain('result');
  const retries = rounds.map((round) => {
    const recorder = new Recorder();
    const answers = new Map(round.questions.map(({ key }) => [key, ACCEPTED]));
    round.answered(answers, buildExchange(modernCall('form'), SETTINGS), recorder);
    return recorder;
  });
  for (const recorder of retries) expect(await recorder.outcome()).toContain('accept');
  await world.room.close();
});
