/** Every door against random rules, callers and catalogs, along the path of a whole gateway. */
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { Tally } from './compare.ts';
import { DOORS } from './doors.ts';
import { policies, sampled } from './generate.ts';
import { seams } from './seams.ts';
import { openStraw, visit } from './straw-world.ts';

vi.mock('../../gateway/src/upstreams/index.ts', async (original) =>
  seams.upstreams(await original()),
);
vi.mock('../../gateway/src/pipeline/index.ts', async (original) =>
  seams.pipeline(await original()),
);

const CATALOGS = 6;
const POLICIES = 40;
const MIN_CASES = 100_000;

const tallies = new Map<string, Tally>(
  Object.keys(DOORS).map((name) => [name, { cases: 0, allowed: 0 }]),
);

/** @returns under how many policies every door was visited */
async function visitAll(seed: number): Promise<number> {
  await using world = await openStraw(seed);
  const all = sampled(policies, POLICIES, seed);
  for (const [turn, rules] of all.entries()) {
    await world.use(rules);
    for (const [name, tally] of tallies) await visit(world, rules, name, turn, tally);
  }
  return all.length;
}

describe('every door lists and lets in what the rules say', () => {
  test.each(Array.from({ length: CATALOGS }, (_, at) => at + 1))('catalog %i', async (seed) => {
    await expect(visitAll(seed)).resolves.toBe(POLICIES);
  });

  test('and was tried often enough', () => {
    const all = [...tallies.values()].reduce((sum, { cases }) => sum + cases, 0);
    expect(all).toBeGreaterThan(MIN_CASES);
  });

  test.each([...tallies])('and not in vain: %s', (_name, tally) => {
    expect(tally.cases).toBeGreaterThan(2000);
    expect(tally.allowed / tally.cases).toBeGreaterThan(0.2);
    expect(tally.allowed / tally.cases).toBeLessThan(0.8);
  });
});

afterAll(() => {
  const lines = [...tallies].map(([name, { cases, allowed }]) => {
    const percent = Math.round((100 * allowed) / cases);
    return `${name.padEnd(24)} ${String(cases).padStart(6)} cases, ${percent} % of them allowed`;
  });
  console.log(lines.join('\n'));
});
