/** Connections to token endpoints, through the guard: only what the operator named may be private. */
import {
  addressFault,
  guardedLookup,
  hostsOf,
  openPool,
  safeAddress,
  type FindAddresses,
  type OutboundPool,
  type WayOut,
} from '../egress/index.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 4;

export class TokenEndpoints {
  private readonly pools = new Map<string, OutboundPool>();
  private readonly wayOut: WayOut | undefined;

  constructor(wayOut: WayOut | undefined) {
    this.wayOut = wayOut;
  }

  /**
   * @param allow hosts that may have other than public addresses
   * @returns words where the endpoint may not be asked
   */
  poolFor(url: URL, allow: readonly string[], find?: FindAddresses): OutboundPool | string {
    const why = addressFault(url, { allow });
    if (why !== undefined) return `${safeAddress(url)} is not asked: ${why}.`;
    const key = JSON.stringify([url.origin, allow]);
    const known = this.pools.get(key);
    if (known !== undefined) return known;
    const pool = openPool(url.origin, {
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      maxConnections: MAX_CONNECTIONS,
      lookup: guardedLookup(url, { allow }, find),
      wayOut: this.wayOut,
    });
    this.pools.set(key, pool);
    return pool;
  }

  /** The pool of an endpoint that the operator wrote. */
  poolOf(url: URL): OutboundPool | string {
    return this.poolFor(url, hostsOf(url.href));
  }

  async close(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.destroy()));
    this.pools.clear();
  }
}
