import { describe, expect, test } from 'vitest';
import { principalOf, type ItemId, type Principal } from '../kernel/index.ts';
import { LOCAL, makeExchange } from '../../../test/kit/exchange.ts';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { bindingsSchema, compilePolicy, createExplainer, policySchema } from './index.ts';

const person = (user: string, more: Partial<Principal> = {}): Principal =>
  principalOf({ id: `user:${user}`, kind: 'user', verifiedBy: 'test', user, ...more });

const tool = (name: string): ItemId => ({ upstream: 'crm', kind: 'tool', name });

function policyOf(bindings: unknown, rules: unknown = [], labels: Record<string, string[]> = {}) {
  const facts = {
    labels: new Map(Object.entries(labels)),
    bindings: bindingsSchema.parse(bindings) ?? [],
  };
  return compilePolicy(policySchema.parse({ rules }), {
    clock: new ManualClock(),
    upstreams: new Map(),
    endpoints: new Map([['default', facts]]),
  });
}

/** Each argument as `name=how value`, as it is for one caller. */
function bound(bindings: unknown, principal: Principal, id = tool('find')): string[] {
  const its = policyOf(bindings).viewerOf(principal, 'default').bindingsOf({ id });
  return (its?.all ?? []).map(({ name, kind, isHidden, shown, valueFor }) =>
    [`${name}=${kind}`, isHidden ? 'hidden' : (shown ?? '?'), valueFor(principal) ?? '?'].join(' '),
  );
}

const ALICE = person('alice', {
  team: 'sales',
  groups: ['a'],
  claims: { org: { id: 7 }, 'a.b': true },
});

describe('who and what', () => {
  test.each<[string, unknown, string[]]>([
    ['everybody', [{ items: ['*'], argument: 'a', fix: 1 }], ['a=fix 1 1']],
    [
      'a team',
      [{ items: ['crm/*'], argument: 'a', fix: 1, who: { teams: ['sales'] } }],
      ['a=fix 1 1'],
    ],
    ['another team', [{ items: ['crm/*'], argument: 'a', fix: 1, who: { teams: ['x'] } }], []],
    ['another tool', [{ items: ['crm/get'], argument: 'a', fix: 1 }], []],
    ['another kind', [{ items: ['prompt:crm/find'], argument: 'a', fix: 1 }], []],
    ['null', [{ items: ['*'], argument: 'a', fix: null }], ['a=fix null null']],
    ['a pointer', [{ items: ['*'], argument: '/f/a~1b', hide: true }], ['/f/a~1b=hide hidden ?']],
    ['a pointer to the root', [{ items: ['*'], argument: '/f', default: 1 }], ['f=default 1 1']],
    [
      'a user',
      [{ items: ['*'], argument: 'a', fix: { from: 'principal.user' } }],
      ['a=fix "alice" "alice"'],
    ],
    [
      'a list',
      [{ items: ['*'], argument: 'a', fix: { from: 'principal.groups' } }],
      ['a=fix ["a"] ["a"]'],
    ],
    [
      'a claim',
      [{ items: ['*'], argument: 'a', fix: { from: 'principal.claims.org.id' } }],
      ['a=fix 7 7'],
    ],
    [
      'a claim with a dot',
      [{ items: ['*'], argument: 'a', fix: { from: 'principal.claims.a.b' } }],
      ['a=fix true true'],
    ],
    [
      'inside a value',
      [{ items: ['*'], argument: 'a', fix: { by: [{ from: 'principal.team' }], n: 1 } }],
      ['a=fix {"by":["sales"],"n":1} {"by":["sales"],"n":1}'],
    ],
    [
      'what is empty',
      [{ items: ['*'], argument: 'a', fix: { from: 'principal.scopes' } }],
      ['a=fix ? ?'],
    ],
    [
      'what nobody says',
      [{ items: ['*'], argument: 'a', fix: { x: { from: 'principal.agent' } } }],
      ['a=fix ? ?'],
    ],
    [
      'hidden',
      [{ items: ['*'], argument: 'a', fix: { from: 'principal.user' }, hide: true }],
      ['a=fix hidden "alice"'],
    ],
    [
      'of two a fixed one',
      [
        { items: ['*'], argument: 'a', default: 1 },
        { items: ['crm/find'], argument: '/a', fix: 2 },
      ],
      ['a=fix 2 2'],
    ],
    [
      'of two alike the first',
      [
        { items: ['*'], argument: 'a', fix: 1 },
        { items: ['*'], argument: 'a', fix: 2 },
      ],
      ['a=fix 1 1'],
    ],
    [
      'hidden by one',
      [
        { items: ['*'], argument: 'a', fix: 1 },
        { items: ['*'], argument: 'a', hide: true },
      ],
      ['a=fix hidden 1'],
    ],
  ])('%s', (_case, bindings, expected) => {
    expect(bound(bindings, ALICE)).toEqual(expected);
  });

  test('is refused at load', () => {
    const problem = (one: object): string => {
      const all = Array.isArray(one) ? one : [{ items: ['crm/*'], argument: 'a', ...one }];
      return bindingsSchema.safeParse(all).error?.issues[0]?.message ?? 'fine';
    };
    expect(problem({ fix: 1 })).toBe('fine');
    expect(problem({})).toBe('give "fix", "default" or "hide: true"');
    expect(problem({ fix: 1, default: 2 })).toBe('give either "fix" or "default"');
    expect(problem({ argument: '', fix: 1 })).toBe('name an argument');
    expect(problem({ argument: '/a//b', fix: 1 })).toContain('is empty');
    expect(problem({ argument: '/a~2', fix: 1 })).toContain('~0');
    expect(problem({ fix: { from: 'principal.mail' } })).toContain('"principal.mail" is no fact');
    expect(problem({ fix: { from: 'principal.claims.' } })).toContain('is no fact');
    expect(problem({ fix: [{ from: 'user' }] })).toContain('must name a fact of the principal');
    expect(problem({ items: ['crm'], fix: 1 })).toContain('has no upstream');
    const whole = { items: ['crm/*'], argument: 'f', fix: {} };
    const part = { items: ['crm/find'], argument: '/f/a', fix: 1 };
    expect(problem([whole, part])).toContain('lies inside "f"');
    expect(problem([whole, { ...part, items: ['shop/*'] }])).toBe('fine');
  });
});

describe('classes of callers', () => {
  const of = (bindings: unknown, ...callers: Principal[]) => {
    const policy = policyOf(bindings);
    return new Set(callers.map((each) => policy.viewerOf(each, 'default'))).size;
  };

  test.each([
    ['one value', { fix: 'x' }, 1],
    ['a hidden value of their own', { fix: { from: 'principal.user' }, hide: true }, 1],
    ['a value that they share', { fix: { from: 'principal.team' } }, 1],
    ['a value of their own that is shown', { fix: { from: 'principal.user' } }, 2],
    ['a binding of one of them', { fix: 1, who: { users: ['alice'] } }, 2],
  ])('with %s', (_case, said, expected) => {
    const binding = [{ items: ['*'], argument: 'a', ...said }];
    expect(of(binding, person('alice', { team: 't' }), person('bob', { team: 't' }))).toBe(
      expected,
    );
  });

  test('values of others are never taken, although a class is shared', () => {
    const policy = policyOf([
      { items: ['*'], argument: 'a', fix: { from: 'principal.user' }, hide: true },
    ]);
    for (const user of ['alice', 'bob', 'alice']) {
      const caller = person(user);
      const its = policy.viewerOf(caller, 'default').bindingsOf({ id: tool('find') });
      expect(its?.all[0]?.valueFor(caller)).toBe(JSON.stringify(user));
    }
  });

  test('another endpoint has nothing of it', () => {
    const policy = policyOf([{ items: ['*'], argument: 'a', fix: 1 }]);
    expect(policy.viewerOf(LOCAL, 'other').bindingsOf({ id: tool('find') })).toBeUndefined();
  });
});

describe('labels given at an endpoint', () => {
  const NO_HINTS = { id: tool('find') };
  test.each([
    ['allow what they name', { allow: { labels: ['ours'] } }, { 'tool:crm/find': ['ours'] }, true],
    ['allow nothing else', { allow: { labels: ['ours'] } }, { 'tool:crm/get': ['ours'] }, false],
    [
      'vouch for an effect',
      { allow: { labels: ['read-only'] } },
      { 'tool:crm/find': ['read-only'] },
      true,
    ],
    ['deny', { deny: { labels: ['ours'] } }, { 'tool:crm/find': ['ours'] }, false],
    [
      'take the place of what a tool says',
      { deny: { labels: ['destructive'] } },
      { 'tool:crm/find': ['read-only'] },
      true,
    ],
  ])('%s', (_case, rule, labels, isSeen) => {
    const policy = policyOf(undefined, [rule], labels);
    expect(policy.viewerOf(LOCAL, 'default').mayInvoke(NO_HINTS)).toBe(isSeen);
    const elsewhere = policy.viewerOf(LOCAL, 'other').mayInvoke(NO_HINTS);
    expect(elsewhere).toBe('deny' in rule && !JSON.stringify(rule).includes('destructive'));
  });
});

test('explanations say what is decided, and decide on the final arguments', () => {
  const bindings = bindingsSchema.parse([
    { items: ['crm/*'], argument: 'owner', fix: { from: 'principal.user' } },
    { items: ['crm/find'], argument: 'tenant', fix: 'secret-7', hide: true },
  ]);
  const explain = createExplainer(
    policySchema.parse({
      rules: [{ allow: ['*'], when: 'args.owner == "alice" && args.tenant.startsWith("secret")' }],
    }),
    new Map(),
    new Map([['default', { labels: new Map(), bindings: bindings ?? [] }]]),
  );
  const asked = (user: string, args: string) =>
    explain({
      principal: person(user),
      endpoint: 'default',
      item: { id: tool('find') },
      args,
      nowMs: 0,
      address: makeExchange().head.remoteAddress,
    });
  const allowed = asked('alice', '{}');
  expect(allowed.outcome).toBe('allow');
  expect(allowed.bindings.map(({ argument, says }) => `${argument} ${says}`)).toEqual([
    'owner is always "alice", where the item has such an argument',
    'tenant is hidden and always has one value',
  ]);
  expect(asked('bob', '{}').outcome).toBe('deny');
  const refused = asked('alice', '{"owner":"bob"}');
  expect(refused).toMatchObject({ outcome: 'deny', isListed: true });
  expect(refused.fault).toContain('always "alice"');
  expect(JSON.stringify([allowed, refused])).not.toContain('secret-7');
});
