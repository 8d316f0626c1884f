/** Is there room for this call now: size, depth and concurrency, per principal and upstream. */
import { Refusal } from '../kernel/index.ts';
import type { Call, Exchange, Lease, Principal, Step, Target } from '../kernel/index.ts';
import { depthOf } from './depth.ts';
import { markLimited, type Limited } from './evidence.ts';
import { Places, PlacesLease } from './places.ts';
import type { LimitsConfig } from './schema.ts';

export type { Limited } from './evidence.ts';
export { limitsSchema, type LimitsConfig } from './schema.ts';

type Resolvable = Exchange & {
  readonly principal: Principal;
  readonly call: Call;
  readonly target: Target;
};

export interface Limits {
  /**
   * The stage under one configuration; places taken under another still count. Refuses with
   * `arguments_too_large`, `arguments_too_deep`, `too_many_calls`, `upstream_busy`.
   */
  stage(values: LimitsConfig): <X extends Resolvable>(x: X) => Step<X & Limited>;
  /** Places taken now by this principal or upstream. */
  counts(principal: string, upstream: string): LimitCounts;
}

export interface LimitCounts {
  readonly calls: number;
  readonly streams: number;
  readonly upstreamCalls: number;
}

/** Lists and sessions are answered from memory and take no place. */
const FREE: Lease = { release: () => undefined };

export function createLimits(): Limits {
  const calls = new Places();
  const streams = new Places();
  const upstreams = new Places();
  return {
    stage: (values) => (x) => {
      const { target, principal } = x;
      if (target.kind === 'view' || target.kind === 'session') return limited(x, FREE);
      if (target.kind === 'subscription') {
        if (target.item !== undefined) return limited(x, FREE);
        const isFull = streams.count(principal.id) >= values.maxStreamsPerPrincipal;
        if (isFull) return tooMany(values.maxStreamsPerPrincipal, 'streams');
        return limited(x, new PlacesLease(streams.take(principal.id), undefined));
      }
      const refusal = checkArguments(x.call, values);
      if (refusal !== undefined) return refusal;
      const upstream = target.kind === 'item' ? target.item.id.upstream : target.upstream;
      if (calls.count(principal.id) >= values.maxCallsPerPrincipal) {
        return tooMany(values.maxCallsPerPrincipal, 'calls');
      }
      if (upstreams.count(upstream) >= values.maxCallsPerUpstream) {
        return new Refusal('upstream_busy', {
          text: `The limit is ${values.maxCallsPerUpstream} calls.`,
          retryAfterSeconds: 1,
        });
      }
      return limited(x, new PlacesLease(calls.take(principal.id), upstreams.take(upstream)));
    },
    counts: (principal, upstream) => ({
      calls: calls.count(principal),
      streams: streams.count(principal),
      upstreamCalls: upstreams.count(upstream),
    }),
  };
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
