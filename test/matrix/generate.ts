/** Rules, catalogs and callers made at random, from numbers that can be given again. */
import fc from 'fast-check';
import type { Kind, Operator, Person, Rule, Rules, Thing, When, Who } from './naive.ts';

export const ENDPOINTS = {
  default: {},
  compact: { mode: 'compact' },
  search: { mode: 'search' },
  bare: { include: ['a/*'], names: 'original' },
} as const;
export type EndpointName = keyof typeof ENDPOINTS;

export const UPSTREAMS = ['a', 'ab'] as const;
export const OPERATORS: Readonly<Record<string, Operator>> = {
  a: { labels: ['inner'], isTrusted: false },
  ab: { labels: [], isTrusted: true },
};

/** Longer than a public name may be, and the same up to there. */
const LONG = 'l'.repeat(70);
/** Names that are others' public names, or come close to one; own tools' names too. */
const TOOLS = [
  'x',
  'X',
  'xy',
  'b__x',
  'a__x',
  'ab__x',
  '_x',
  'x__',
  'x y',
  'x.y',
  'x_y',
  `${LONG}1`,
  `${LONG}2`,
  'call_tool',
  'search_tools',
  'z_abcdefghi2',
  'é',
];
const PROMPTS = ['p', 'P', 'b__p', 'a__p', 'p q', 'p_q', `${LONG}3`];
/** One of both, one that looks as if it were wrapped, and what differs by case or encoding. */
const RESOURCES = [
  's://r',
  's://R',
  's://r%20',
  'drawbridge://ab/s%3A%2F%2Fr',
  'a://r',
  'ab://r',
  's://r/../r',
];
const TEMPLATES = ['s://t/{id}', 'a://t/{id}', 'ab://t/{id}', 's://u/{id}/v'];

export interface Catalog {
  readonly things: readonly Thing[];
}

const some = <T>(all: readonly T[], minLength: number, maxLength: number) =>
  fc.shuffledSubarray([...all], { minLength, maxLength });

const upstreamThings = (upstream: string) =>
  fc
    .record({
      tools: some(TOOLS, 5, 8),
      says: fc.array(fc.constantFrom(true, false, undefined), { minLength: 8, maxLength: 8 }),
      prompts: some(PROMPTS, 2, 4),
      resources: some(RESOURCES, 2, 4),
      templates: some(TEMPLATES, 2, 3),
    })
    .map(({ tools, says, prompts, resources, templates }): Thing[] => {
      const of = (kind: Kind, names: readonly string[]) =>
        names.map((name, at): Thing => {
          return { kind, upstream, name, isReadOnly: kind === 'tool' ? says[at] : undefined };
        });
      return [
        ...of('tool', tools),
        ...of('prompt', prompts),
        ...of('resource', resources),
        ...of('template', templates),
      ];
    });

export const catalogs: fc.Arbitrary<Catalog> = fc
  .tuple(...UPSTREAMS.map(upstreamThings))
  .map((both) => ({ things: both.flat() }));

const words = (...all: string[]) => some(all, 1, all.length);
const glob = fc.constantFrom('x', 'x*', '*', '*', '*x', 'a__*', '*r', '*p*', 'b__x', '*l1', 's:*');
const pattern = fc.oneof(
  { weight: 1, arbitrary: fc.constant('*') },
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        fc.constantFrom('', '', '', 'tool:', 'prompt:', 'resource:', 'template:'),
        fc.constantFrom('a', 'ab', 'a*', '*'),
        glob,
      )
      .map(([kind, upstream, name]) => `${kind}${upstream}/${name}`),
  },
);

const who: fc.Arbitrary<Who> = fc
  .constantFrom('users', 'groups', 'teams', 'agents', 'scopes', 'endpoints', 'sites')
  .chain((field) => {
    const values = {
      users: words('u', 'v'),
      groups: words('g', 'h'),
      teams: words('s', 't'),
      agents: words('bot', 'cli'),
      scopes: words('read', 'write'),
      endpoints: words('default', 'compact', 'search', 'bare'),
      sites: words('north', 'south'),
    };
    type Field = keyof typeof values;
    const other = fc.constantFrom<Field>('teams', 'endpoints', 'groups');
    const first = field as Field;
    return fc
      .tuple(values[first], other, fc.boolean())
      .chain(([mine, second, isTwo]) =>
        isTwo
          ? values[second].map((more) => ({ [first]: mine, [second]: more }) as Who)
          : fc.constant({ [first]: mine } as Who),
      );
  });

const when: fc.Arbitrary<When> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('atMost' as const, 'ifAny' as const),
    n: fc.constantFrom(1, 5),
  }),
  fc.record({ kind: fc.constant('team' as const), team: fc.constantFrom('s', 't') }),
);

/** @param weight how often it is there, of ten times */
const maybe = <T>(arbitrary: fc.Arbitrary<T>, weight = 5): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight, arbitrary }, { weight: 10 - weight, arbitrary: fc.constant(undefined) });

export const rules: fc.Arbitrary<Rule> = fc
  .record({
    effect: fc.constantFrom(...(['allow', 'allow', 'allow', 'deny', 'approve'] as const)),
    who: maybe(who),
    items: maybe(fc.array(pattern, { minLength: 1, maxLength: 3 }), 8),
    labels: maybe(words('read-only', 'destructive', 'inner'), 3),
    when: maybe(when, 3),
  })
  .filter(({ items, labels }) => items !== undefined || labels !== undefined)
  .map((rule) => withoutUndefined(rule) as Rule);

function withoutUndefined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined));
}

/** Some begin by allowing much, so that not nearly everything is denied. */
export const policies: fc.Arbitrary<Rules> = fc
  .record({
    default: fc.constantFrom(undefined, undefined, undefined, 'deny' as const, 'allow' as const),
    first: maybe(fc.constantFrom<Rule>({ effect: 'allow', items: ['*'] }), 6),
    rest: fc.array(rules, { minLength: 1, maxLength: 6 }),
  })
  .map(({ default: fallback, first, rest }) => ({
    ...(fallback === undefined ? {} : { default: fallback }),
    rules: first === undefined ? rest : [first, ...rest],
  }));

export const PEOPLE: readonly Person[] = [
  { user: 'u', agent: 'bot', team: 's', groups: ['g'], scopes: ['read'], sites: [] },
  { user: 'v', agent: 'cli', team: 't', groups: ['g', 'h'], scopes: ['read', 'write'], sites: [] },
  { user: '', agent: 'bot', team: '', groups: [], scopes: [], sites: [] },
  { user: 'u', agent: 'cli', team: 't', groups: [], scopes: ['write'], sites: [] },
  { user: 'v', agent: 'bot', team: 's', groups: ['h'], scopes: ['read'], sites: ['north'] },
  { user: 'w', agent: 'cli', team: '', groups: ['g'], scopes: [], sites: ['south', 'north'] },
];

export const argument: fc.Arbitrary<number | 'none'> = fc.constantFrom<number | 'none'>(
  0,
  3,
  9,
  'none',
);

/** The same values for the same seed. */
export function sampled<T>(arbitrary: fc.Arbitrary<T>, count: number, seed: number): T[] {
  return fc.sample(arbitrary, { numRuns: count, seed });
}
