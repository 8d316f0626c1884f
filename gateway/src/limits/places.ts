/** Places under way per key, and leases on them. */
import type { Lease } from '../kernel/index.ts';

/** Keys without a place taken are kept up to this number, so that steady traffic allocates nothing. */
const MAX_IDLE_KEYS = 1024;

/** How many places each key has taken. */
export class Places {
  private readonly byKey = new Map<string, KeyCount>();

  count(key: string): number {
    return this.byKey.get(key)?.count ?? 0;
  }

  /** How many keys are known, idle ones included. */
  get size(): number {
    return this.byKey.size;
  }

  /** Takes a place; `giveBack` of what is returned must follow exactly once. */
  take(key: string): KeyCount {
    let taken = this.byKey.get(key);
    if (taken === undefined) {
      taken = new KeyCount(this.byKey, key);
      this.byKey.set(key, taken);
    }
    taken.count++;
    return taken;
  }
}

class KeyCount {
  count = 0;
  private readonly byKey: Map<string, KeyCount>;
  private readonly key: string;

  constructor(byKey: Map<string, KeyCount>, key: string) {
    this.byKey = byKey;
    this.key = key;
  }

  giveBack(): void {
    this.count--;
    if (this.count === 0 && this.byKey.size > MAX_IDLE_KEYS) this.byKey.delete(this.key);
  }
}

/** One place of a principal and, for calls, one of an upstream. */
export class PlacesLease implements Lease {
  private readonly principal: KeyCount;
  private readonly upstream: KeyCount | undefined;
  private isReleased = false;

  constructor(principal: KeyCount, upstream: KeyCount | undefined) {
    this.principal = principal;
    this.upstream = upstream;
  }

  /** Gives the places back; once only, however often it is called. */
  release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    this.principal.giveBack();
    this.upstream?.giveBack();
  }
}
