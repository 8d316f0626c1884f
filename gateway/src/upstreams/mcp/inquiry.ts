/** What a call that asks its caller something needs of the call, and the call of it. */
import type {
  Asked,
  CancelReason,
  Clock,
  Delivery,
  Exchange,
  Reason,
  Round,
  Terminal,
} from '../../kernel/index.ts';

/** A call under way, as far as its questions touch it. */
export interface AskingCall {
  readonly upstream: string;
  readonly clock: Clock;
  /** A legacy caller is asked during its call; for every other the call is put aside meanwhile. */
  readonly isOfLegacyCaller: boolean;
  readonly isSettled: boolean;
  /** Where the caller hears of it now. */
  readonly delivery: Delivery;
  /** Its time stands still: somebody is thinking. */
  pause(): void;
  /** It has its whole time again. */
  resume(): void;
  /** From now on it runs for `x` and speaks to `delivery`. */
  adopt(x: Exchange, delivery: Delivery): void;
  /** Nobody will answer what was asked, so the call is ended. */
  abandon(why: CancelReason): void;
  refuse(reason: Reason, text?: string): void;
}

/** The questions of one call. */
export interface Inquiry {
  /** A round is open. */
  readonly isAsked: boolean;
  /**
   * The call has ended: closes what is open.
   * @returns false where nobody listens on the call's delivery any more
   */
  end(message: Terminal): boolean;
}

/** Puts a round to the caller of a call. Whoever answers at once is heard, too. */
export class OpenRound {
  private readonly call: AskingCall;
  private asked: Asked | undefined;
  private isOver = false;

  constructor(call: AskingCall) {
    this.call = call;
  }

  /** @param round one of its functions is called at most once, and not after `close` */
  put({ questions, answered, abandoned }: Omit<Round, 'upstream' | 'passOn'>): void {
    const { call } = this;
    const asked = call.delivery.ask({
      upstream: call.upstream,
      questions,
      answered: (answers, x, delivery) => {
        if (this.finish()) answered(answers, x, delivery);
      },
      abandoned: (why) => {
        if (this.finish()) abandoned(why);
      },
      passOn: (x, delivery) => {
        if (!call.isSettled) call.adopt(x, delivery);
      },
    });
    if (!this.isOver) this.asked = asked;
  }

  /** The call ended first. */
  close(message: Terminal): void {
    const { asked } = this;
    if (this.finish()) asked?.close(message);
  }

  private finish(): boolean {
    const isFirst = !this.isOver;
    this.isOver = true;
    this.asked = undefined;
    return isFirst;
  }
}
