import { expect, test } from 'vitest';
import { Deadlines } from '../kernel/index.ts';
import { makeExchange } from '../../../test/kit/exchange.ts';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { Graces } from './graces.ts';

const GRACE_MS = 60_000;

function house() {
  const clock = new ManualClock();
  const graces = new Graces(new Deadlines(clock), GRACE_MS);
  const lost: string[] = [];
  const begin = (name: string) => {
    const x = makeExchange();
    graces.begin(x, () => lost.push(name));
    return x;
  };
  return { clock, graces, lost, begin };
}

test('a call is lost when its time is over, once', async () => {
  const { clock, graces, lost, begin } = house();
  const x = begin('a');
  await clock.advance(GRACE_MS - 1);
  expect(lost).toEqual([]);
  await clock.advance(GRACE_MS * 2);
  graces.end(x);
  graces.close();
  expect([lost, clock.pending]).toEqual([['a'], 0]);
});

test('a call that ends before is not, and leaves nothing', async () => {
  const { clock, graces, lost, begin } = house();
  graces.end(begin('a'));
  graces.end(makeExchange());
  expect(clock.pending).toBe(0);
  await clock.advance(GRACE_MS);
  expect(lost).toEqual([]);
});

test('at the end of everything all are lost at once', () => {
  const { clock, graces, lost, begin } = house();
  begin('a');
  begin('b');
  graces.close();
  expect([lost, clock.pending]).toEqual([['a', 'b'], 0]);
});
