import type { Clock, Timer } from '../kernel/index.ts';
import type { Backend } from './backend.ts';

/** How long a lease lasts after it was last renewed, milliseconds. */
export const LEASE_MS = 2500;
/** How often it is renewed, and those of others looked at: together less than three seconds. */
const BEAT_MS = 500;

export interface LeaseDeps {
  readonly backend: Backend;
  readonly clock: Clock;
  readonly ownerId: string;
  readonly keyOf: (ownerId: string) => string;
  /** How long after a (re)connection a missing lease says nothing, milliseconds. */
  readonly graceMs: number;
  /** Runs at every beat, after leases were looked at. */
  readonly onBeat: () => void;
  readonly onBug: (error: unknown) => void;
}

/**
 * `gone`: that process is over. `away`: nobody knows, because the server was away for as long as a
 * lease lasts; to the others this process is over as well.
 */
export type Loss = 'gone' | 'away';

type Watcher = (loss: Loss) => void;

/** Holds the lease of this process, and watches those of others while somebody wants to know. */
export class Lease {
  private readonly deps: LeaseDeps;
  private readonly watchers = new Map<string, Set<Watcher>>();
  private timer: Timer | undefined;
  private renewedMs: number;
  /** Before this moment a missing lease says nothing: the server may just have been restarted. */
  private trustedFromMs: number;
  private isClosed = false;

  constructor(deps: LeaseDeps) {
    this.deps = deps;
    this.renewedMs = deps.clock.nowMs();
    this.trustedFromMs = this.renewedMs + deps.graceMs;
  }

  /**
   * Takes the lease; resolves after the first attempt.
   * @param isKept whether it has to be renewed: not where nobody else can look at it
   */
  async start(isKept: boolean): Promise<void> {
    if (isKept) return await this.beat();
    const { backend, keyOf, ownerId } = this.deps;
    await backend.values.set(keyOf(ownerId), '1', Number.MAX_SAFE_INTEGER);
  }

  /** A connection is new: what it shows may be a server that knows of nobody yet. */
  reconnected(): void {
    this.trustedFromMs = this.deps.clock.nowMs() + this.deps.graceMs;
    void this.renew().catch(() => undefined);
  }

  /** Whether that process is there; waits until a missing lease means something. */
  async isAlive(ownerId: string): Promise<boolean> {
    for (;;) {
      const [isThere] = await this.areThere([ownerId]);
      const waitMs = this.trustedFromMs - this.deps.clock.nowMs();
      if (isThere === true || waitMs <= 0) return isThere === true;
      await this.pause(Math.min(waitMs, BEAT_MS));
    }
  }

  /** Calls `watcher` once, when that process is lost. @returns stops watching */
  watch(ownerId: string, watcher: Watcher): () => void {
    const watchers = this.watchers.get(ownerId) ?? new Set();
    this.watchers.set(ownerId, watchers.add(watcher));
    if (watchers.size === 1) void this.look([ownerId]).catch(() => undefined);
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.watchers.get(ownerId) === watchers) {
        this.watchers.delete(ownerId);
      }
    };
  }

  /** Gives the lease back, as far as the server can be reached. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.timer?.cancel();
    const { backend, keyOf, ownerId } = this.deps;
    await backend.values.delete(keyOf(ownerId)).catch(() => undefined);
  }

  private async beat(): Promise<void> {
    if (this.isClosed) return;
    // Also after this process was stopped for a while: the others have given it up by now.
    if (this.deps.clock.nowMs() - this.renewedMs > LEASE_MS) this.loseAll();
    try {
      await Promise.all([this.renew(), this.look([...this.watchers.keys()])]);
    } catch {
      // The server is away, which the connection has told everybody.
    }
    if (this.isClosed) return;
    this.guarded(() => this.deps.onBeat());
    this.timer = this.deps.clock.after(BEAT_MS, () => void this.beat());
  }

  private async renew(): Promise<void> {
    const { backend, clock, keyOf, ownerId } = this.deps;
    const startedMs = clock.nowMs();
    if (this.isClosed || !backend.isConnected) return;
    await backend.values.set(keyOf(ownerId), '1', LEASE_MS);
    this.renewedMs = startedMs;
  }

  private async look(ownerIds: readonly string[]): Promise<void> {
    if (ownerIds.length === 0) return;
    const areThere = await this.areThere(ownerIds);
    if (this.deps.clock.nowMs() < this.trustedFromMs) return;
    for (const [at, ownerId] of ownerIds.entries()) {
      if (areThere[at] === false) this.lose(ownerId, 'gone');
    }
  }

  private async areThere(ownerIds: readonly string[]): Promise<readonly boolean[]> {
    const { backend, keyOf } = this.deps;
    const found = await backend.values.getMany(ownerIds.map((id) => keyOf(id)));
    return found.map((text) => text !== undefined);
  }

  private loseAll(): void {
    for (const ownerId of this.watchers.keys()) this.lose(ownerId, 'away');
  }

  private lose(ownerId: string, loss: Loss): void {
    const watchers = this.watchers.get(ownerId);
    this.watchers.delete(ownerId);
    for (const watcher of watchers ?? []) this.guarded(() => watcher(loss));
  }

  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.deps.onBug(error);
    }
  }

  private pause(delayMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.deps.clock.after(delayMs, resolve);
    return promise;
  }
}
