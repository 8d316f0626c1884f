/** The matrix would notice: every mistake that is put in at a door is found there. */
import { describe, expect, test, vi } from 'vitest';
import { Difference } from './compare.ts';
import { policies, sampled } from './generate.ts';
import { MISTAKES } from './mistakes.ts';
import { seams } from './seams.ts';
import { openStraw, visit } from './straw-world.ts';

vi.mock('../../gateway/src/upstreams/index.ts', async (original) =>
  seams.upstreams(await original()),
);
vi.mock('../../gateway/src/pipeline/index.ts', async (original) =>
  seams.pipeline(await original()),
);
vi.mock('../../gateway/src/policy/index.ts', async (original) => seams.policy(await original()));
vi.mock('../../gateway/src/catalog/index.ts', async (original) => seams.catalog(await original()));

const POLICIES = 60;
const SEED = 11;

/** @returns how it was found; undefined where it was not */
async function found(door: string, mistake: typeof seams.mistake): Promise<string | undefined> {
  await using world = await openStraw(SEED);
  seams.mistake = mistake;
  for (const [turn, rules] of sampled(policies, POLICIES, SEED).entries()) {
    await world.use(rules);
    try {
      await visit(world, rules, door, turn);
    } catch (error) {
      if (error instanceof Difference) return error.message;
      throw error;
    }
  }
  return undefined;
}

describe('it is noticed if', () => {
  test.each(Object.entries(MISTAKES))('%s', async (_name, [door, mistake]) => {
    const difference = await found(door, mistake);
    expect(difference).toMatch(door);
    // What breaks in the middle is no proof.
    expect(difference).not.toMatch('something else');
  });
});

test('nothing is noticed where nothing is wrong', async () => {
  expect(await found('tools, modern', {})).toBeUndefined();
});
