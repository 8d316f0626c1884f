/** What is told of changes follows what may be seen at that moment, not when it was asked for. */
import { expect, test, vi } from 'vitest';
import { Difference, type Tally } from './compare.ts';
import { Listeners } from './events.ts';
import type { EndpointName } from './generate.ts';
import { policies, sampled } from './generate.ts';
import { seesAll } from './mistakes.ts';
import type { Mistake } from './seams.ts';
import { seams } from './seams.ts';
import { openStraw } from './straw-world.ts';
import { throughSockets } from './transport.ts';

vi.mock('../../gateway/src/upstreams/index.ts', async (original) =>
  seams.upstreams(await original()),
);
vi.mock('../../gateway/src/pipeline/index.ts', async (original) =>
  seams.pipeline(await original()),
);
vi.mock('../../gateway/src/catalog/index.ts', async (original) => seams.catalog(await original()));

/** @returns what was tried, or the difference that was found */
async function run(
  endpoint: EndpointName,
  count: number,
  { reach, mistake = {} }: { reach?: typeof throughSockets; mistake?: Mistake } = {},
): Promise<Tally | string> {
  const tally = { cases: 0, allowed: 0 };
  await using world = await openStraw(count, reach);
  seams.mistake = mistake;
  const listeners = await Listeners.open(world, endpoint);
  const all = sampled(policies, count, count);
  for (const [at, before] of all.entries()) {
    try {
      await listeners.compare(before, all[(at + 1) % count]!, tally);
    } catch (error) {
      if (error instanceof Difference) return error.message;
      throw error;
    }
  }
  return tally;
}

test.each<[string, EndpointName, number, typeof throughSockets | undefined]>([
  ['along the path', 'default', 30, undefined],
  ['along the path, one upstream', 'bare', 60, undefined],
  ['through sockets', 'default', 30, throughSockets],
])('streams are told of what their callers see now, %s', async (_how, endpoint, count, reach) => {
  const tally = await run(endpoint, count, reach === undefined ? {} : { reach });
  if (typeof tally === 'string') throw new Error(tally);
  const { cases, allowed } = tally;
  console.log(`events, ${_how}: ${cases} cases, ${Math.round((100 * allowed) / cases)} % allowed`);
  expect(cases).toBeGreaterThan(2000);
  expect(allowed / cases).toBeGreaterThan(0.2);
  expect(allowed / cases).toBeLessThan(0.8);
});

/** What a snapshot knows of resources, whoever asks, under its name. */
const blind =
  (...known: readonly ('visibleResource' | 'findResource')[]): Mistake['stage'] =>
  (make, deps) => {
    const wide = make({ ...deps, viewerOf: seesAll(deps.viewerOf) });
    const blinded = known.map((name) => [name, wide[name]]);
    return { ...make(deps), ...(Object.fromEntries(blinded) as object) };
  };

test.each<[string, Mistake]>([
  ['events are not filtered', { stage: blind('visibleResource')! }],
  ['what is listened for is not looked at', { stage: blind('findResource')! }],
])('it is noticed if %s', async (_name, mistake) => {
  expect(await run('default', 20, { mistake })).toMatch(/^events: /);
});
