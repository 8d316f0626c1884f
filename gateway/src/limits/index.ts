/** Is there room for this call now: size, depth, concurrency, rates and quotas. */
import { Refusal, type Clock } from '../kernel/index.ts';
import type { Awaitable, Call, Exchange, Lease, Principal, Step, Target } from '../kernel/index.ts';
import { depthOf } from './depth.ts';
import { markLimited, type Limited } from './evidence.ts';
import { firstClosed, MeteredLease, type Metered } from './metered.ts';
import { MAX_METERS, Meters } from './meters.ts';
import { Places, PlacesLease } from './places.ts';
import type { SharedCounters } from './ports.ts';
import { RuleSet } from './rule-set.ts';
import type { LimitsConfig } from './schema.ts';
import { SharedCount } from './shared-count.ts';
import { SharedPlaces } from './shared-places.ts';
import { WindowCount } from './window.ts';

export type { Limited } from './evidence.ts';
export { Usage } from './usage.ts';
export { usageSchema } from './usage-schema.ts';
export { limitsSchema, type LimitsConfig } from './schema.ts';

type Resolvable = Exchange & {
  readonly principal: Principal;
  readonly call: Call;
  readonly target: Target;
};

export interface Limits {
  /**
   * The stage under one configuration; what was counted under another still counts. Refuses with
   * `arguments_too_large`, `arguments_too_deep`, `too_many_calls`, `upstream_busy`, and by a rule of
   * the configuration with `rate_limited` or `quota_exhausted`.
   */
  stage(values: LimitsConfig): <X extends Resolvable>(x: X) => Awaitable<Step<X & Limited>>;
  /** Counts what the answer cost, bytes; to be called once where an exchange ends. */
  settle(x: Exchange, resultBytes: number): void;
  /** Places taken now by this principal or upstream. */
  counts(principal: string, upstream: string): LimitCounts;
}

export interface LimitCounts {
  readonly calls: number;
  readonly streams: number;
  readonly upstreamCalls: number;
}

export interface LimitsDeps {
  readonly clock: Clock;
  /** Where several processes count together. */
  readonly shared?: SharedCounters;
}

/** Lists and sessions are answered from memory and take no place. */
const FREE: Lease = { release: () => undefined };

export function createLimits({ clock, shared }: LimitsDeps): Limits {
  const places = new AllPlaces();
  const others = shared?.isShared === true ? shared : undefined;
  const meters = new Meters(
    (key, windowMs) =>
      others === undefined ? new WindowCount(windowMs) : new SharedCount(others, key, windowMs),
    MAX_METERS,
    (key) => (others === undefined ? undefined : new SharedPlaces(others, clock, key)),
  );
  return {
    stage: (values) => {
      const take = <X extends Resolvable>(x: X, metered: readonly Metered[], nowMs: number) => {
        const lease = places.take(x, values);
        if (lease instanceof Refusal) return lease;
        return limited(x, metered.length === 0 ? lease : new MeteredLease(lease, metered, nowMs));
      };
      if (values.rules.length === 0) return (x) => take(x, NONE, 0);
      const rules = new RuleSet(values.rules, meters);
      return (x) => {
        const nowMs = clock.nowMs();
        const metered = rules.about(x, nowMs);
        const closed = firstClosed(metered, nowMs);
        if (closed === undefined) return take(x, metered, nowMs);
        const { pending } = closed.meter;
        if (pending === undefined) return closed.refusal;
        return untilTold(pending, metered, clock, (laterMs) => take(x, metered, laterMs));
      };
    },
    settle: ({ lease }, resultBytes) => {
      if (lease instanceof MeteredLease) lease.settle(resultBytes, clock.nowMs());
    },
    counts: (principal, upstream) => places.counts(principal, upstream),
  };
}

const NONE: readonly Metered[] = [];

/** Waits while it is being asked how much is left; nothing is refused for want of an answer only. */
async function untilTold<T>(
  first: Promise<void>,
  metered: readonly Metered[],
  clock: Clock,
  take: (nowMs: number) => T,
): Promise<T | Refusal> {
  await first;
  for (let waits = 1; ; waits++) {
    const nowMs = clock.nowMs();
    const closed = firstClosed(metered, nowMs);
    // Nobody may come between looking and taking.
    if (closed === undefined) return take(nowMs);
    if (closed.meter.pending === undefined || waits >= MAX_WAITS) return closed.refusal;
    await closed.meter.pending;
  }
}

/** Many may wait for the same slice; who is left over waits for the next. */
const MAX_WAITS = 20;

/** The places that every gateway has, whatever its rules. */
class AllPlaces {
  private readonly calls = new Places();
  private readonly streams = new Places();
  private readonly upstreams = new Places();

  take(x: Resolvable, values: LimitsConfig): Lease | Refusal {
    const { target, principal } = x;
    if (target.kind === 'view' || target.kind === 'session') return FREE;
    if (target.kind === 'subscription') {
      if (target.item !== undefined) return FREE;
      const isFull = this.streams.count(principal.id) >= values.maxStreamsPerPrincipal;
      if (isFull) return tooMany(values.maxStreamsPerPrincipal, 'streams');
      return new PlacesLease(this.streams.take(principal.id), undefined);
    }
    const refusal = checkArguments(x.call, values);
    if (refusal !== undefined) return refusal;
    const upstream = target.kind === 'item' ? target.item.id.upstream : target.upstream;
    if (this.calls.count(principal.id) >= values.maxCallsPerPrincipal) {
      return tooMany(values.maxCallsPerPrincipal, 'calls');
    }
    if (this.upstreams.count(upstream) >= values.maxCallsPerUpstream) {
      return new Refusal('upstream_busy', {
        text: `The limit is ${values.maxCallsPerUpstream} calls.`,
        retryAfterSeconds: 1,
      });
    }
    return new PlacesLease(this.calls.take(principal.id), this.upstreams.take(upstream));
  }

  counts(principal: string, upstream: string): LimitCounts {
    return {
      calls: this.calls.count(principal),
      streams: this.streams.count(principal),
      upstreamCalls: this.upstreams.count(upstream),
    };
  }
}

function limited<X extends Resolvable>(x: X, lease: Lease): X & Limited {
  markLimited(x, lease);
  return x;
}

function tooMany(max: number, what: string): Refusal {
  return new Refusal('too_many_calls', {
    text: `The limit is ${max} ${what}.`,
    retryAfterSeconds: 1,
  });
}

function checkArguments(
  { view, arguments: entry }: Call,
  values: LimitsConfig,
): Refusal | undefined {
  if (entry < 0) return undefined;
  const size = view.end(entry) - view.start(entry);
  if (size > values.maxArgumentBytes) {
    return new Refusal('arguments_too_large', {
      text: `They are ${size} bytes; the limit is ${values.maxArgumentBytes}.`,
    });
  }
  // A level takes at least its two brackets, so short arguments need no walk.
  if (size <= values.maxArgumentDepth * 2) return undefined;
  if (depthOf(view.bytes, view.start(entry), view.end(entry)) <= values.maxArgumentDepth) {
    return undefined;
  }
  return new Refusal('arguments_too_deep', {
    text: `The limit is ${values.maxArgumentDepth} levels.`,
  });
}
