import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { principalOf, Refusal, type Principal, type Target } from '../kernel/index.ts';
import { makeCall, makeExchange } from '../../../test/kit/exchange.ts';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { createLimits, limitsSchema, type Limits } from './index.ts';
import { Meters } from './meters.ts';
import { compileRule } from './rule.ts';
import { rulesSchema } from './rule-schema.ts';
import { WindowCount } from './window.ts';

const person = (id: string, more: Partial<Principal> = {}): Principal =>
  principalOf({ id, kind: 'user', verifiedBy: 'test', user: id, ...more });

const ALICE = person('alice', { team: 'sales', groups: ['eu', 'crm'], agent: 'claude' });
const BOB = person('bob', { team: 'sales', agent: 'cursor' });
const CAROL = person('carol');

const target = (name: string, upstream = 'crm'): Target => ({
  kind: 'item',
  item: {
    id: { upstream, kind: 'tool', name },
    publicName: `${upstream}__${name}`,
    definition: Buffer.alloc(0),
    era: 'modern',
    headerBindings: [],
  },
  originalName: name,
});
const GET = target('get');
const PUT = target('put');
const SHOP = target('get', 'shop');
const LIST: Target = { kind: 'view' };

function world(rules: unknown, limits?: Limits) {
  const clock = new ManualClock();
  const room = limits ?? createLimits({ clock });
  const stage = room.stage(limitsSchema.parse({ rules }));
  const call = (who: Principal, to: Target = GET, endpoint = 'default') => {
    const x = Object.assign(makeExchange(), { principal: who, target: to, call: makeCall() });
    x.endpoint = endpoint;
    const step = stage(x);
    return { x, step, reason: step instanceof Refusal ? step.reason : 'ok' };
  };
  /** Makes a call that is answered at once. */
  const through = (who: Principal, to: Target = GET, bytes = 0, endpoint = 'default') => {
    const { x, reason } = call(who, to, endpoint);
    room.settle(x, bytes);
    x.lease?.release();
    return reason;
  };
  return { clock, room, call, through };
}

describe('calls', () => {
  test('are refused when a rule is used up, in words, until it opens', async () => {
    const { clock, call, through } = world([{ name: 'slow down', calls: '2 per minute' }]);
    expect([through(ALICE), through(ALICE)]).toEqual(['ok', 'ok']);
    const { step } = call(ALICE);
    if (!(step instanceof Refusal)) throw new Error('it was let through');
    expect(step.reason).toBe('rate_limited');
    expect(step.text).toBe(
      'Too many calls within the time. The rule "slow down" allows 2 calls per minute, and 0 are left; ' +
        'it opens again in 90 s (2026-01-01T00:01:30.000Z).',
    );
    expect(step.detail.retryAfterSeconds).toBe(90);
    expect(step.detail.data).toMatchObject({ rule: 'slow down', left: 0 });
    expect(through(BOB)).toBe('ok');
    await clock.advance(89_000);
    expect(through(ALICE)).toBe('rate_limited');
    await clock.advance(1000);
    expect(through(ALICE)).toBe('ok');
    expect(through(ALICE)).toBe('rate_limited');
  });

  test.each([
    [{ users: ['alice'] }, ['alice']],
    [{ agents: ['cursor'] }, ['bob']],
    [{ teams: ['sales'] }, ['alice', 'bob']],
    [{ groups: ['nobody', 'crm'] }, ['alice']],
    [{ teams: ['sales'], users: ['bob', 'carol'] }, ['bob']],
    [{ endpoints: ['default'] }, ['alice', 'bob', 'carol']],
    [{ endpoints: ['other'] }, []],
    [undefined, ['alice', 'bob', 'carol']],
  ])('a rule about %j is about %j', (who, expected) => {
    const { through } = world([{ name: 'r', who, calls: '1/minute' }]);
    const limited = [ALICE, BOB, CAROL].filter((each) => {
      through(each);
      return through(each) !== 'ok';
    });
    expect(limited.map(({ id }) => id)).toEqual(expected);
  });

  test.each([
    ['principal', ['ok', 'ok', 'ok', 'rate_limited']],
    ['user', ['ok', 'ok', 'ok', 'rate_limited']],
    ['agent', ['ok', 'ok', 'ok', 'rate_limited']],
    ['team', ['ok', 'rate_limited', 'ok', 'rate_limited']],
    ['together', ['ok', 'rate_limited', 'rate_limited', 'rate_limited']],
    ['endpoint', ['ok', 'rate_limited', 'rate_limited', 'rate_limited']],
    ['tool', ['ok', 'rate_limited', 'rate_limited', 'ok']],
    [
      ['team', 'tool'],
      ['ok', 'rate_limited', 'ok', 'ok'],
    ],
  ])('per %j', (per, expected) => {
    const { through } = world([{ name: 'r', per, calls: '1/hour' }]);
    expect([through(ALICE), through(BOB), through(CAROL), through(ALICE, PUT)]).toEqual(expected);
  });

  test('of items that a rule names count, lists only where it names none', () => {
    const named = world([{ name: 'r', items: ['crm/g*'], calls: '1/hour' }]);
    const tries = [GET, GET, PUT, PUT, SHOP, SHOP, LIST, LIST].map((to) =>
      named.through(ALICE, to),
    );
    expect(tries).toEqual(['ok', 'rate_limited', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok']);
    const all = world([{ name: 'r', calls: '1/hour' }]);
    expect([all.through(ALICE, LIST), all.through(ALICE, LIST)]).toEqual(['ok', 'rate_limited']);
    expect(all.through(ALICE, { kind: 'session' })).toBe('ok');
  });

  test('are refused by the first rule that is used up, and then count nowhere', () => {
    const { call, through } = world([
      { name: 'wide', calls: '3/hour' },
      { name: 'narrow', items: ['crm/get'], calls: '1/hour' },
    ]);
    expect(through(ALICE)).toBe('ok');
    for (let i = 0; i < 5; i++) {
      const { step } = call(ALICE);
      expect((step as Refusal).detail.data).toMatchObject({ rule: 'narrow' });
    }
    expect([through(ALICE, PUT), through(ALICE, PUT)]).toEqual(['ok', 'ok']);
    expect((call(ALICE).step as Refusal).detail.data).toMatchObject({ rule: 'wide' });
  });

  test('under way are counted until they are released', () => {
    const { call } = world([{ name: 'r', concurrency: 2 }]);
    const [first] = [call(ALICE), call(ALICE)];
    expect(call(ALICE).step).toMatchObject({
      reason: 'rate_limited',
      detail: { retryAfterSeconds: 1 },
    });
    first.x.lease?.release();
    first.x.lease?.release();
    expect([call(ALICE).reason, call(ALICE).reason]).toEqual(['ok', 'rate_limited']);
  });

  test('go on to count under the next configuration, whatever it allows', () => {
    const before = world([{ name: 'r', calls: '2/hour' }]);
    before.through(ALICE);
    before.through(ALICE);
    expect(world([{ name: 'r', calls: '3/hour' }], before.room).through(ALICE)).toBe('ok');
    expect(world([{ name: 'r', calls: '3/hour' }], before.room).through(ALICE)).toBe(
      'rate_limited',
    );
    expect(world([{ name: 's', calls: '3/hour' }], before.room).through(ALICE)).toBe('ok');
  });
});

describe('what answers cost', () => {
  test.each([
    [{ resultBytes: '1KB/minute' }, 'bytes of answers', [999, 1]],
    [{ tokens: '250/minute' }, 'estimated tokens', [900, 97]],
  ])('%j', async (limit, words, sizes) => {
    const { clock, call, through } = world([{ name: 'r', ...limit }]);
    for (const bytes of sizes) expect(through(ALICE, GET, bytes)).toBe('ok');
    const { step } = call(ALICE);
    expect(step).toMatchObject({ reason: 'quota_exhausted' });
    expect((step as Refusal).text).toContain(words);
    await clock.advance(((step as Refusal).detail.retryAfterSeconds ?? 0) * 1000);
    expect(call(ALICE).reason).toBe('ok');
  });

  test('is counted once, and closes for two windows at most', async () => {
    const { clock, room, call } = world([{ name: 'r', resultBytes: '1KB/minute' }]);
    const { x } = call(ALICE);
    room.settle(x, 900);
    room.settle(x, 900);
    expect(call(ALICE).reason).toBe('ok');
    room.settle(call(ALICE).x, 1e9);
    expect(call(ALICE).reason).toBe('quota_exhausted');
    await clock.advance(120_000);
    expect(call(ALICE).reason).toBe('ok');
  });
});

describe('meters', () => {
  const [config] = rulesSchema.parse([{ name: 'r', calls: '1/minute' }]);
  if (config === undefined) throw new Error('no rule');
  const rule = compileRule(config);
  const make = (_key: string, windowMs: number) => new WindowCount(windowMs);

  test('of keys without use make room, those in use never do', () => {
    const meters = new Meters(make, 2);
    const first = meters.of(rule, 'a', 0);
    first.calls?.take(0, 1, 1);
    const second = meters.of(rule, 'b', 0);
    const third = meters.of(rule, 'c', 0);
    expect([first.isStale, second.isStale, third.isStale]).toEqual([false, true, false]);
    expect(meters.of(rule, 'a', 0)).toBe(first);
    third.underWay++;
    expect(meters.of(rule, 'd', 0)).toBe(meters.of(rule, 'e', 0));
    expect(meters.size).toBe(2);
    expect(meters.of(rule, 'd', 120_000)).not.toBe(meters.of(rule, 'c', 120_000));
    expect(first.isStale).toBe(true);
  });

  test('never let a principal have more than its own, however many there are', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { maxLength: 60 }), (calls) => {
        const meters = new Meters(make, 3);
        const used = new Map<number, number>();
        for (const who of calls) {
          const meter = meters.of(rule, String(who), 0);
          if (meter.calls?.closedForMs(0, 2) !== 0) continue;
          meter.calls.take(0, 1, 2);
          used.set(who, (used.get(who) ?? 0) + 1);
        }
        for (const count of used.values()) expect(count).toBeLessThanOrEqual(2);
      }),
    );
  });
});

describe('rules of the configuration', () => {
  test.each([
    [[{ name: 'r' }], 'limit something'],
    [[{ name: 'r', calls: '5/week' }], 'no amount'],
    [[{ name: 'r', calls: '5/day', items: ['crm'] }], 'has no upstream'],
    [[{ name: 'r', calls: '5/day', who: {} }], 'name somebody'],
    [[{ name: 'r', calls: '5/day', per: 'galaxy' }], 'nvalid'],
    [
      [
        { name: 'r', calls: '5/day' },
        { name: 'r', calls: '6/day' },
      ],
      'is called "r" already',
    ],
  ])('%j is wrong', (rules, words) => {
    const parsed = rulesSchema.safeParse(rules);
    expect(parsed.success ? '' : JSON.stringify(parsed.error.issues)).toContain(
      words.replaceAll('"', String.raw`\"`),
    );
  });
});
