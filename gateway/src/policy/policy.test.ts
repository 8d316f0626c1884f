import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ITEM_KINDS, Refusal, type ItemId, type Principal, type Target } from '../kernel/index.ts';
import { LOCAL, makeExchange } from '../../../test/kit/exchange.ts';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { compilePolicy, policySchema, type PolicyConfig } from './index.ts';

type Rule = PolicyConfig['rules'][number];

const policyOf = (config: object) => {
  const policy = compilePolicy(policySchema.parse(config), {
    clock: new ManualClock(),
    upstreams: new Map(),
  });
  const mayInvoke = (principal: Principal, id: ItemId): boolean =>
    policy.viewerOf(principal, 'default').mayInvoke({ id });
  return { ...policy, mayInvoke };
};

function authorize(config: object, target: Target) {
  const x = Object.assign(makeExchange(), { principal: LOCAL, target });
  return { step: policyOf(config).authorize(x), x };
}

const itemTarget = (id: ItemId): Target => ({
  kind: 'item',
  item: { id, publicName: '', definition: Buffer.alloc(0), era: 'modern', headerBindings: [] },
  originalName: id.name,
});

const tool = (name: string): ItemId => ({ upstream: 'crm', kind: 'tool', name });

// Few letters, so that patterns and names meet often.
const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/'), minLength: 1, maxLength: 4 });
const itemId: fc.Arbitrary<ItemId> = fc.record({
  upstream: fc.constantFrom('a', 'ab', 'b'),
  kind: fc.constantFrom(...ITEM_KINDS),
  name: letters,
});
const glob = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*'), minLength: 1, maxLength: 5 });
const pattern = fc.oneof(
  fc.constant('*'),
  fc
    .tuple(
      fc.constantFrom('', ...ITEM_KINDS.map((kind) => `${kind}:`)),
      fc.constantFrom('a', 'ab', 'b', '*', 'a*'),
      glob,
    )
    .map(([kind, upstream, name]) => `${kind}${upstream}/${name}`),
);
const patterns = fc.array(pattern, { minLength: 1, maxLength: 3 });
const rule: fc.Arbitrary<Rule> = fc.oneof(
  fc.record({ allow: patterns }),
  fc.record({ deny: patterns }),
  fc.record({ approve: patterns }),
);
const config = fc.record(
  {
    default: fc.constantFrom('allow' as const, 'deny' as const),
    rules: fc.array(rule, { maxLength: 5 }),
  },
  { requiredKeys: ['rules'] },
);

/** The grammar of patterns in words of regular expressions. */
function naiveMatch(text: string, id: ItemId): boolean {
  if (text === '*') return true;
  const [, kind, upstream, name] = /^(?:(\w+):)?([^/]*)\/(.*)$/s.exec(text) ?? [];
  const like = (part = '') =>
    new RegExp(
      `^${part
        .split('*')
        .map((each) => each.replaceAll(/[^a-z0-9]/g, '\\$&'))
        .join('[^]*')}$`,
    );
  return (
    (kind === undefined || kind === id.kind) &&
    like(upstream).test(id.upstream) &&
    like(name).test(id.name)
  );
}

function textsOf(policy: PolicyConfig, key: 'allow' | 'deny' | 'approve'): readonly string[] {
  return policy.rules.flatMap((each) => {
    const found = Object.entries(each).find(([name]) => name === key);
    return Array.isArray(found?.[1]) ? found[1] : [];
  });
}

/** The rules in words: deny wins, then approve, then allow, then the default. */
function naive(policy: PolicyConfig, id: ItemId): 'deny' | 'approve' | 'allow' {
  const applies = (key: 'allow' | 'deny' | 'approve') =>
    textsOf(policy, key).some((text) => naiveMatch(text, id));
  if (applies('deny')) return 'deny';
  if (applies('approve')) return 'approve';
  if (applies('allow')) return 'allow';
  if (policy.default !== undefined) return policy.default;
  const hasAllowing = policy.rules.some((each) => 'allow' in each || 'approve' in each);
  return hasAllowing ? 'deny' : 'allow';
}

describe('the decision', () => {
  test('is what a naive reading of the rules says, twice', () => {
    fc.assert(
      fc.property(config, itemId, (rules, id) => {
        const policy = policyOf(rules);
        const expected = naive(policySchema.parse(rules), id);
        for (let round = 0; round < 2; round++) {
          const x = Object.assign(makeExchange(), { principal: LOCAL, target: itemTarget(id) });
          const step = policy.authorize(x);
          expect(step instanceof Refusal).toBe(expected === 'deny');
          expect(x.decision?.outcome).toBe(expected === 'deny' ? 'deny' : 'allow');
          expect(x.decision?.needsApproval).toBe(expected === 'approve');
          expect(policy.mayInvoke(LOCAL, id)).toBe(expected !== 'deny');
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('never becomes allow by a further deny rule, wherever it stands', () => {
    fc.assert(
      fc.property(config, patterns, fc.nat(5), itemId, (rules, deny, at, id) => {
        const before = policyOf(rules).mayInvoke(LOCAL, id);
        const after = policyOf({ ...rules, rules: rules.rules.toSpliced(at, 0, { deny }) });
        const isDenied = deny.some((text) => naiveMatch(text, id));
        expect(after.mayInvoke(LOCAL, id)).toBe(before && !isDenied);
      }),
      { numRuns: 1000 },
    );
  });

  test('does not depend on the order of the rules', () => {
    fc.assert(
      fc.property(config, itemId, (rules, id) => {
        const reversed = { ...rules, rules: rules.rules.toReversed() };
        expect(policyOf(reversed).mayInvoke(LOCAL, id)).toBe(policyOf(rules).mayInvoke(LOCAL, id));
      }),
    );
  });

  test('an item may be invoked exactly when nothing denies it and something could allow it', () => {
    fc.assert(
      fc.property(config, itemId, (rules, id) => {
        const parsed = policySchema.parse(rules);
        const some = (all: readonly string[]) => all.some((text) => naiveMatch(text, id));
        const couldAllow =
          some(textsOf(parsed, 'allow')) ||
          some(textsOf(parsed, 'approve')) ||
          (parsed.default ??
            (textsOf(parsed, 'allow').length + textsOf(parsed, 'approve').length === 0
              ? 'allow'
              : 'deny')) === 'allow';
        expect(policyOf(rules).mayInvoke(LOCAL, id)).toBe(
          !some(textsOf(parsed, 'deny')) && couldAllow,
        );
      }),
    );
  });
});

describe('the default', () => {
  test.each([
    ['no rules', { rules: [] }, true],
    ['only a deny rule', { rules: [{ deny: ['crm/x'] }] }, true],
    ['an allow rule for others', { rules: [{ allow: ['crm/x'] }] }, false],
    ['an approve rule for others', { rules: [{ approve: ['crm/x'] }] }, false],
    ['deny in words', { default: 'deny', rules: [] }, false],
    [
      'allow in words beside an allow rule',
      { default: 'allow', rules: [{ allow: ['crm/x'] }] },
      true,
    ],
  ])('%s', (_case, rules, expected) => {
    expect(policyOf(rules).mayInvoke(LOCAL, tool('get'))).toBe(expected);
  });
});

describe('the rule that decided', () => {
  const rules = [
    { name: 'no deletes', deny: ['crm/delete*'] },
    { approve: ['crm/send*'] },
    { name: 'reading', allow: ['crm/get*', 'crm/delete*', 'crm/send*'] },
  ];

  test.each([
    ['delete_all', 'no deletes'],
    ['send_mail', '#2'],
    ['get_contact', 'reading'],
    ['other', 'default'],
  ])('%s is decided by %s', (name, expected) => {
    expect(authorize({ rules }, itemTarget(tool(name))).x.decision?.rule).toBe(expected);
  });

  test('a refusal names the rule and the decision', () => {
    const { step, x } = authorize({ rules }, itemTarget(tool('delete_all')));
    expect(step).toMatchObject({
      reason: 'policy_denied',
      detail: { data: { decision: x.decision?.id } },
    });
    expect((step as Refusal).text).toContain('"no deletes"');
  });

  test('decisions have different ids, also across policies', () => {
    const target = itemTarget(tool('get'));
    const policy = policyOf({});
    const ids = Array.from({ length: 100 }, () => {
      const x = Object.assign(makeExchange(), { principal: LOCAL, target });
      policy.authorize(x);
      return x.decision?.id;
    });
    ids.push(authorize({}, target).x.decision?.id);
    expect(new Set(ids).size).toBe(101);
  });
});

describe('targets that are no item', () => {
  const open = { kind: 'subscription', item: undefined, originalName: '' } as const;

  test.each([
    ['a view', { kind: 'view' } as const, 'view'],
    ['a session', { kind: 'session' } as const, 'session'],
    ['a stream', open, 'subscription'],
  ])('%s is open under any policy', (_case, target, expected) => {
    const { x } = authorize({ rules: [{ deny: ['*'] }] }, target);
    expect(x.decision).toMatchObject({ outcome: 'allow', rule: expected });
  });

  test('a subscription to a resource is decided as the resource', () => {
    const id: ItemId = { upstream: 'crm', kind: 'resource', name: 'crm://a' };
    const item = {
      id,
      publicName: id.name,
      definition: Buffer.alloc(0),
      era: 'modern' as const,
      headerBindings: [],
    };
    const target = { kind: 'subscription', item, originalName: id.name } as const;
    expect(authorize({ rules: [{ deny: ['resource:crm/*'] }] }, target).step).toBeInstanceOf(
      Refusal,
    );
    expect(authorize({ rules: [{ deny: ['tool:crm/*'] }] }, target).step).not.toBeInstanceOf(
      Refusal,
    );
  });

  test.each([
    ['no rule', [], true],
    ['all of the upstream allowed', [{ allow: ['crm/*'] }], true],
    ['some of the upstream allowed', [{ allow: ['crm/get*'] }], false],
    ['only another upstream allowed', [{ allow: ['shop/*'] }], false],
    ['all of the upstream denied', [{ deny: ['crm/*'] }], false],
    ['some of the upstream denied', [{ deny: ['crm/delete*'] }], true],
  ])('a vendor method with %s', (_case, rules, isAllowed) => {
    const { step } = authorize({ rules }, { kind: 'passthrough', upstream: 'crm' });
    expect(step instanceof Refusal).toBe(!isAllowed);
  });
});
