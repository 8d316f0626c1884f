/** Waiting for the last open question before everything stops. */
import type { Clock, Timer } from '../kernel/index.ts';

export class Drain {
  private readonly clock: Clock;
  private readonly isIdle: () => boolean;
  private timer: Timer | undefined;
  private onIdle: (() => void) | undefined;

  constructor(clock: Clock, isIdle: () => boolean) {
    this.clock = clock;
    this.isIdle = isIdle;
  }

  /** @param giveUp ends what is open; called where it still is after `graceMs` */
  async begin(graceMs: number, giveUp: () => void): Promise<void> {
    if (this.isIdle()) return;
    this.timer = this.clock.after(graceMs, giveUp);
    await new Promise<void>((resolve) => {
      this.onIdle = resolve;
    });
  }

  /** Something may have been the last. */
  check(): void {
    if (this.onIdle === undefined || !this.isIdle()) return;
    this.timer?.cancel();
    this.onIdle();
    this.onIdle = undefined;
  }
}
