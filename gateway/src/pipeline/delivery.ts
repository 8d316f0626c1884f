/** The way back: every message is screened, encoded and sent; the end is recorded exactly once. */
import {
  Refusal,
  type Delivery,
  type EventMessage,
  type Exchange,
  type NoticeMessage,
  type Terminal,
} from '../kernel/index.ts';
import type { Outcome, Rooms } from './rooms.ts';

export class ExchangeDelivery implements Delivery {
  private readonly x: Exchange;
  private readonly rooms: Rooms;
  private isStreaming = false;
  private isFinished = false;
  private isGone = false;

  constructor(x: Exchange, rooms: Rooms) {
    this.x = x;
    this.rooms = rooms;
  }

  openStream(): void {
    if (this.isStreaming || this.isFinished) return;
    this.isStreaming = true;
    if (this.isGone) return;
    const head = this.rooms.encode.streamHead(this.x);
    this.x.outlet.open(head.status, head.headers);
  }

  event(message: EventMessage | NoticeMessage): void {
    if (this.isFinished || this.isGone) return;
    const screened = message.kind === 'event' ? this.rooms.screenEvent(this.x, message) : message;
    if (screened === undefined) return;
    const frame = this.rooms.encode.event(this.x, screened);
    if (frame.length === 0) return;
    this.openStream();
    this.x.outlet.write(frame);
  }

  finish(message: Terminal): void {
    if (this.isFinished) return;
    this.isFinished = true;
    let outcome: Outcome;
    try {
      outcome = this.send(this.rooms.screenTerminal(this.x, message));
    } catch (error) {
      outcome = this.send(this.broken(error));
    }
    this.close(outcome);
  }

  /** A bug, not a refusal: the caller learns that, the log learns why. */
  fail(error: unknown): void {
    this.finish(this.broken(error));
  }

  /**
   * A modern caller that goes away has cancelled (2026-07-28, cancellation over HTTP); a legacy one
   * has not, its call is carried on and the answer dropped when its grace ends.
   */
  disconnected(): void {
    if (this.isFinished || this.isGone) return;
    this.isGone = true;
    if (this.x.dialect === 'modern' || this.x.target?.kind === 'subscription') {
      this.x.cancellation.cancel('disconnected');
    }
  }

  private broken(error: unknown): Refusal {
    this.rooms.onBug(this.x, error);
    return new Refusal('internal');
  }

  private send(message: Terminal): Outcome {
    const { encode } = this.rooms;
    if (this.isGone) return this.outcome(message, 0);
    if (this.isStreaming) {
      const frame = encode.lastEvent(this.x, message);
      if (frame.length === 0) this.x.outlet.end();
      else this.x.outlet.end(frame);
      return this.outcome(message, frame.length);
    }
    const answer = encode.answer(this.x, message);
    this.x.outlet.send(answer.status, answer.headers, answer.body);
    return this.outcome(message, answer.body.length);
  }

  private outcome(message: Terminal, resultBytes: number): Outcome {
    if (message instanceof Refusal) {
      const kind = message.reason === 'cancelled' ? 'cancelled' : 'refused';
      return { kind, reason: message.reason, isError: true, resultBytes };
    }
    if (this.isGone) return { kind: 'abandoned', reason: '', isError: false, resultBytes };
    const kind = this.rooms.isQuestion(message) ? 'asked' : 'answered';
    const isError = message.kind === 'error' || this.rooms.isToolError(message);
    return { kind, reason: '', isError, resultBytes };
  }

  private close(outcome: Outcome): void {
    const { x } = this;
    try {
      this.rooms.finish(x, outcome);
    } finally {
      x.lease?.release();
      x.slot?.release();
    }
  }
}
