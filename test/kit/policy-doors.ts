/**
 * Generated rules, callers and catalogs against a naive reading of the rules, at every door that
 * exists in process. A further door is one more line in `DOORS`.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import {
  Refusal,
  principalOf,
  type Exchange,
  type Principal,
} from '../../gateway/src/kernel/index.ts';
import { compilePolicy, policySchema, type Policy } from '../../gateway/src/policy/index.ts';
import { CatalogWorld, listingOf, type Asked } from './catalog-world.ts';
import { ManualClock } from './manual-clock.ts';
import {
  naiveDecision,
  naiveListed,
  written,
  type NaiveCaller,
  type NaiveItem,
  type NaiveRule,
} from './naive-policy.ts';

const UPSTREAMS = ['a', 'ab'];
/** Names that look like others' public names, so that only identities can be matched. */
const NAMES = ['x', 'xy', 'b__x', 'a__x'];
const TRUSTED = 'ab';

export const ITEMS: readonly NaiveItem[] = UPSTREAMS.flatMap((upstream) => {
  const isTrusted = upstream === TRUSTED;
  return [
    ...NAMES.map((name) => ({ kind: 'tool', upstream, name, isReadOnly: name === 'x', isTrusted })),
    ...['p', 'xy'].map((name) => ({ kind: 'prompt', upstream, name, isReadOnly: true, isTrusted })),
    { kind: 'resource', upstream, name: `${upstream}://r`, isReadOnly: true, isTrusted },
    { kind: 'template', upstream, name: `${upstream}://t/{id}`, isReadOnly: true, isTrusted },
  ];
});

let world: CatalogWorld;

/** The catalog behind all doors; call it once before anything else. */
export async function openDoors(): Promise<CatalogWorld> {
  world = await CatalogWorld.open({});
  const tool = (name: string) =>
    JSON.stringify({
      name,
      description: `word ${name}`,
      inputSchema: { type: 'object' },
      ...(name === 'x' ? { annotations: { readOnlyHint: true } } : {}),
    });
  const list = (upstream: string) =>
    listingOf({
      tools: NAMES.map(tool),
      prompts: ['p', 'xy'],
      resources: [`${upstream}://r`],
      templates: [`${upstream}://t/{id}`],
      capabilities: { completions: true, subscribe: true },
    });
  await world.start(Object.fromEntries(UPSTREAMS.map((each) => [each, list(each)])));
  return world;
}

const ENDPOINTS = { default: {}, compact: { mode: 'compact' }, search: { mode: 'search' } };

export const FACTS = new Map(
  UPSTREAMS.map((each) => [each, { labels: [], isTrusted: each === TRUSTED }] as const),
);

/** A way to ask for an item. `list`: the public names that are shown. `call`: whether it is let in. */
interface Door {
  readonly kind: string;
  readonly list?: (as: Asked) => Promise<readonly string[]>;
  readonly call?: (as: Asked, name: string, args: object) => Promise<Exchange | Refusal>;
  readonly endpoints?: readonly string[];
}

async function names(method: string, key: string, member: string, as: Asked): Promise<string[]> {
  const found: unknown = await world.list(method, as);
  const items: unknown = Reflect.get(found as object, key);
  return (items as object[]).map((each) => String(Reflect.get(each, member)));
}

async function toolsIn(tool: string, args: object, as: Asked): Promise<readonly string[]> {
  const { structuredContent } = await world.toolResult(tool, args, as);
  return ((structuredContent?.['tools'] ?? []) as { name: string }[]).map(({ name }) => name);
}

export const DOORS: Readonly<Record<string, Door>> = {
  'tools, modern': {
    kind: 'tool',
    endpoints: ['default', 'compact'],
    list: async (as) =>
      (await names('tools/list', 'tools', 'name', as)).filter((each) => each.includes('__')),
    call: (as, name, args) =>
      world.resolve('tools/call', { ...as, name, params: { arguments: args } }),
  },
  'tools, legacy': {
    kind: 'tool',
    list: (as) => names('tools/list', 'tools', 'name', { ...as, dialect: 'legacy' }),
    call: (as, name, args) =>
      world.resolve('tools/call', { ...as, name, dialect: 'legacy', params: { arguments: args } }),
  },
  'tools, REST': {
    kind: 'tool',
    list: (as) => names('tools/list', 'tools', 'name', { ...as, dialect: 'rest' }),
    call: (as, name, args) =>
      world.resolve('tools/call', { ...as, name, dialect: 'rest', params: { arguments: args } }),
  },
  'search_tools and call_tool': {
    kind: 'tool',
    endpoints: ['search'],
    list: (as) => searchable(as),
    call: (as, name, args) =>
      world.resolve('tools/call', {
        ...as,
        name: 'call_tool',
        params: { arguments: { name, arguments: args } },
      }),
  },
  prompts: {
    kind: 'prompt',
    list: (as) => names('prompts/list', 'prompts', 'name', as),
    call: (as, name, args) =>
      world.resolve('prompts/get', { ...as, name, params: { arguments: args } }),
  },
  completion: {
    kind: 'prompt',
    call: (as, name, args) =>
      world.resolve('completion/complete', {
        ...as,
        params: { ref: { type: 'ref/prompt', name }, arguments: args },
      }),
  },
  resources: {
    kind: 'resource',
    list: (as) => names('resources/list', 'resources', 'uri', as),
    call: (as, name, args) =>
      world.resolve('resources/read', { ...as, name, params: { arguments: args } }),
  },
  'subscriptions to resources': {
    kind: 'resource',
    call: (as, name, args) =>
      world.resolve('resources/subscribe', {
        ...as,
        name,
        dialect: 'legacy',
        params: { arguments: args },
      }),
  },
  templates: {
    kind: 'template',
    list: (as) => names('resources/templates/list', 'resourceTemplates', 'uriTemplate', as),
  },
};

/** `search_tools` is only there for who has something to find. */
async function searchable(as: Asked): Promise<readonly string[]> {
  const own = await names('tools/list', 'tools', 'name', as);
  return own.includes('search_tools')
    ? toolsIn('search_tools', { query: 'word', limit: 20 }, as)
    : [];
}

const words = (...all: string[]) => fc.subarray(all, { minLength: 1 });
const glob = fc.constantFrom('x', 'x*', '*', '*x', 'a__*', '*r', 'p', 'b__x');
const pattern = fc.oneof(
  fc.constant('*'),
  fc
    .tuple(
      fc.constantFrom('', 'tool:', 'prompt:', 'resource:'),
      fc.constantFrom('a', 'ab', 'a*', '*'),
      glob,
    )
    .map(([kind, upstream, name]) => `${kind}${upstream}/${name}`),
);
const who = fc.record(
  {
    users: words('u', 'v'),
    groups: words('g', 'h'),
    teams: words('s', 't'),
    endpoints: words('default', 'compact', 'search'),
  },
  { requiredKeys: [] },
);
const sometimes = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.option(arbitrary, { nil: undefined, freq: 2 });
export const rule: fc.Arbitrary<NaiveRule> = fc
  .record({
    who: sometimes(who.filter((fields) => Object.keys(fields).length > 0)),
    effect: fc.constantFrom(...(['allow', 'allow', 'allow', 'deny', 'approve'] as const)),
    items: fc.option(fc.array(pattern, { minLength: 1, maxLength: 3 }), {
      nil: undefined,
      freq: 5,
    }),
    labels: sometimes(words('read-only', 'destructive')),
    atMost: sometimes(fc.constantFrom(1, 5)),
  })
  .filter(({ items, labels }) => items !== undefined || labels !== undefined)
  .map(
    (one) =>
      Object.fromEntries(
        Object.entries(one).filter(([, value]) => value !== undefined),
      ) as unknown as NaiveRule,
  );
export const caller = fc.record({
  user: fc.constantFrom('u', 'v', ''),
  groups: fc.subarray(['g', 'h']),
  team: fc.constantFrom('s', 't', ''),
});
const argument = fc.constantFrom<number | 'none'>(0, 3, 9, 'none');

export function principalFor({ user, groups, team }: Omit<NaiveCaller, 'endpoint'>): Principal {
  return principalOf({
    id: `${user}/${groups.join()}/${team}`,
    kind: 'user',
    verifiedBy: 't',
    user,
    groups,
    team,
  });
}

export function open(rules: readonly NaiveRule[], change: Change): Policy {
  const compiled = compilePolicy(policySchema.parse({ rules: rules.map(written) }), {
    clock: new ManualClock(),
    upstreams: FACTS,
  });
  const policy = change(compiled);
  world.stage = world.newStage(ENDPOINTS, {}, policy);
  return policy;
}

const publicName = ({ kind, upstream, name }: NaiveItem): string =>
  kind === 'tool' || kind === 'prompt' ? `${upstream}__${name}` : name;

/** What comes of a call: what resolve or the rules say. */
function decided(policy: Policy, found: Exchange | Refusal): string {
  if (found instanceof Refusal) return found.reason;
  const { principal, target } = found;
  if (principal === undefined || target === undefined) return 'nothing';
  const step = policy.authorize(Object.assign(found, { principal, target }));
  if (step instanceof Refusal) return 'deny';
  return found.decision?.needsApproval === true ? 'approve' : 'allow';
}

export const counts = { cases: 0, allowed: 0 };
export const RUNS = 150;

export type Change = (policy: Policy) => Policy;
export const asItIs: Change = (policy) => policy;

/** Holds where a door lists and lets in exactly what the naive reading says. */
export function doorProperty(door: Door, change: Change) {
  return fc.asyncProperty(
    fc.array(rule, { minLength: 1, maxLength: 4 }),
    fc.array(caller, { minLength: 2, maxLength: 3 }),
    fc.constantFrom(...(door.endpoints ?? ['default'])),
    argument,
    async (rules, callers, endpoint, n) => {
      const policy = open(rules, change);
      const args = n === 'none' ? {} : { n };
      const items = ITEMS.filter(({ kind }) => kind === door.kind);
      // Twice each, in turn, so that nobody is given what was made for another.
      for (const one of [...callers, ...callers]) {
        const as = { endpoint, principal: principalFor(one) };
        const listed = items.filter((item) => naiveListed(rules, { ...one, endpoint }, item));
        const shown = await door.list?.(as);
        if (shown !== undefined) {
          expect(shown.toSorted()).toEqual(listed.map(publicName).toSorted());
        }
        for (const item of items) {
          if (door.call === undefined) continue;
          const expected = naiveDecision(rules, { ...one, endpoint }, item, n);
          counts.cases++;
          if (expected !== 'deny') counts.allowed++;
          const found = decided(policy, await door.call(as, publicName(item), args));
          const hidden = item.kind === 'resource' ? 'resource_unknown' : 'item_unknown';
          expect(found).toBe(listed.includes(item) ? expected : hidden);
        }
      }
    },
  );
}
