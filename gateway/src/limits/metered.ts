/** A rule and the count that a call belongs to, and the lease on both. */
import { Refusal, type Lease } from '../kernel/index.ts';
import { estimateTokens, windowWord, type Amount } from './amount.ts';
import type { Meter } from './meters.ts';
import type { Rule } from './rule.ts';
import type { Count } from './window.ts';

export interface Metered {
  readonly rule: Rule;
  readonly meter: Meter;
}

/** @returns the first that has no room for one more call now, and the refusal that says so */
export function firstClosed(
  metered: readonly Metered[],
  nowMs: number,
): { readonly meter: Meter; readonly refusal: Refusal } | undefined {
  for (const one of metered) {
    const refusal = checkRoom(one, nowMs);
    if (refusal !== undefined) return { meter: one.meter, refusal };
  }
  return undefined;
}

function checkRoom({ rule, meter }: Metered, nowMs: number): Refusal | undefined {
  if (
    meter.underWay >= rule.concurrency ||
    meter.places?.hasRoom(nowMs, rule.concurrency) === false
  ) {
    return new Refusal('rate_limited', {
      text: `The rule "${rule.name}" allows ${rule.concurrency} calls under way at once, and as many are; try again in a moment.`,
      data: { rule: rule.name, left: 0 },
      retryAfterSeconds: 1,
    });
  }
  return (
    check(rule, rule.calls, meter.calls, nowMs, 'calls') ??
    check(rule, rule.resultBytes, meter.resultBytes, nowMs, 'bytes of answers') ??
    check(rule, rule.tokens, meter.tokens, nowMs, 'estimated tokens')
  );
}

function check(
  { name }: Rule,
  amount: Amount | undefined,
  count: Count | undefined,
  nowMs: number,
  what: string,
): Refusal | undefined {
  if (amount === undefined || count === undefined) return undefined;
  const closedMs = count.closedForMs(nowMs, amount.max);
  if (closedMs === 0) return undefined;
  const seconds = Math.max(1, Math.ceil(closedMs / 1000));
  const opens = new Date(nowMs + closedMs).toISOString();
  const limit = `${amount.max} ${what} per ${windowWord(amount.windowMs)}`;
  return new Refusal(what === 'calls' ? 'rate_limited' : 'quota_exhausted', {
    text: `The rule "${name}" allows ${limit}, and 0 are left; it opens again in ${seconds} s (${opens}).`,
    data: { rule: name, limit, left: 0, opensAt: opens },
    retryAfterSeconds: seconds,
  });
}

/** Counts the call itself; what its answer costs is counted when it is known. */
export class MeteredLease implements Lease {
  private readonly inner: Lease;
  private readonly metered: readonly Metered[];
  private isReleased = false;
  private isSettled = false;

  constructor(inner: Lease, metered: readonly Metered[], nowMs: number) {
    this.inner = inner;
    this.metered = metered;
    for (const { rule, meter } of metered) {
      meter.underWay++;
      meter.places?.take();
      if (rule.calls !== undefined) meter.calls?.take(nowMs, 1, rule.calls.max);
    }
  }

  /** Counts what the answer really cost; once only. */
  settle(resultBytes: number, nowMs: number): void {
    if (this.isSettled) return;
    this.isSettled = true;
    if (resultBytes === 0) return;
    for (const { rule, meter } of this.metered) {
      if (rule.resultBytes !== undefined) {
        meter.resultBytes?.take(nowMs, resultBytes, rule.resultBytes.max);
      }
      if (rule.tokens !== undefined) {
        meter.tokens?.take(nowMs, estimateTokens(resultBytes), rule.tokens.max);
      }
    }
  }

  release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    for (const { meter } of this.metered) {
      meter.underWay--;
      meter.places?.giveBack();
    }
    this.inner.release();
  }
}
