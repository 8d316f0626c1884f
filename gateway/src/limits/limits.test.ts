import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  principalOf,
  Refusal,
  systemClock,
  type Lease,
  type Principal,
  type Target,
} from '../kernel/index.ts';
import { LOCAL, makeCall, makeExchange } from '../../../test/kit/exchange.ts';
import { createLimits, limitsSchema, type LimitsConfig } from './index.ts';
import { Places } from './places.ts';

const values = (some: Partial<LimitsConfig> = {}): LimitsConfig => ({
  ...limitsSchema.parse({}),
  ...some,
});

const target = (upstream: string): Target => ({
  kind: 'item',
  item: {
    id: { upstream, kind: 'tool', name: 'x' },
    publicName: `${upstream}__x`,
    definition: Buffer.alloc(0),
    era: 'modern',
    headerBindings: [],
  },
  originalName: 'x',
});

const STREAM: Target = { kind: 'subscription', item: undefined, originalName: '' };

function exchange(to: Target, principal: Principal = LOCAL, args = '{}') {
  const call = makeCall({ message: `{"params":{"arguments":${args}}}` });
  return Object.assign(makeExchange(), { principal, target: to, call });
}

/** The stage's answer in one word, and the lease where there is one. */
function reasonOf(step: object): string {
  return step instanceof Refusal ? step.reason : 'ok';
}

describe('arguments', () => {
  const limit = createLimits({ clock: systemClock }).stage(
    values({ maxArgumentBytes: 1024, maxArgumentDepth: 3 }),
  );
  const sized = (bytes: number) => JSON.stringify({ a: 'x'.repeat(bytes - 8) });

  test.each([
    ['no arguments', '{}', 'ok'],
    ['exactly the size', sized(1024), 'ok'],
    ['a byte more', sized(1025), 'arguments_too_large'],
    [
      'multi-byte characters count as bytes',
      JSON.stringify({ a: 'é'.repeat(600) }),
      'arguments_too_large',
    ],
    ['exactly the depth', '{"a":[[1,2,3,4]]}', 'ok'],
    ['a level more', '{"a":[[[1,2,3]]]}', 'arguments_too_deep'],
    ['a level more in as few bytes as can be', '[[[[]]]]', 'arguments_too_deep'],
    ['brackets in strings', '{"a":"[[[[[[[[[["}', 'ok'],
  ])('%s', (_case, args, expected) => {
    const x = exchange(target('crm'), LOCAL, args);
    const step = limit(x);
    expect(reasonOf(step)).toBe(expected);
    x.lease?.release();
  });

  test('a refusal takes no place and says what is allowed', () => {
    const limits = createLimits({ clock: systemClock });
    const x = exchange(target('crm'), LOCAL, sized(2000));
    const step = limits.stage(values({ maxArgumentBytes: 1024 }))(x);
    expect((step as Refusal).text).toContain('They are 2000 bytes; the limit is 1024.');
    expect(limits.counts('local', 'crm')).toEqual({ calls: 0, streams: 0, upstreamCalls: 0 });
  });
});

describe('places', () => {
  test('a principal has as many calls as are allowed, over all upstreams', () => {
    const limit = createLimits({ clock: systemClock }).stage(values({ maxCallsPerPrincipal: 2 }));
    const first = exchange(target('crm'));
    const other = principalOf({ id: 'other', kind: 'user', verifiedBy: 'test' });
    expect(reasonOf(limit(first))).toBe('ok');
    expect(reasonOf(limit(exchange(target('shop'))))).toBe('ok');
    const full = limit(exchange(target('risk')));
    expect(full).toMatchObject({ reason: 'too_many_calls', detail: { retryAfterSeconds: 1 } });
    expect((full as Refusal).text).toContain('The limit is 2 calls.');
    expect(reasonOf(limit(exchange(target('risk'), other)))).toBe('ok');
    first.lease?.release();
    expect(reasonOf(limit(exchange(target('risk'))))).toBe('ok');
  });

  test('an upstream has as many calls as are allowed, vendor methods included', () => {
    const limit = createLimits({ clock: systemClock }).stage(values({ maxCallsPerUpstream: 1 }));
    const first = exchange({ kind: 'passthrough', upstream: 'crm' });
    expect(reasonOf(limit(first))).toBe('ok');
    const full = limit(exchange(target('crm')));
    expect(full).toMatchObject({ reason: 'upstream_busy', detail: { retryAfterSeconds: 1 } });
    expect(reasonOf(limit(exchange(target('shop'))))).toBe('ok');
    first.lease?.release();
    expect(reasonOf(limit(exchange(target('crm'))))).toBe('ok');
  });

  test('streams have a cap of their own; lists, sessions and resource subscriptions have none', () => {
    const limits = createLimits({ clock: systemClock });
    const limit = limits.stage(
      values({ maxCallsPerPrincipal: 1, maxCallsPerUpstream: 1, maxStreamsPerPrincipal: 1 }),
    );
    const subscribed = { ...target('crm'), kind: 'subscription', originalName: '' } as Target;
    const targets = [STREAM, target('crm')];
    for (let i = 0; i < 3; i++) targets.push({ kind: 'view' }, { kind: 'session' }, subscribed);
    expect(targets.map((each) => reasonOf(limit(exchange(each))))).toEqual(targets.map(() => 'ok'));
    expect(limits.counts('local', 'crm')).toEqual({ calls: 1, streams: 1, upstreamCalls: 1 });
    expect(limit(exchange(STREAM))).toMatchObject({ reason: 'too_many_calls' });
  });

  test('places taken under one configuration count under the next', () => {
    const limits = createLimits({ clock: systemClock });
    const first = exchange(target('crm'));
    expect(reasonOf(limits.stage(values())(first))).toBe('ok');
    const strict = limits.stage(values({ maxCallsPerUpstream: 1 }));
    expect(reasonOf(strict(exchange(target('crm'))))).toBe('upstream_busy');
    first.lease?.release();
    expect(reasonOf(strict(exchange(target('crm'))))).toBe('ok');
  });

  test('always return to zero, whatever the order and however often they are given back', () => {
    const step = fc.record({
      principal: fc.constantFrom('a', 'b', 'c'),
      upstream: fc.constantFrom('x', 'y', ''),
      release: fc.array(fc.nat(20), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const limits = createLimits({ clock: systemClock });
        const caps = { maxCallsPerPrincipal: 3, maxCallsPerUpstream: 4, maxStreamsPerPrincipal: 2 };
        const limit = limits.stage(values(caps));
        const leases: Lease[] = [];
        for (const { principal: id, upstream, release } of steps) {
          const to = upstream === '' ? STREAM : target(upstream);
          const x = exchange(to, principalOf({ id, kind: 'user', verifiedBy: 'test' }));
          void limit(x);
          if (x.lease !== undefined) leases.push(x.lease);
          const { calls, streams, upstreamCalls } = limits.counts(id, upstream);
          expect(calls).toBeLessThanOrEqual(3);
          expect(streams).toBeLessThanOrEqual(2);
          expect(upstreamCalls).toBeLessThanOrEqual(4);
          for (const at of release) leases[at]?.release();
        }
        for (const lease of leases.toReversed()) lease.release();
        for (const lease of leases) lease.release();
        for (const id of ['a', 'b', 'c']) {
          for (const upstream of ['x', 'y']) {
            const none = { calls: 0, streams: 0, upstreamCalls: 0 };
            expect(limits.counts(id, upstream)).toEqual(none);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('of many keys are forgotten when given back', () => {
    const places = new Places();
    for (let i = 0; i < 20_000; i++) places.take(`key ${i}`).giveBack();
    expect(places.size).toBeLessThanOrEqual(1025);
  });
});

describe('the limits section', () => {
  test('has a default for every limit', () => {
    expect(limitsSchema.parse({})).toEqual({
      maxBodyBytes: 4 * 1024 * 1024,
      maxJsonDepth: 64,
      maxArgumentBytes: 1024 * 1024,
      maxArgumentDepth: 32,
      maxResultBytes: 8 * 1024 * 1024,
      maxCallsPerPrincipal: 256,
      maxCallsPerUpstream: 128,
      maxStreamsPerPrincipal: 2048,
      callTimeoutMs: 60_000,
      rules: [],
    });
  });

  test.each([
    ['an unknown key', { maxBodyByte: 1 }],
    ['no place at all', { maxCallsPerPrincipal: 0 }],
    ['a fraction', { maxJsonDepth: 1.5 }],
    ['a body that holds nothing', { maxBodyBytes: 10 }],
    ['a body larger than a Buffer is good for', { maxBodyBytes: 2 ** 40 }],
    ['text', { callTimeoutMs: '60s' }],
  ])('refuses %s', (_case, section) => {
    expect(limitsSchema.safeParse(section).success).toBe(false);
  });
});
