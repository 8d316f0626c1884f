import { describe, expect, test } from 'vitest';
import { principalOf, type Principal, type Target } from '../kernel/index.ts';
import { makeCall, makeExchange } from '../../../test/kit/exchange.ts';
import { ManualClock, settled } from '../../../test/kit/manual-clock.ts';
import { openStore } from '../store/index.ts';
import { Usage, usageSchema } from './index.ts';
import type { HourOfUse } from './ports.ts';

const person = (id: string, team = ''): Principal =>
  principalOf({ id, kind: 'user', verifiedBy: 'test', user: id, agent: 'claude', team });
const ALICE = person('alice', 'sales');
const HOUR_MS = 3_600_000;

const target = (name: string): Target => ({
  kind: 'item',
  item: {
    id: { upstream: 'crm', kind: 'tool', name },
    publicName: `crm__${name}`,
    definition: Buffer.alloc(0),
    era: 'modern',
    headerBindings: [],
  },
  originalName: name,
});
const GET = target('get');

const used = (who: Principal, to: Target | undefined = GET, endpoint = 'default') =>
  Object.assign(makeExchange(), { principal: who, target: to, call: makeCall(), endpoint });

const answered = (resultBytes: number, isError = false) => ({
  kind: 'answered',
  isError,
  resultBytes,
});
const REFUSED = { kind: 'refused', isError: true, resultBytes: 40 };

/** A store of straw that can fail. */
function world(config: unknown = {}, maxRows?: number) {
  const clock = new ManualClock();
  const written: HourOfUse[][] = [];
  const failures: unknown[] = [];
  const forgotten: number[] = [];
  const store = {
    isDown: false,
    add: (hours: readonly HourOfUse[]) => {
      if (store.isDown) return Promise.reject(new Error('disk full'));
      written.push([...hours]);
      return Promise.resolve();
    },
    forget: (beforeMs: number) => {
      forgotten.push(beforeMs);
      return Promise.resolve();
    },
  };
  const usage = new Usage({ store, clock, onFailure: (error) => failures.push(error) }, maxRows);
  usage.configure(usageSchema.parse(config));
  return { clock, written, failures, forgotten, store, usage };
}

describe('use', () => {
  test('is counted per caller, item and endpoint and written in batches', async () => {
    const { clock, written, usage } = world();
    usage.record(used(ALICE), answered(400));
    usage.record(used(ALICE), answered(100, true));
    usage.record(used(ALICE), REFUSED);
    usage.record(used(ALICE, GET, 'other'), answered(8));
    expect(written).toEqual([]);
    await clock.advance(5000);
    const common = {
      principal: 'alice',
      user: 'alice',
      team: 'sales',
      agent: 'claude',
      item: 'tool:crm/get',
      hourMs: Date.UTC(2026, 0, 1),
      cost: 0,
    };
    const most = { calls: 3, refusals: 1, errors: 1, resultBytes: 540, tokens: 135 };
    const other = { calls: 1, refusals: 0, errors: 0, resultBytes: 8, tokens: 2 };
    expect(written).toEqual([
      [
        { ...common, ...most, endpoint: 'default' },
        { ...common, ...other, endpoint: 'other' },
      ],
    ]);
    await clock.advance(60_000);
    expect(written).toHaveLength(1);
  });

  test('of sessions, streams and nobody does not count; what is not found does', async () => {
    const { written, usage } = world();
    usage.record(used(ALICE, { kind: 'session' }), answered(1));
    usage.record(makeExchange(), answered(1));
    await usage.flush();
    expect(written).toEqual([]);
    const x = Object.assign(makeExchange(), { principal: ALICE });
    usage.record(x, REFUSED);
    await usage.flush();
    expect(written[0]).toMatchObject([{ item: '', calls: 1, refusals: 1 }]);
  });

  test('costs what the first price that fits says, refused calls nothing', async () => {
    const prices = [
      { items: ['crm/g*'], perCall: 0.5, perMillionTokens: 10_000 },
      { items: ['*'], perCall: 9 },
    ];
    const { written, usage } = world({ prices });
    usage.record(used(ALICE), answered(400));
    usage.record(used(ALICE), REFUSED);
    usage.record(used(ALICE, target('put')), answered(0));
    await usage.flush();
    expect(written[0]?.map(({ cost }) => cost)).toEqual([1.5, 9]);
  });

  test('belongs to the hour in which it was, and old hours are forgotten', async () => {
    const { clock, written, forgotten, usage } = world({ keepDays: 1 });
    usage.record(used(ALICE), answered(1));
    await clock.advance(HOUR_MS);
    usage.record(used(ALICE), answered(1));
    await clock.advance(5000);
    expect(written.flat().map(({ hourMs, calls }) => [hourMs, calls])).toEqual([
      [Date.UTC(2026, 0, 1, 0), 1],
      [Date.UTC(2026, 0, 1, 1), 1],
    ]);
    expect(forgotten.at(-1)).toBe(clock.nowMs() - 24 * HOUR_MS);
  });

  test('is kept while it cannot be written, and told once', async () => {
    const { clock, written, failures, store, usage } = world();
    store.isDown = true;
    usage.record(used(ALICE), answered(4));
    await clock.advance(20_000);
    usage.record(used(ALICE), answered(4));
    await clock.advance(20_000);
    expect(failures).toHaveLength(1);
    store.isDown = false;
    await clock.advance(5000);
    expect(written.flat()).toMatchObject([{ calls: 2, resultBytes: 8, tokens: 2 }]);
  });

  test('of too many kinds within an hour is counted together', async () => {
    const { written, usage } = world({}, 2);
    for (let n = 0; n < 10; n++) usage.record(used(person(`p${n}`)), answered(1));
    await usage.flush();
    expect(written.flat().map(({ user, calls }) => [user, calls])).toEqual([
      ['p0', 1],
      ['p1', 1],
      ['(others)', 8],
    ]);
  });

  test('is written for the last time at the end', async () => {
    const { clock, written, usage } = world();
    usage.record(used(ALICE), answered(1));
    await usage.close();
    expect(written).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });
});

test('over a real store, sums are those of all batches', async () => {
  const clock = new ManualClock();
  const store = await openStore(':memory:');
  const usage = new Usage({ store: store.usage, clock, onFailure: () => expect.unreachable() });
  usage.configure(usageSchema.parse({}));
  for (const who of [ALICE, person('bob', 'sales'), ALICE]) {
    usage.record(used(who), answered(40));
    await usage.flush();
  }
  const teams = await store.usage.sums('team', 0, 10);
  expect(teams).toEqual([
    { name: 'sales', calls: 3, refusals: 0, errors: 0, resultBytes: 120, tokens: 30, cost: 0 },
  ]);
  const users = await store.usage.sums('user', 0, 10);
  expect(users.map(({ name, calls }) => [name, calls])).toEqual([
    ['alice', 2],
    ['bob', 1],
  ]);
  expect(await store.usage.sums('user', 0, 1)).toHaveLength(1);
  await store.usage.forget(0, 1);
  expect(await store.usage.sums('user', 0, 10)).toEqual([]);
  await store.close();
  await settled();
});
