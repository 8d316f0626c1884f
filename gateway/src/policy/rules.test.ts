import { describe, expect, test } from 'vitest';
import {
  principalOf,
  Refusal,
  type ItemHints,
  type ItemId,
  type Principal,
} from '../kernel/index.ts';
import { LOCAL, makeCall, makeExchange } from '../../../test/kit/exchange.ts';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { compilePolicy, policySchema, type UpstreamFacts } from './index.ts';

const ALICE = principalOf({
  id: 'user:alice',
  kind: 'user',
  verifiedBy: 'test',
  user: 'alice',
  team: 'sales',
  groups: ['staff', 'eu'],
  scopes: ['crm.read'],
  claims: { region: 'eu', roles: ['admin', 'dev'], level: 3 },
});
const BOT = principalOf({ id: 'key:1', kind: 'agent', verifiedBy: 'test', agent: 'bot' });

const READING: ItemHints = {
  readOnly: true,
  destructive: false,
  idempotent: false,
  openWorld: false,
};

interface Asked {
  readonly rules: readonly object[];
  readonly principal?: Principal;
  readonly args?: unknown;
  readonly hints?: ItemHints;
  readonly upstream?: UpstreamFacts;
  readonly endpoint?: string;
  readonly address?: string;
  readonly id?: ItemId;
  readonly fallback?: 'allow' | 'deny';
}

function ask(asked: Asked) {
  const { rules, principal = ALICE, args, hints, upstream, fallback } = asked;
  const clock = new ManualClock();
  const policy = compilePolicy(
    policySchema.parse({ rules, ...(fallback === undefined ? {} : { default: fallback }) }),
    { clock, upstreams: new Map(upstream === undefined ? [] : [['crm', upstream]]) },
  );
  const id = asked.id ?? { upstream: 'crm', kind: 'tool' as const, name: 'get' };
  const item = {
    id,
    hints,
    publicName: id.name,
    definition: Buffer.alloc(0),
    era: 'modern' as const,
    headerBindings: [],
  };
  const message = JSON.stringify({ params: args === undefined ? {} : { arguments: args } });
  const { address = '10.1.2.3', endpoint = 'default' } = asked;
  const x = Object.assign(makeExchange({ remoteAddress: address }), {
    principal,
    endpoint,
    call: makeCall({ message }),
    target: { kind: 'item', item, originalName: id.name } as const,
  });
  const isListed = policy.viewerOf(principal, endpoint).mayInvoke(item);
  const step = policy.authorize(x);
  const text = step instanceof Refusal ? step.text : '';
  return { isListed, isAllowed: !(step instanceof Refusal), decision: x.decision, text };
}

describe('who', () => {
  test.each<[object, boolean]>([
    [{ users: ['alice'] }, true],
    [{ users: ['bob', 'alice'] }, true],
    [{ users: ['bob'] }, false],
    [{ teams: ['sales'], groups: ['staff'] }, true],
    [{ teams: ['sales'], groups: ['us'] }, false],
    [{ groups: ['us', 'eu'] }, true],
    [{ agents: ['bot'] }, false],
    [{ scopes: ['crm.read'] }, true],
    [{ endpoints: ['default'] }, true],
    [{ endpoints: ['other'] }, false],
    [{ claims: { region: 'eu' } }, true],
    [{ claims: { region: ['us', 'eu'] } }, true],
    [{ claims: { roles: 'dev' } }, true],
    [{ claims: { roles: ['ops'] } }, false],
    [{ claims: { level: 3 } }, true],
    [{ claims: { level: '3' } }, false],
    [{ claims: { toString: 'x' } }, false],
    [{ claims: { region: 'eu', level: 4 } }, false],
  ])('%j', (who, expected) => {
    const { isListed, isAllowed } = ask({ rules: [{ who, allow: ['*'] }] });
    expect([isListed, isAllowed]).toEqual([expected, expected]);
  });

  test('nobody who was identified may do anything without a rule', () => {
    expect(ask({ rules: [] }).isAllowed).toBe(false);
    expect(ask({ rules: [{ deny: ['shop/*'] }] }).isAllowed).toBe(false);
    expect(ask({ rules: [], principal: LOCAL }).isAllowed).toBe(true);
    expect(ask({ rules: [], fallback: 'allow' }).isAllowed).toBe(true);
  });

  test('a name that a principal lacks is no name', () => {
    const rules = [{ who: { users: ['alice'] }, allow: ['*'] }];
    expect(ask({ rules, principal: BOT }).isAllowed).toBe(false);
  });
});

describe('when', () => {
  const spend = (when: string) => [{ name: 'spending', allow: ['*'], when }];

  test.each<[string, unknown, boolean, boolean]>([
    ['args.amount <= 100', { amount: 99.5 }, true, true],
    ['args.amount <= 100', { amount: 100.01 }, true, false],
    ['args.amount <= 100', {}, true, false],
    ['args.amount <= 100', { amount: '5' }, true, false],
    ['args.amount <= 100', { amount: 1e300 }, true, false],
    ['args.a.exists(i, i == 2)', { a: [1, 2] }, true, true],
    ['principal.claims.region == "eu"', {}, true, true],
    ['principal.claims.region == "us"', {}, false, false],
    ['principal.claims.nothing == "us"', {}, false, false],
    ['item.name.startsWith("get")', {}, true, true],
    ['endpoint == "admin"', {}, false, false],
    ['inNetwork(network.address, "10.0.0.0/8")', {}, true, true],
    ['inNetwork(network.address, "10.0.0.0/16")', {}, true, false],
    ['time < timestamp("2100-01-01T00:00:00Z")', {}, true, true],
    ['has(args.amount) && principal.team == "sales"', {}, true, false],
  ])('allows where %s with %j: listed %s, allowed %s', (when, args, isListed, isAllowed) => {
    expect(ask({ rules: spend(when), args })).toMatchObject({ isListed, isAllowed });
  });

  test.each<[string, unknown, boolean]>([
    ['args.amount > 100', { amount: 99 }, true],
    ['args.amount > 100', { amount: 101 }, false],
    ['args.amount > 100', {}, false],
    ['args.amount > 100', { amount: 'many' }, false],
    ['has(args.amount) && args.amount > 100', {}, true],
  ])('denies where %s with %j: allowed %s', (when, args, isAllowed) => {
    const rules = [{ allow: ['*'] }, { name: 'limit', deny: ['*'], when }];
    expect(ask({ rules, args })).toMatchObject({ isListed: true, isAllowed });
  });

  test('an approval that cannot be judged is no approval', () => {
    const rules = [{ allow: ['*'] }, { name: 'big', approve: ['*'], when: 'args.amount > 100' }];
    expect(ask({ rules, args: { amount: 1 } }).decision).toMatchObject({ needsApproval: false });
    expect(ask({ rules, args: { amount: 101 } }).decision).toMatchObject({ needsApproval: true });
    const { isAllowed, decision, text } = ask({ rules, args: {} });
    expect([isAllowed, decision?.failed]).toEqual([false, ['big']]);
    expect(text).toContain('could not be evaluated');
  });

  test.each([
    ['a number that is not exact', `{"amount":9007199254740993}`],
    ['too many values', JSON.stringify({ amount: 1, a: Array(40_000).fill(0) })],
  ])('refuses to look at %s', (_case, text) => {
    const args: unknown = JSON.parse(text);
    expect(ask({ rules: spend('args.amount > 0'), args }).isAllowed).toBe(false);
  });

  test.each([
    ['args.s.matches("a")', 'regular expressions'],
    ['principal.grups == "x"', 'at character 11'],
    ['1 +', 'at its end'],
    ['"a"', 'true or false'],
    ['args.a.all(x, args.a.all(y, args.a.all(z, true)))', 'loops'],
  ])('%s is said to be wrong at load', (when, expected) => {
    const { success, error } = policySchema.safeParse({ rules: [{ allow: ['*'], when }] });
    expect(success).toBe(false);
    expect(error?.issues[0]).toMatchObject({
      path: ['rules', 0, 'when'],
      message: expect.stringContaining(expected),
    });
  });
});

describe('labels', () => {
  const reading = [{ allow: { labels: ['read-only'] } }];
  const trusted = { labels: [], isTrusted: true };

  test('what an upstream says of itself allows only where it is trusted', () => {
    expect(ask({ rules: reading, hints: READING }).isAllowed).toBe(false);
    expect(ask({ rules: reading, hints: READING, upstream: trusted }).isAllowed).toBe(true);
    expect(ask({ rules: reading, upstream: trusted }).isAllowed).toBe(false);
    const conditional = [{ allow: ['*'], when: '"read-only" in item.labels' }];
    expect(ask({ rules: conditional, hints: READING }).isAllowed).toBe(false);
    expect(ask({ rules: conditional, hints: READING, upstream: trusted }).isAllowed).toBe(true);
  });

  test('what an upstream says of itself denies', () => {
    const rules = [{ allow: ['*'] }, { deny: { labels: ['destructive'] } }];
    expect(ask({ rules }).isAllowed).toBe(false);
    expect(ask({ rules, hints: READING }).isAllowed).toBe(true);
  });

  test('labels of the operator allow, and both fields have to fit', () => {
    const upstream = { labels: ['internal'], isTrusted: false };
    const rules = (items: string) => [{ allow: { items: [items], labels: ['internal'] } }];
    expect(ask({ rules: rules('crm/*'), upstream }).isAllowed).toBe(true);
    expect(ask({ rules: rules('shop/*'), upstream }).isAllowed).toBe(false);
    expect(ask({ rules: rules('crm/*') }).isAllowed).toBe(false);
  });

  test('what is no tool is only read', () => {
    const id: ItemId = { upstream: 'crm', kind: 'resource', name: 'crm://1' };
    expect(ask({ rules: reading, id }).isAllowed).toBe(true);
  });
});

test('a refusal says the words of its rule and the decision', () => {
  const rules = [{ name: 'no', deny: ['*'], because: 'Ask in #crm' }];
  const { text, decision } = ask({ rules });
  expect(text).toContain(`The rule "no" denies it. Ask in #crm. Quote decision ${decision?.id}`);
});

test('callers of whom the same holds share one viewer, others never do', () => {
  const rules = [
    { who: { teams: ['a'] }, allow: ['crm/a*'] },
    { who: { teams: ['b'] }, allow: ['crm/b*'] },
    { who: { teams: ['c'] }, allow: ['crm/c*'], when: 'principal.user == "u1"' },
  ];
  const { viewerOf } = compilePolicy(policySchema.parse({ rules }), {
    clock: new ManualClock(),
    upstreams: new Map(),
  });
  const member = (user: string, team: string) =>
    viewerOf(principalOf({ id: user, kind: 'user', verifiedBy: 't', user, team }), 'default');
  expect(member('u1', 'a')).toBe(member('u2', 'a'));
  expect(member('u1', 'a')).not.toBe(member('u1', 'b'));
  expect(member('u1', 'c')).not.toBe(member('u2', 'c'));
  expect(member('u1', 'c').mayReach('crm')).toBe(true);
  expect(member('u1', 'd').mayReach('crm')).toBe(false);
});
