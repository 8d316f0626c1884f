/** An upstream call whose caller was answered with a question, and what became of it. */
import {
  ROOT,
  type Answer,
  type Asked,
  type Delivery,
  type Due,
  type EventMessage,
  type Exchange,
  type NoticeMessage,
  type Principal,
  type Question,
  type Round,
  type Target,
  type Terminal,
} from '../kernel/index.ts';

/** An exchange that brought answers, or brought them once more. */
export interface Retry {
  readonly x: Exchange;
  readonly delivery: Delivery;
}

/** The small record of a call. Between rounds it holds neither an exchange nor a socket. */
export class ParkedCall implements Due {
  deadlineMs = 0;
  next: Due | undefined = undefined;
  previous: Due | undefined = undefined;
  /** Id of the exchange that began it. */
  readonly id: string;
  readonly principal: string;
  /** Under whose credential it goes on; one principal may have several. */
  caller: Principal | undefined;
  readonly upstream: string;
  /** Text form of the item's identity. */
  readonly item: string;
  /** What it is about, for retries that reach another process. */
  readonly target: Target | undefined;
  /** `open`: a question is with the caller. `running`: the upstream has the answers. */
  phase: 'open' | 'running' | 'ended' = 'running';
  /** Number of the state that was given out last; a retry with another one is refused. */
  number = 0;
  /** How often the upstream has asked. */
  rounds = 0;
  /** What the upstream asks; undefined unless open. */
  round: Round | undefined = undefined;
  /** What was answered last; undefined unless running. */
  answered: Round | undefined = undefined;
  /** Questions of the round that are still to be answered. */
  missing: readonly Question[] = [];
  answers = new Map<string, Answer>();
  /** What was missing has been asked for a second time. */
  wasAskedAgain = false;
  /** Who hears what comes next; the first of them brought the answers. */
  retries: Retry[] = [];
  /** What a retry hears of a call that has ended. */
  outcome: Terminal | undefined = undefined;
  /** The JSON-RPC id that `outcome` was made for. */
  outcomeId = '';
  /** Bytes of texts that it holds. */
  heldBytes = 0;
  private readonly onExpire: (self: ParkedCall) => void;

  constructor(
    from: Pick<ParkedCall, 'id' | 'principal' | 'caller' | 'upstream' | 'item' | 'target'>,
    onExpire: (self: ParkedCall) => void,
  ) {
    this.id = from.id;
    this.principal = from.principal;
    this.caller = from.caller;
    this.upstream = from.upstream;
    this.item = from.item;
    this.target = from.target;
    this.onExpire = onExpire;
  }

  expire(): void {
    this.onExpire(this);
  }
}

/** What becomes of a call that goes on for a retry. */
export interface RetryHost {
  ended(message: Terminal): void;
  askedAgain(x: Exchange, round: Round): Asked;
  /** Nobody can hear the round any more. */
  askedTooLate(x: Exchange, round: Round, delivery: Delivery): Asked;
}

/** Where an upstream call speaks to while a retry hears it: until its end or its next question. */
export class RetryDelivery implements Delivery {
  private retry: Retry | undefined;
  private readonly x: Exchange;
  private readonly host: RetryHost;

  constructor(retry: Retry, host: RetryHost) {
    this.retry = retry;
    this.x = retry.x;
    this.host = host;
  }

  event(message: EventMessage | NoticeMessage): void {
    this.retry?.delivery.event(message);
  }

  openStream(): void {
    this.retry?.delivery.openStream();
  }

  finish(message: Terminal): void {
    if (this.retry === undefined) return;
    this.retry = undefined;
    this.host.ended(message);
  }

  ask(round: Round): Asked {
    if (this.retry === undefined) return this.host.askedTooLate(this.x, round, this);
    this.retry = undefined;
    return this.host.askedAgain(this.x, round);
  }
}

/** The same message for another exchange, where the one that it was made for stands in an edit. */
export function addressedTo(message: Terminal, from: string, to: string): Terminal {
  if ((message.kind !== 'result' && message.kind !== 'error') || from === to) return message;
  if (message.view.member(ROOT, 'id') >= 0) return message;
  const mark = `"id":${from}`;
  const edits = message.edits.map((edit) =>
    edit.text.startsWith(mark)
      ? { ...edit, text: `"id":${to}${edit.text.slice(mark.length)}` }
      : edit,
  );
  return { ...message, edits };
}
