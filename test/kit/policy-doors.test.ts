import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { Refusal } from '../../gateway/src/kernel/index.ts';
import { compilePolicy, policySchema, type Policy } from '../../gateway/src/policy/index.ts';
import type { CatalogWorld } from './catalog-world.ts';
import { ManualClock } from './manual-clock.ts';
import { written, type NaiveRule } from './naive-policy.ts';
import {
  asItIs,
  caller,
  counts,
  doorProperty,
  DOORS,
  FACTS,
  ITEMS,
  open,
  openDoors,
  principalFor,
  rule,
  RUNS,
  type Change,
} from './policy-doors.ts';

let world: CatalogWorld;

beforeAll(async () => {
  world = await openDoors();
});

describe('every door', () => {
  test.each(Object.entries(DOORS))(
    'lists and lets in what the rules say: %s',
    async (_name, door) => {
      await expect(
        fc.assert(doorProperty(door, asItIs), { numRuns: RUNS }),
      ).resolves.toBeUndefined();
    },
    120_000,
  );

  test('was tried often enough, and not in vain', () => {
    expect(counts.cases).toBeGreaterThan(20_000);
    expect(counts.allowed / counts.cases).toBeGreaterThan(0.2);
    expect(counts.allowed / counts.cases).toBeLessThan(0.8);
  });
});

/** Decides, and lets the call in whatever was decided. */
function unchecked<X extends Parameters<Policy['authorize']>[0]>(policy: Policy, x: X): never {
  policy.authorize(x);
  return x as never;
}

/** Mistakes that such gateways make, each at a door where it shows. */
const MISTAKES: Readonly<Record<string, readonly [door: string, mistake: Change]>> = {
  'what was made for one caller is shown to others': [
    'tools, modern',
    (policy) => {
      let first: ReturnType<Policy['viewerOf']> | undefined;
      return {
        ...policy,
        viewerOf: (principal, endpoint) => (first ??= policy.viewerOf(principal, endpoint)),
      };
    },
  ],
  'the endpoint is left out of what is remembered': [
    'tools, modern',
    (policy) => ({ ...policy, viewerOf: (principal) => policy.viewerOf(principal, 'search') }),
  ],
  'only lists are filtered': [
    'prompts',
    (policy) => ({ ...policy, authorize: (x) => unchecked(policy, x) }),
  ],
  'rules are matched with public names': [
    'tools, REST',
    (policy) => ({
      ...policy,
      viewerOf: (principal, endpoint) => {
        const viewer = policy.viewerOf(principal, endpoint);
        return {
          ...viewer,
          mayReach: (upstream) => viewer.mayReach(upstream),
          bindingsOf: (item) => viewer.bindingsOf(item),
          mayInvoke: ({ id, ...rest }) =>
            viewer.mayInvoke({ ...rest, id: { ...id, name: `${id.upstream}__${id.name}` } }),
        };
      },
    }),
  ],
  'what call_tool is to call is not looked at': [
    'search_tools and call_tool',
    (policy) => ({
      ...policy,
      authorize: (x) => (x.via === '' ? policy.authorize(x) : unchecked(policy, x)),
    }),
  ],
  'what a tool says of itself is believed': [
    'tools, legacy',
    (policy) => ({
      ...policy,
      viewerOf: (principal, endpoint) => {
        const viewer = policy.viewerOf(principal, endpoint);
        return {
          mayReach: (upstream) => viewer.mayReach(upstream),
          bindingsOf: (item) => viewer.bindingsOf(item),
          mayInvoke: (item) =>
            viewer.mayInvoke(item) || (item.hints?.readOnly === true && viewer.mayReach('ab')),
        };
      },
    }),
  ],
};

test.each(Object.entries(MISTAKES))(
  'it would be noticed if %s',
  async (_name, [name, mistake]) => {
    const door = DOORS[name];
    if (door === undefined) throw new Error(name);
    const { failed } = await fc.check(doorProperty(door, mistake), {
      numRuns: 2 * RUNS,
      endOnFailure: true,
    });
    expect(failed).toBe(true);
  },
  120_000,
);

test('a further deny rule never allows anything', () => {
  fc.assert(
    fc.property(
      fc.array(rule, { maxLength: 5 }),
      rule.map((one): NaiveRule => ({ ...one, effect: 'deny' })),
      fc.nat(5),
      caller,
      (rules, deny, at, one) => {
        const principal = principalFor(one);
        const viewer = (all: readonly NaiveRule[]) => {
          const parsed = policySchema.parse({ rules: all.map(written) });
          return compilePolicy(parsed, { clock: new ManualClock(), upstreams: FACTS }).viewerOf(
            principal,
            'default',
          );
        };
        const before = viewer(rules);
        const after = viewer(rules.toSpliced(at, 0, deny));
        for (const { kind, upstream, name } of ITEMS) {
          const item = { id: { kind: kind as 'tool', upstream, name } };
          expect(after.mayInvoke(item) && !before.mayInvoke(item)).toBe(false);
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test('what is hidden and what is not there are told apart by nothing but the decision', async () => {
  const policy = open([{ effect: 'allow', items: ['a/x'] }], asItIs);
  const as = { principal: principalFor({ user: 'u', groups: [], team: '' }), endpoint: 'default' };
  const rules: string[] = [];
  for (const [method, hidden, absent] of [
    ['tools/call', 'ab__x', 'ab__z'],
    ['prompts/get', 'a__p', 'a__q'],
    ['resources/read', 'a://r', 'a://z'],
  ] as const) {
    const texts = await Promise.all(
      [hidden, absent].map(async (name) => {
        const x = world.exchange(method, { ...as, name });
        const step = await world.stage.resolve(x);
        if (!(step instanceof Refusal)) throw new Error(name);
        rules.push(x.decision?.rule ?? '');
        return JSON.stringify([step.reason, step.text, step.detail])
          .replaceAll(x.decision?.id ?? '?', 'ID')
          .replaceAll(name, 'NAME');
      }),
    );
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).toContain('ID');
  }
  expect(policy).toBeDefined();
  expect(rules).toEqual([
    'default',
    'no such item',
    'default',
    'no such item',
    'default',
    'no such item',
  ]);
});
