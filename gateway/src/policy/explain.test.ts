import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  askedBy,
  callerSchema,
  createExplainer,
  expectationsSchema,
  isMet,
  itemIdIn,
  lintPolicy,
  policySchema,
  principalFor,
  resultOf,
  type UpstreamFacts,
} from './index.ts';

const RULES = [
  { name: 'reading', who: { teams: ['sales'] }, allow: ['crm/get*'] },
  { name: 'refunds', who: { groups: ['finance'] }, allow: ['crm/pay'], when: 'args.sum <= 100.0' },
  { name: 'kept', deny: ['crm/delete*'], because: 'Archive it.' },
  { name: 'asked', who: { teams: ['sales'] }, approve: ['crm/send*'] },
];

function explain(as: unknown, item: string, args?: object) {
  const id = itemIdIn(item);
  if (id === undefined) throw new Error(item);
  return createExplainer(
    policySchema.parse({ rules: RULES }),
    new Map(),
  )({
    principal: principalFor(callerSchema.parse(as)),
    endpoint: 'default',
    item: { id },
    args: args === undefined ? undefined : JSON.stringify(args),
    nowMs: 0,
    address: '',
  });
}

describe('an explanation', () => {
  test('says which rule decided, and what became of the others', () => {
    expect(explain({ team: 'sales' }, 'crm/delete_all')).toMatchObject({
      outcome: 'deny',
      isListed: false,
      rule: 'kept',
      because: 'Archive it.',
      considered: [{ rule: 'kept', effect: 'deny', decided: true, says: 'applies' }],
      others: 3,
    });
  });

  test('says which field of "who" does not fit', () => {
    const { considered, rule } = explain({ team: 'support' }, 'crm/get_x');
    expect(rule).toBe('default');
    expect(considered[0]?.says).toBe('is about other callers: teams ["sales"]');
  });

  test.each<[string, object | undefined, string, string]>([
    ['no call', undefined, 'depends', 'depends on the call'],
    ['a call that fits', { sum: 5 }, 'allow', 'applies: args.sum'],
    ['a call that does not', { sum: 500 }, 'deny', 'does not apply: args.sum'],
    ['a call without the argument', {}, 'deny', 'cannot be evaluated (No such key: sum)'],
  ])('of a condition with %s', (_case, args, outcome, says) => {
    const explanation = explain({ groups: ['finance'] }, 'crm/pay', args);
    expect(explanation).toMatchObject({ outcome, isListed: true });
    expect(explanation.considered[0]?.says).toContain(says);
  });
});

test.each<[string, object | undefined]>([
  ['crm/find', { upstream: 'crm', kind: 'tool', name: 'find' }],
  ['crm__find', { upstream: 'crm', kind: 'tool', name: 'find' }],
  ['tool:crm/a/b', { upstream: 'crm', kind: 'tool', name: 'a/b' }],
  ['resource:docs/file:///a__b', { upstream: 'docs', kind: 'resource', name: 'file:///a__b' }],
  ['find', undefined],
  ['toll:crm/find', undefined],
  ['', undefined],
])('%s is read as the item %j', (text, expected) => {
  expect(itemIdIn(text)).toEqual(expected);
});

test('expectations are met or not', () => {
  const { tests } = expectationsSchema.parse({
    tests: [
      { as: { team: 'sales' }, item: 'crm/get_x', expect: 'allow' },
      { as: { team: 'sales' }, item: 'crm/send_x', expect: 'approve' },
      { as: { groups: ['finance'] }, item: 'crm/pay', args: { sum: 101 }, expect: 'deny' },
      { as: 'alice', item: 'crm/pay', expect: 'hidden' },
      { as: 'alice', item: 'crm/pay', expect: 'deny' },
      { item: 'crm/delete_x', expect: 'allow' },
    ],
  });
  const explainer = createExplainer(policySchema.parse({ rules: RULES }), new Map());
  const met = tests.map((each) => {
    const asked = askedBy(each, 0);
    return asked !== undefined && isMet(each.expect, resultOf(explainer(asked)));
  });
  expect(met).toEqual([true, true, true, true, true, false]);
});

describe('lint', () => {
  const upstreams = new Map<string, UpstreamFacts>([
    ['crm', { labels: ['internal'], isTrusted: false }],
  ]);
  const lint = (...rules: object[]) =>
    lintPolicy(policySchema.parse({ rules }), {
      upstreams,
      endpoints: ['default'],
      given: new Map([
        ['default', { labels: new Map([['tool:crm/get', ['ours', 'read-only']]]), bindings: [] }],
      ]),
    }).map(({ index, text }) => `${index} ${text}`);

  test.each<[string, object[], string | undefined]>([
    ['an upstream that is not there', [{ allow: ['shop/*'] }], '0 names no upstream'],
    ['a label given at an endpoint', [{ allow: { labels: ['ours'] } }], undefined],
    ['a star for the upstream', [{ allow: ['c*/*'] }], undefined],
    ['an endpoint that is not there', [{ who: { endpoints: ['x'] }, allow: ['*'] }], '0 names no'],
    ['a label that nothing has', [{ deny: { labels: ['secret'] } }], '0 names a label'],
    ['a label of an upstream', [{ allow: { labels: ['internal'] } }], undefined],
    ['an annotation nobody may trust', [{ allow: { labels: ['idempotent'] } }], '0 "idempotent"'],
    ['what is denied anyway', [{ allow: ['crm/a'] }, { deny: ['crm/*'] }], '0 never decides'],
    [
      'what is denied to others',
      [{ allow: ['crm/a'] }, { who: { users: ['u'] }, deny: ['*'] }],
      undefined,
    ],
    [
      'what is denied sometimes',
      [{ allow: ['crm/a'] }, { deny: ['*'], when: 'args.a == 1' }],
      undefined,
    ],
    ['what was allowed before', [{ allow: ['crm/a*'] }, { allow: ['crm/ab*'] }], '1 never decides'],
    ['what is wider', [{ allow: ['crm/ab*'] }, { allow: ['crm/a*'] }], undefined],
    [
      'one name twice',
      [
        { name: 'a', allow: ['crm/a'] },
        { name: 'a', allow: ['crm/b'] },
      ],
      '1 has the same name',
    ],
  ])('finds %s', (_case, rules, expected) => {
    const [finding] = lint(...rules);
    expect(finding?.slice(0, expected?.length)).toBe(expected);
  });

  test('a rule that never decides can be taken out', () => {
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '*'), minLength: 1, maxLength: 3 });
    const rule = fc
      .tuple(
        fc.constantFrom('allow', 'deny', 'approve'),
        fc.array(glob, { minLength: 1, maxLength: 2 }),
      )
      .map(([effect, names]) => ({ [effect]: names.map((name) => `crm/${name}`) }));
    fc.assert(
      fc.property(fc.array(rule, { minLength: 2, maxLength: 5 }), glob, (rules, name) => {
        const idle = lint(...rules).find((text) => text.includes('never decides'));
        if (idle === undefined) return;
        const without = rules.toSpliced(Number.parseInt(idle), 1);
        const outcome = (list: object[]) => {
          const explainer = createExplainer(
            policySchema.parse({ default: 'deny', rules: list }),
            new Map(),
          );
          const item = { id: { upstream: 'crm', kind: 'tool' as const, name } };
          const principal = principalFor(undefined);
          const asked = { principal, endpoint: 'default', item, args: '{}', nowMs: 0, address: '' };
          const { outcome: said, needsApproval } = explainer(asked);
          return [said, needsApproval];
        };
        expect(outcome(without)).toEqual(outcome(rules));
      }),
      { numRuns: 2000 },
    );
  });
});
