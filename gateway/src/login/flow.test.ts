import { expect, test } from 'vitest';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { makeSealer } from '../../../test/kit/sealer.ts';
import { FLOW_MS, beginFlow, openFlow, sealFlow } from './flow.ts';

test('comes back as it was, in time and unchanged', async () => {
  const clock = new ManualClock();
  const sealer = makeSealer(clock);
  const flow = beginFlow('https://a.example', '/console/', clock.nowMs());
  const sealed = sealFlow(flow, sealer);
  expect(openFlow(sealed, sealer)).toEqual(flow);
  expect(openFlow(`${sealed.slice(0, -2)}AA`, sealer)).toBeUndefined();
  expect(openFlow(sealed, makeSealer(clock))).toBeUndefined();
  expect(openFlow(sealer.seal('other', '{}', '', clock.nowMs() + 1), sealer)).toBeUndefined();
  expect(openFlow(undefined, sealer)).toBeUndefined();
  expect(openFlow('x'.repeat(10_000), sealer)).toBeUndefined();
  await clock.advance(FLOW_MS);
  expect(openFlow(sealed, sealer)).toBeUndefined();
});

test('two have nothing in common', () => {
  const [a, b] = [beginFlow('i', '/', 0), beginFlow('i', '/', 0)];
  const values = [a, b].flatMap(({ state, nonce, verifier }) => [state, nonce, verifier]);
  expect(new Set(values).size).toBe(6);
  for (const value of values) expect(value).toMatch(/^[\w-]{43}$/);
});
