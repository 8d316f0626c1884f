/** Places under way per key, and leases on them. */
import type { Lease } from '../kernel/index.ts';

export class Places {
  private readonly taken = new Map<string, number>();

  count(key: string): number {
    return this.taken.get(key) ?? 0;
  }

  take(key: string): void {
    this.taken.set(key, this.count(key) + 1);
  }

  giveBack(key: string): void {
    const left = this.count(key) - 1;
    if (left > 0) this.taken.set(key, left);
    else this.taken.delete(key);
  }
}

/** One place of a principal and, for calls, one of an upstream. */
export class PlacesLease implements Lease {
  private readonly principals: Places;
  private readonly principal: string;
  private readonly upstreams: Places | undefined;
  private readonly upstream: string;
  private isReleased = false;

  constructor(
    principals: Places,
    principal: string,
    upstreams: Places | undefined,
    upstream: string,
  ) {
    this.principals = principals;
    this.principal = principal;
    this.upstreams = upstreams;
    this.upstream = upstream;
    principals.take(principal);
    upstreams?.take(upstream);
  }

  release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    this.principals.giveBack(this.principal);
    this.upstreams?.giveBack(this.upstream);
  }
}
