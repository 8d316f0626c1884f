/** Requests of a session whose answer nobody reads: notifications, replies, its end. */
import type { OutboundRequest, ResponseControl, ResponseHandler } from '../../egress/index.ts';
import type { Clock, Timer } from '../../kernel/index.ts';
import type { HttpTarget } from './target.ts';

const LATE = new Error('the answer was not needed any more');
/** An answer that is not needed is not waited for longer. */
const PATIENCE_MS = 10_000;

/** Sends it; resolves with the status, or 0 where there was none. Never rejects. */
export function sendAside(
  target: HttpTarget,
  clock: Clock,
  request: Omit<OutboundRequest, 'path'>,
  patienceMs = PATIENCE_MS,
): Promise<number> {
  return new Promise((resolve) => {
    const aside = new Aside(clock, patienceMs, resolve);
    target.pool.send({ ...request, path: target.path }, aside);
  });
}

class Aside implements ResponseHandler {
  private readonly done: (status: number) => void;
  private readonly timer: Timer;
  private control: ResponseControl | undefined;
  private isLate = false;

  constructor(clock: Clock, patienceMs: number, done: (status: number) => void) {
    this.done = done;
    this.timer = clock.after(patienceMs, () => {
      this.isLate = true;
      this.control?.abort(LATE);
      this.done(0);
    });
  }

  onRequestStart(control: ResponseControl): void {
    this.control = control;
    if (this.isLate) control.abort(LATE);
  }

  onResponseStart(_control: ResponseControl, status: number): void {
    this.done(status);
  }

  onResponseData(): void {}

  onResponseEnd(): void {
    this.timer.cancel();
  }

  onResponseError(): void {
    this.timer.cancel();
    this.done(0);
  }
}
