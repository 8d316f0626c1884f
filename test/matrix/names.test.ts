/** Names that callers make up, and rules that are added: neither ever lets anybody in. */
import { expect, test, vi } from 'vitest';
import { cameOf } from './compare.ts';
import { DOORS } from './doors.ts';
import { OPERATORS, policies, rules as anyRule, sampled, type EndpointName } from './generate.ts';
import { naiveDecision, naiveListed, type Kind, type Rules, type Thing } from './naive.ts';
import { seams } from './seams.ts';
import { openStraw } from './straw-world.ts';
import type { Caller, World } from './world.ts';

vi.mock('../../gateway/src/upstreams/index.ts', async (original) =>
  seams.upstreams(await original()),
);
vi.mock('../../gateway/src/pipeline/index.ts', async (original) =>
  seams.pipeline(await original()),
);

const PLACES: readonly (readonly [door: string, endpoint: EndpointName])[] = [
  ['tools, modern', 'default'],
  ['tools, REST', 'bare'],
  ['tools, legacy', 'bare'],
  ['call_tool', 'search'],
  ['compact, by name', 'compact'],
  ['prompts, modern', 'default'],
  ['resources, modern', 'default'],
  ['resources, legacy', 'bare'],
];

/** What a name could be taken for. */
function disguises(name: string): string[] {
  const wrapped = `drawbridge://ab/${encodeURIComponent(name)}`;
  return [
    name,
    `a__${name}`,
    `ab__${name}`,
    `ab__a__${name}`,
    name.toUpperCase(),
    name.toLowerCase(),
    `${name} `,
    ` ${name}`,
    `${name}%20`,
    `${name}/../${name}`,
    `tool:ab/${name}`,
    `ab/${name}`,
    wrapped,
    wrapped.replace('//ab/', '//a/'),
    `DRAWBRIDGE://ab/${name}`,
    `drawbridge://ab/:${name}`,
    `drawbridge://ab/${name}`,
  ];
}

function namesOf(world: World, kind: Kind, endpoint: EndpointName): string[] {
  const things = world.behind.catalog.things.filter((thing) => thing.kind === kind);
  const known = things.flatMap((thing) => [thing.name, world.nameOf(endpoint, thing) ?? '']);
  return [...new Set(known.flatMap((name) => (name === '' ? [] : disguises(name))))];
}

/** The item that a crossing is about; a resource need not be listed. */
function thingOf(world: World, kind: Kind, upstream: string, name: string): Thing {
  const listed = world.behind.catalog.things.find(
    (each) => each.kind === kind && each.upstream === upstream && each.name === name,
  );
  if (listed === undefined && kind !== 'resource') throw new Error(`${upstream} has no ${name}`);
  return listed ?? { kind, upstream, name };
}

/** @returns how many names led anywhere, and what they led to although it is not allowed */
async function tryNames(
  world: World,
  rules: Rules,
  caller: Caller,
  place: (typeof PLACES)[number],
) {
  const [door, endpoint] = place;
  const { call, kind } = DOORS[door]!;
  const { crossings } = world.behind;
  const wrong: string[] = [];
  let led = 0;
  const names = namesOf(world, kind, endpoint);
  for (const name of names) {
    const before = crossings.length;
    await call?.({ visitor: caller, endpoint, name, args: {} });
    for (const { upstream, name: sent } of crossings.splice(before)) {
      led++;
      const thing = thingOf(world, kind, upstream, sent);
      const at = { person: caller.person, endpoint, thing, operator: OPERATORS[upstream]! };
      const isAllowed =
        naiveListed(rules, at) && naiveDecision(rules, { ...at, n: 'none' }) === 'allow';
      const known = world.nameOf(endpoint, thing);
      const isItsName = kind === 'resource' || known === name;
      if (!isAllowed || !isItsName) wrong.push(`${name} led ${caller.person.user} to ${sent}`);
    }
  }
  return { asked: names.length, led, wrong };
}

test.each([31, 32, 33])('no name leads to what is not allowed, catalog %i', async (seed) => {
  await using world = await openStraw(seed);
  let asked = 0;
  let led = 0;
  for (const [turn, rules] of sampled(policies, 12, seed).entries()) {
    await world.use(rules);
    const caller = world.callers[turn % world.callers.length]!;
    for (const place of PLACES) {
      const found = await tryNames(world, rules, caller, place);
      expect([place, found.wrong]).toEqual([place, []]);
      asked += found.asked;
      led += found.led;
    }
  }
  console.log(`${asked} names were tried, ${led} of them led to what is allowed`);
  expect(led).toBeGreaterThan(asked / 100);
});

/** What becomes of every item at every place. */
async function outcomes(world: World, caller: Caller): Promise<Map<string, string>> {
  const came = new Map<string, string>();
  for (const [name, endpoint] of PLACES) {
    const door = DOORS[name]!;
    for (const thing of world.behind.catalog.things) {
      const shown = world.nameOf(endpoint, thing);
      if (thing.kind !== door.kind || shown === undefined) continue;
      const asked = { visitor: caller, endpoint, name: shown, args: { n: 3 } };
      came.set(`${name} ${shown}`, cameOf(door, (await door.call?.(asked)) ?? ''));
    }
  }
  return came;
}

test('a further deny never allows anything', async () => {
  const seed = 41;
  await using world = await openStraw(seed);
  const denies = sampled(anyRule, 30, seed);
  const better: string[] = [];
  let cases = 0;
  for (const [turn, rules] of sampled(policies, 30, seed).entries()) {
    const caller = world.callers[turn % world.callers.length]!;
    const deny = { ...denies[turn]!, effect: 'deny' as const };
    await world.use(rules);
    const before = await outcomes(world, caller);
    await world.use({ ...rules, rules: rules.rules.toSpliced(turn % 4, 0, deny) });
    for (const [what, came] of await outcomes(world, caller)) {
      cases++;
      if (came === 'done' && before.get(what) !== 'done') better.push(what);
      if (before.get(what) === 'unknown' && came !== 'unknown') better.push(what);
    }
  }
  expect(better).toEqual([]);
  expect(cases).toBeGreaterThan(1000);
});
