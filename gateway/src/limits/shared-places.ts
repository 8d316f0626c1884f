/** Places for calls under way that the processes of one gateway share: each holds some of them. */
import { createHash } from 'node:crypto';
import type { Clock, Timer } from '../kernel/index.ts';
import type { SharedCounters } from './ports.ts';

/** What a process that was killed held comes free after this time. */
const HOLD_MS = 3000;
const RENEW_MS = 1000;
/** How soon it is asked again after none was left. */
const ASK_AGAIN_MS = 20;
/** Of large limits a process keeps a twentieth beyond what it uses, so that few calls have to wait. */
const SLICES = 20;

/**
 * Holds what is used here, and a slice more where the limit is large enough; what is not needed any
 * more is given back at once. While the server is away a process keeps to what it held, or a slice.
 */
export class SharedPlaces {
  /** Settles when more is known of what is free; undefined while nothing is asked. */
  pending: Promise<void> | undefined = undefined;
  private readonly counters: SharedCounters;
  private readonly clock: Clock;
  private readonly key: string;
  private underWay = 0;
  private held = 0;
  private max = 1;
  /** Calls that found no place since it was asked last. */
  private waiting = 0;
  private isStale = false;
  private askAgainMs = 0;
  private timer: Timer | undefined = undefined;

  /** @param key what is counted, the same in every process; only its hash is shown to the server */
  constructor(counters: SharedCounters, clock: Clock, key: string) {
    this.counters = counters;
    this.clock = clock;
    this.key = `places:${createHash('sha256').update(key).digest('base64url')}`;
  }

  /**
   * Whether one more may begin here now. Where not, it is being asked for while `pending` is set.
   * @param max what all processes may have under way together
   */
  hasRoom(nowMs: number, max: number): boolean {
    this.max = max;
    if (this.underWay >= max) return false;
    if (!this.counters.isConnected) return this.underWay < Math.max(this.held, sliceOf(max), 1);
    if (this.underWay < this.held) return true;
    if (this.pending !== undefined || nowMs >= this.askAgainMs) {
      this.waiting++;
      this.tell();
    }
    return false;
  }

  /** A call begins that `hasRoom` let in. */
  take(): void {
    this.underWay++;
    if (this.held - this.underWay < sliceOf(this.max) / 2) this.tell();
  }

  giveBack(): void {
    this.underWay--;
    if (this.held - this.underWay > 2 * sliceOf(this.max)) this.tell();
  }

  get isIdle(): boolean {
    return this.underWay === 0 && this.held === 0 && this.pending === undefined;
  }

  /** Tells the server soon; what changes meanwhile is told after it. */
  private tell(): void {
    this.isStale = true;
    if (!this.counters.isConnected) {
      this.renewLater();
      return;
    }
    this.pending ??= this.tellAll().finally(() => {
      this.pending = undefined;
      this.renewLater();
    });
  }

  private async tellAll(): Promise<void> {
    // All calls that come in one go are told at once.
    await Promise.resolve();
    while (this.isStale) {
      this.isStale = false;
      try {
        await this.hold();
      } catch {
        this.askAgainMs = this.clock.nowMs() + RENEW_MS;
        return;
      }
    }
  }

  private async hold(): Promise<void> {
    const { underWay, max, waiting } = this;
    const wanted = Math.min(max, underWay + waiting + sliceOf(max));
    this.waiting = 0;
    // What is to be given back is not used any more from here on.
    this.held = Math.min(this.held, wanted);
    const places = { used: underWay, wanted, max, ttlMs: HOLD_MS };
    this.held = await this.counters.values.hold(this.key, this.counters.ownerId, places);
    if (this.held < underWay + waiting) this.askAgainMs = this.clock.nowMs() + ASK_AGAIN_MS;
  }

  /** What is held is said again while it is held; what could not be told is told then. */
  private renewLater(): void {
    if (this.timer !== undefined || (this.held === 0 && this.underWay === 0)) return;
    this.timer = this.clock.after(RENEW_MS, () => {
      this.timer = undefined;
      this.tell();
    });
  }
}

function sliceOf(max: number): number {
  return Math.floor(max / SLICES);
}
