/** The way back: every message is screened, encoded and sent; the end is recorded exactly once. */
import {
  Refusal,
  type Asked,
  type Delivery,
  type EventMessage,
  type Exchange,
  type LastingOutlet,
  type NoticeMessage,
  type Outlet,
  type Round,
  type Terminal,
} from '../kernel/index.ts';
import { byteLength, outcomeOf } from './outcome.ts';
import type { Outcome, Rooms } from './rooms.ts';

export class ExchangeDelivery implements Delivery {
  private readonly x: Exchange;
  private readonly rooms: Rooms;
  private isStreaming = false;
  /** Takes the stream's place where it outlives its connection. */
  private lasting: LastingOutlet | undefined = undefined;
  private isFinished = false;
  private isGone = false;

  constructor(x: Exchange, rooms: Rooms) {
    this.x = x;
    this.rooms = rooms;
  }

  openStream(): void {
    if (this.isStreaming || this.isFinished) return;
    this.isStreaming = true;
    if (this.isGone) {
      // Nobody reads it and no second disconnect will come to end it.
      this.x.cancellation.cancel('disconnected');
      return;
    }
    const head = this.rooms.encode.streamHead(this.x);
    this.lasting = this.rooms.lastingStream(this.x, () => this.lost());
    this.outlet.open(head.status, head.headers);
  }

  private get outlet(): Outlet {
    return this.lasting ?? this.x.outlet;
  }

  event(message: EventMessage | NoticeMessage): void {
    if (this.isFinished || this.isGone) return;
    try {
      const screened = message.kind === 'event' ? this.rooms.screenEvent(this.x, message) : message;
      if (screened === undefined) return;
      const frame = this.rooms.encode.event(this.x, screened);
      if (frame.length === 0) return;
      this.openStream();
      if (!this.outlet.write(frame)) this.overrun();
    } catch (error) {
      // Whoever tells many callers of one event must not be stopped by one of them.
      this.fail(error);
    }
  }

  finish(message: Terminal): void {
    if (this.isFinished) return;
    this.isFinished = true;
    this.close(this.say(message));
  }

  ask(round: Round): Asked {
    return this.rooms.ask(this.x, round, this);
  }

  private say(message: Terminal): Outcome {
    const { x, rooms } = this;
    try {
      return this.send(rooms.encode.settle(x, rooms.screenTerminal(x, message)));
    } catch (error) {
      return this.apologize(error);
    }
  }

  /** Says that something broke; where not even that can be said, the end is still recorded. */
  private apologize(error: unknown): Outcome {
    const refusal = this.broken(error);
    try {
      return this.send(refusal);
    } catch (second) {
      this.rooms.onBug(this.x, second);
      return outcomeOf(this.x, refusal, 0, this.isGone, this.rooms);
    }
  }

  /** A bug, not a refusal: the caller learns that, the log learns why. */
  fail(error: unknown): void {
    this.finish(this.broken(error));
    this.attempt(() => this.x.cancellation.cancel('expired'));
  }

  /**
   * A caller that goes away has cancelled (2026-07-28, cancellation over HTTP); only a legacy one
   * has not (2025-11-25): its call is carried on for a while. What is said on a stream meanwhile can
   * be fetched, any other answer is dropped.
   */
  disconnected(): void {
    if (this.isFinished || this.isGone) return;
    if (this.lasting !== undefined) {
      this.lasting.detach(this.x.outlet);
      return;
    }
    this.isGone = true;
    if (this.x.dialect !== 'legacy' || this.x.target?.kind === 'subscription') this.lost();
    else this.rooms.afterGrace(this.x, () => this.lost());
  }

  /** Nobody will hear what comes next. */
  private lost(): void {
    if (this.isFinished) return;
    this.isGone = true;
    this.attempt(() => this.x.cancellation.cancel('disconnected'));
  }

  /**
   * The caller does not read its stream. Subscriptions end themselves in their own words; a call is
   * ended with a word about it, which stands behind everything that waits to be read.
   */
  private overrun(): void {
    this.attempt(() => this.rooms.onSlowReader(this.x));
    if (this.x.target?.kind !== 'subscription') this.finish(new Refusal('reader_too_slow'));
    this.attempt(() => this.x.cancellation.cancel('expired'));
  }

  private broken(error: unknown): Refusal {
    this.rooms.onBug(this.x, error);
    return new Refusal('internal');
  }

  private send(message: Terminal): Outcome {
    const { x, rooms } = this;
    const { encode } = rooms;
    if (this.isGone) return outcomeOf(x, message, 0, true, rooms);
    if (this.isStreaming) {
      const frame = encode.lastEvent(x, message);
      if (frame.length === 0) this.outlet.end();
      else this.outlet.end(frame);
      this.isGone = this.lasting?.isReachable === false;
      return outcomeOf(x, message, byteLength(frame), this.isGone, rooms);
    }
    const answer = encode.answer(x, message);
    x.outlet.send(answer.status, answer.headers, answer.body);
    return outcomeOf(x, message, byteLength(answer.body), false, rooms);
  }

  private close(outcome: Outcome): void {
    const { x } = this;
    this.attempt(() => this.rooms.finish(x, outcome));
    this.attempt(() => x.lease?.release());
    this.attempt(() => x.slot?.release());
  }

  /** Every step of the end is tried, whatever became of the one before it. */
  private attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.rooms.onBug(this.x, error);
    }
  }
}
