/** The same doors through a real listener: what clients write on sockets and pipes, and what they read. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Tally } from './compare.ts';
import { DOORS } from './doors.ts';
import { policies, sampled } from './generate.ts';
import { seams } from './seams.ts';
import { openDoor, StdioVisitor } from './stdio-visitor.ts';
import { openStraw, visit } from './straw-world.ts';
import { throughSockets } from './transport.ts';
import type { World } from './world.ts';

vi.mock('../../gateway/src/upstreams/index.ts', async (original) =>
  seams.upstreams(await original()),
);

const CASES = 2000;
const SEED = 23;
const PARALLEL = 6;
const RULES = sampled(policies, 240, SEED);
/** What is asked for over pipes. */
const PIPED = ['tools, modern', 'resources, legacy', 'prompts, modern', 'tools, legacy'];

const tallies = new Map<string, Tally>();
let world: World;

beforeAll(async () => {
  world = await openStraw(SEED, throughSockets);
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  const lines = [...tallies].map(([name, { cases, allowed }]) => {
    const percent = Math.round((100 * allowed) / cases);
    return `${name.padEnd(24)} ${String(cases).padStart(6)} cases, ${percent} % of them allowed`;
  });
  console.log(lines.join('\n'));
});

/** Under one policy after another until there are enough cases. */
async function visitOften(at: World, as: string, doors: readonly string[]): Promise<Tally> {
  const tally = { cases: 0, allowed: 0 };
  tallies.set(as, tally);
  for (const [turn, rules] of RULES.entries()) {
    if (tally.cases >= CASES) break;
    await at.use(rules);
    for (const name of doors) await visit(at, rules, name, turn, tally, PARALLEL);
  }
  return tally;
}

const ENOUGH = (tally: Tally): boolean => {
  const share = tally.allowed / tally.cases;
  return tally.cases >= CASES && share > 0.2 && share < 0.8;
};

test.each(Object.keys(DOORS))('%s', async (name) => {
  expect(await visitOften(world, name, [name])).toSatisfy(ENOUGH);
});

test('stdio', async () => {
  const gates: ReturnType<typeof openDoor>[] = [];
  await using piped = await openStraw(SEED, throughSockets, (gateway, ...said) => {
    gates[0] ??= openDoor(gateway);
    return new StdioVisitor(gateway, ...said);
  });
  expect(await visitOften(piped, 'stdio', PIPED)).toSatisfy(ENOUGH);
  (await gates[0])?.close();
});

test('what is hidden and what is not there stand in the record as denied', async () => {
  const records = await world.gateway.records();
  const unknown = records.filter(({ reason }) => /^(item|resource)_unknown$/.test(String(reason)));
  expect(unknown.length).toBeGreaterThan(CASES);
  expect(unknown.filter(({ decision, decided }) => !decision || decided !== 'deny')).toEqual([]);
});
