import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { Deadlines, type Due } from './deadlines.ts';

function world() {
  const clock = new ManualClock(1000);
  const deadlines = new Deadlines(clock);
  const over: string[] = [];
  const due = (name: string): Due => ({
    deadlineMs: 0,
    next: undefined,
    previous: undefined,
    expire: () => over.push(`${name}@${clock.nowMs()}`),
  });
  return { clock, deadlines, over, due };
}

describe('deadlines', () => {
  test('end in the order of their times, whatever order they were added in', async () => {
    const { clock, deadlines, over, due } = world();
    for (const [name, delayMs] of [
      ['b', 20],
      ['a', 10],
      ['d', 40],
      ['c', 30],
      ['b2', 20],
    ] as const) {
      deadlines.add(due(name), delayMs);
      expect(clock.pending).toBe(1);
    }
    await clock.advance(100);
    expect(over).toEqual(['a@1010', 'b@1020', 'b2@1020', 'c@1030', 'd@1040']);
    expect([deadlines.size, clock.pending]).toEqual([0, 0]);
  });

  test('one that was taken out does not end, and an empty list has no timer', async () => {
    const { clock, deadlines, over, due } = world();
    const [a, b, c] = [due('a'), due('b'), due('c')];
    for (const entry of [a, b, c]) deadlines.add(entry, 10);
    deadlines.remove(b);
    deadlines.remove(b);
    deadlines.remove(a);
    expect([deadlines.size, clock.pending]).toEqual([1, 1]);
    deadlines.remove(c);
    expect([deadlines.size, clock.pending]).toEqual([0, 0]);
    await clock.advance(100);
    expect(over).toEqual([]);
  });

  test('an end may take others out and add new ones', async () => {
    const { clock, deadlines, over, due } = world();
    const other = due('other');
    const first = due('first');
    first.expire = () => {
      over.push('first');
      deadlines.remove(other);
      deadlines.add(due('later'), 5);
    };
    deadlines.add(first, 10);
    deadlines.add(other, 10);
    await clock.advance(100);
    expect(over).toEqual(['first', 'later@1015']);
    expect(clock.pending).toBe(0);
  });
});
