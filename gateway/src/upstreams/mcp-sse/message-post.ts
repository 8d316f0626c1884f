/** One request posted to a session; its answer comes on the session's stream. */
import type { ResponseControl, ResponseHandler, ResponseHeaders } from '../../egress/index.ts';
import type { Clock, Timer } from '../../kernel/index.ts';
import { refusalOfError, refusalOfStatus } from '../mcp-http/answers.ts';
import type { Flight } from '../mcp/flight.ts';

const UNWANTED = new Error('nobody waits for it any more');
/** How long a server may hold the connection after the request has ended. */
const PATIENCE_MS = 10_000;
/** What it says here is read over, up to so much. */
const MAX_BYTES = 64 * 1024;

export class MessagePost implements ResponseHandler {
  private readonly flight: Flight;
  private readonly clock: Clock;
  private readonly onLost: (flight: Flight) => void;
  private control: ResponseControl | undefined;
  private timer: Timer | undefined;
  private bytes = 0;
  private isAnswered = false;
  private isOver = false;

  /** @param onLost the server does not know the session, so it did not take the request */
  constructor(flight: Flight, clock: Clock, onLost: (flight: Flight) => void) {
    this.flight = flight;
    this.clock = clock;
    this.onLost = onLost;
  }

  /** The request has ended, so the server needs the connection no more. */
  abort(): void {
    if (this.isOver || this.control === undefined) return;
    this.timer ??= this.clock.after(PATIENCE_MS, () => this.control?.abort(UNWANTED));
  }

  onRequestStart(control: ResponseControl): void {
    this.control = control;
    if (this.flight.isSettled) control.abort(UNWANTED);
  }

  onResponseStart(control: ResponseControl, status: number, headers: ResponseHeaders): void {
    this.isAnswered = true;
    if (status >= 200 && status < 300) return;
    const { flight } = this;
    if (status === 404 && flight.method !== 'initialize') this.onLost(flight);
    else flight.settle(refusalOfStatus(status, headers));
    control.abort(UNWANTED);
  }

  onResponseData(control: ResponseControl, chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > MAX_BYTES) control.abort(UNWANTED);
  }

  onResponseEnd(): void {
    this.over();
  }

  onResponseError(_control: ResponseControl | null, error: Error): void {
    this.over();
    if (!this.isAnswered) this.flight.settle(refusalOfError(error, this.control !== undefined));
  }

  private over(): void {
    this.isOver = true;
    this.timer?.cancel();
  }
}
