/** A count that the processes of one gateway share: each spends slices, which it leases beforehand. */
import { createHash } from 'node:crypto';
import type { SharedCounters } from './ports.ts';
import { closedFor, type Count } from './window.ts';

/** A slice is a twentieth of a limit. */
const SLICES = 20;
const AFTER_OUTAGE_MS = 1000;

/**
 * Calls spend what is leased already; where that runs low, the next slice is leased beside them. In a
 * window for which nothing is leased yet a process may spend a slice on credit, where the limit has so
 * many. While the server is away every process keeps to what it had leased in the last window.
 */
export class SharedCount implements Count {
  pending: Promise<void> | undefined = undefined;
  private readonly counters: SharedCounters;
  private readonly id: string;
  private readonly windowMs: number;
  private index = 0;
  /** Spent and leased by this process in this window. */
  private current = 0;
  private leased = 0;
  private previousHere = 0;
  /** What this process had leased in the last window in which the server was there. */
  private lastShare = 0;
  /** Of all processes; as it was told last. */
  private previousAll = 0;
  private currentAll = 0;
  private isToldOfWindow = false;
  private askAgainMs = 0;

  /** @param key what is counted, the same in every process; only its hash is shown to the server */
  constructor(counters: SharedCounters, key: string, windowMs: number) {
    this.counters = counters;
    this.id = `limit:${createHash('sha256').update(key).digest('base64url')}:${windowMs}`;
    this.windowMs = windowMs;
  }

  closedForMs(nowMs: number, max: number): number {
    const intoMs = this.roll(nowMs);
    if (this.current < this.allowance(max)) return 0;
    this.askForMore(nowMs, max);
    if (!this.counters.isConnected) return this.windowMs - intoMs;
    const used = Math.max(this.currentAll, this.current);
    return Math.max(1, closedFor(used, this.previousAll, max, intoMs, this.windowMs));
  }

  take(nowMs: number, cost: number, max: number): void {
    this.roll(nowMs);
    this.current += cost;
    if (this.leased - this.current < sliceOf(max) / 2) this.askForMore(nowMs, max);
  }

  isIdle(nowMs: number): boolean {
    this.roll(nowMs);
    return (
      this.pending === undefined &&
      this.current === 0 &&
      this.previousHere === 0 &&
      this.leased === 0
    );
  }

  private allowance(max: number): number {
    if (!this.counters.isConnected) {
      return Math.min(max, Math.max(this.leased, this.lastShare, sliceOf(max)));
    }
    return this.isToldOfWindow ? this.leased : Math.max(this.leased, Math.floor(max / SLICES));
  }

  /** @returns how far into its window the time is, milliseconds */
  private roll(nowMs: number): number {
    const index = Math.floor(nowMs / this.windowMs);
    if (index > this.index) {
      const isNext = index === this.index + 1;
      if (this.isToldOfWindow) this.lastShare = this.leased;
      this.previousHere = isNext ? this.current : 0;
      this.previousAll = isNext ? Math.max(this.currentAll, this.current) : 0;
      this.index = index;
      this.current = 0;
      this.currentAll = 0;
      this.leased = 0;
      this.isToldOfWindow = false;
      this.askAgainMs = 0;
    }
    return Math.max(0, nowMs - this.index * this.windowMs);
  }

  private askForMore(nowMs: number, max: number): void {
    if (this.pending !== undefined || nowMs < this.askAgainMs) return;
    if (!this.counters.isConnected) return;
    this.pending = this.lease(nowMs, max)
      .catch(() => {
        this.askAgainMs = nowMs + AFTER_OUTAGE_MS;
      })
      .finally(() => {
        this.pending = undefined;
      });
  }

  private async lease(nowMs: number, max: number): Promise<void> {
    const { values } = this.counters;
    const { index, windowMs } = this;
    const key = `${this.id}:${index}`;
    if (!this.isToldOfWindow) {
      const told = Number((await values.get(`${this.id}:${index - 1}`)) ?? 0);
      this.previousAll = Math.max(this.previousHere, told);
    }
    const reach = 1 - (nowMs - index * windowMs) / windowMs;
    const ceiling = Math.floor(max - this.previousAll * Math.min(1, reach));
    // What was spent beyond the lease is not asked for but told.
    const debt = Math.max(0, this.current - this.leased);
    if (debt > 0) await values.tryAdd(key, debt, Number.MAX_SAFE_INTEGER, 2 * windowMs);
    let granted = 0;
    for (const wanted of wishes(sliceOf(max))) {
      if (!(await values.tryAdd(key, wanted, ceiling, 2 * windowMs))) continue;
      granted = wanted;
      break;
    }
    const told = Number((await values.get(key)) ?? 0);
    if (this.index !== index) return;
    this.leased += debt + granted;
    this.currentAll = told;
    this.isToldOfWindow = true;
    if (granted === 0) this.askAgainMs = nowMs + Math.min(1000, windowMs / 50);
  }
}

/** A slice, and less where so much is not left. */
function wishes(slice: number): readonly number[] {
  return [...new Set([slice, Math.ceil(slice / 4), Math.ceil(slice / 16), 1])];
}

function sliceOf(max: number): number {
  return Math.max(1, Math.floor(max / SLICES));
}
