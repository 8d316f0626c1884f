/** The counts of all rules, by key; as many as fit, and never one less strict for want of room. */
import { principalOf } from '../kernel/index.ts';
import type { Amount } from './amount.ts';
import type { Rule } from './rule.ts';
import type { SharedPlaces } from './shared-places.ts';
import type { Count } from './window.ts';

/** What one key of one rule has used. */
export class Meter {
  readonly calls: Count | undefined;
  readonly resultBytes: Count | undefined;
  readonly tokens: Count | undefined;
  underWay = 0;
  /** Where several processes have their calls under way together. */
  readonly places: SharedPlaces | undefined;
  /** It is not (or no longer) the count of one key, so whoever remembers it asks again. */
  isStale = false;

  constructor(rule: Rule, key: string, make: MakeCount, share: SharePlaces = ALONE) {
    const countOf = (what: string, amount: Amount | undefined): Count | undefined =>
      amount === undefined ? undefined : make(`${what} ${key}`, amount.windowMs);
    this.calls = countOf('calls', rule.calls);
    this.resultBytes = countOf('bytes', rule.resultBytes);
    this.tokens = countOf('tokens', rule.tokens);
    this.places = Number.isFinite(rule.concurrency) ? share(`calls under way ${key}`) : undefined;
  }

  /** Settles when more is known of what other processes have used. */
  get pending(): Promise<void> | undefined {
    return (
      this.calls?.pending ??
      this.resultBytes?.pending ??
      this.tokens?.pending ??
      this.places?.pending
    );
  }

  isIdle(nowMs: number): boolean {
    if (this.underWay > 0 || this.places?.isIdle === false) return false;
    return (
      this.calls?.isIdle(nowMs) !== false &&
      this.resultBytes?.isIdle(nowMs) !== false &&
      this.tokens?.isIdle(nowMs) !== false
    );
  }
}

/** Makes the count of one key, which is the same text in every process. */
export type MakeCount = (key: string, windowMs: number) => Count;

/** Makes the places of one key; undefined where this process is alone. */
export type SharePlaces = (key: string) => SharedPlaces | undefined;
const ALONE: SharePlaces = () => undefined;

export const MAX_METERS = 50_000;
/** How many of the oldest are looked at for one that may go. */
const CANDIDATES = 8;

export class Meters {
  private readonly make: MakeCount;
  private readonly share: SharePlaces;
  private readonly max: number;
  /** Oldest first. */
  private readonly byKey = new Map<string, Meter>();
  private readonly overflow = new Map<string, Meter>();

  constructor(make: MakeCount, max = MAX_METERS, share: SharePlaces = ALONE) {
    this.make = make;
    this.share = share;
    this.max = max;
  }

  get size(): number {
    return this.byKey.size;
  }

  /**
   * The meter of a key. Only idle ones are forgotten; where all are in use, keys that are new share
   * one meter per rule until there is room.
   */
  of(rule: Rule, key: string, nowMs: number): Meter {
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    if (this.byKey.size >= this.max && !this.makeRoom(nowMs)) return this.sharedBy(rule);
    const meter = new Meter(rule, key, this.make, this.share);
    this.byKey.set(key, meter);
    return meter;
  }

  private makeRoom(nowMs: number): boolean {
    let looked = 0;
    for (const [key, meter] of this.byKey) {
      this.byKey.delete(key);
      if (meter.isIdle(nowMs)) {
        meter.isStale = true;
        return true;
      }
      this.byKey.set(key, meter);
      if (++looked >= CANDIDATES) return false;
    }
    return false;
  }

  private sharedBy(rule: Rule): Meter {
    const key = rule.keyOf(NOBODY, '', '');
    let meter = this.overflow.get(key);
    if (meter === undefined) {
      meter = new Meter(rule, `overflow ${key}`, this.make, this.share);
      meter.isStale = true;
      this.overflow.set(key, meter);
    }
    return meter;
  }
}

const NOBODY = principalOf({ id: '', kind: 'local', verifiedBy: '' });
