/** One call of an API, from the moment it is wanted to its one end. */
import {
  Refusal,
  type CancelReason,
  type Delivery,
  type Reason,
  type Terminal,
} from '../../kernel/index.ts';
import type { Flights, Timed } from '../mcp/flights.ts';

const CANCELLED: Readonly<Record<CancelReason, Reason>> = {
  disconnected: 'cancelled',
  cancelled: 'cancelled',
  expired: 'upstream_timeout',
  draining: 'draining',
};

export class ApiFlight implements Timed<ApiFlight> {
  deadlineMs = 0;
  next: ApiFlight | undefined = undefined;
  previous: ApiFlight | undefined = undefined;
  isSettled = false;
  private readonly delivery: Delivery;
  private readonly flights: Flights<ApiFlight>;
  private readonly controller = new AbortController();

  constructor(delivery: Delivery, flights: Flights<ApiFlight>) {
    this.delivery = delivery;
    this.flights = flights;
    flights.add(this);
  }

  /** Aborted when nobody waits for the outcome any more. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Takes the first end; later ones change nothing. */
  settle(message: Terminal): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.flights.remove(this);
    this.delivery.finish(message);
  }

  cancel(why: CancelReason): void {
    if (this.isSettled) return;
    this.settle(new Refusal(CANCELLED[why]));
    this.controller.abort();
  }

  expire(): void {
    this.cancel('expired');
  }

  /** Tells the caller how far it is. @param rawToken as the caller wrote it; '' for nothing told */
  progress(rawToken: string, done: number, text: string): void {
    if (rawToken === '' || this.isSettled) return;
    const params = `{"progressToken":${rawToken},"progress":${done},"message":${JSON.stringify(text)}}`;
    const notice = `{"jsonrpc":"2.0","method":"notifications/progress","params":${params}}`;
    this.delivery.event({ kind: 'notice', text: notice });
  }
}
