/** One request at an upstream, from the moment it is wanted to its one end. */
import {
  Refusal,
  type AnswerMessage,
  type CancelReason,
  type Era,
  type Reason,
  type Terminal,
} from '../../kernel/index.ts';
import type { UpstreamEvent } from '../connector.ts';
import type { Flights, Timed } from './flights.ts';
import { ANSWER_DEPTH, readMessage, type Incoming } from './message.ts';
import { readPeerEvent } from './peer-events.ts';
import { NO_ANSWER, type PeerQuestion } from './peer-question.ts';

/** What a flight tells the connector it belongs to. */
export interface FlightHost {
  /** The upstream's id. */
  readonly id: string;
  readonly flights: Flights<Flight>;
  /** Our own Implementation as JSON text. */
  readonly clientInfo: string;
  /** A flight has ended; `message` is what its caller hears. */
  ended(message: Terminal, flight: Flight): void;
  /** Something that the upstream said about itself. */
  tell(event: UpstreamEvent): void;
}

/** A way to an upstream on which requests travel: a pool of connections, a session, a process. */
export interface Link {
  readonly era: Era;
  readonly revision: string;
  /** Gives the flight an id and sends it. Never throws; what goes wrong ends the flight. */
  send(flight: Flight): void;
  /** Tells the upstream that nobody waits for the flight any more. */
  abandon(flight: Flight): void;
  /** The flight has ended. */
  forget(flight: Flight): void;
}

/** What carries one flight. */
export interface Line {
  abort(): void;
  /** Nothing is expected on it for now: what it takes must not be missing for others. */
  setAside?(): void;
}

/** What becomes of a flight whose outcome nobody wants any more. */
const CANCELLED: Readonly<Record<CancelReason, Reason>> = {
  disconnected: 'cancelled',
  cancelled: 'cancelled',
  expired: 'upstream_timeout',
  draining: 'draining',
};

export abstract class Flight implements Timed<Flight> {
  deadlineMs = 0;
  next: Flight | undefined = undefined;
  previous: Flight | undefined = undefined;
  /** Our JSON-RPC id, given by the link; '' before. */
  rawId = '';
  isSettled = false;
  /** Why a question of the upstream could not be put to anybody; explains an error that follows. */
  unasked: Refusal | undefined = undefined;
  /** The link that it keeps from other calls that may be asked something; '' for none. */
  lane = '';
  /** It was sent a second time already. */
  wasResent = false;
  link: Link | undefined = undefined;
  /** What the link does for it; set by links that have something to end. */
  line: Line | undefined = undefined;
  readonly host: FlightHost;
  readonly maxBytes: number;
  readonly recordDepth: number;
  /** Whether it is among the host's flights, and so has a deadline. */
  private readonly isTimed: boolean;

  constructor(host: FlightHost, maxBytes: number, recordDepth = ANSWER_DEPTH, isTimed = true) {
    this.host = host;
    this.maxBytes = maxBytes;
    this.recordDepth = recordDepth;
    this.isTimed = isTimed;
    if (isTimed) host.flights.add(this);
  }

  abstract readonly method: string;
  /** The log level asked for; '' for none. */
  abstract readonly logLevel: string;
  /** The bytes of the request in the words of the link. */
  abstract encode(link: Link): Buffer;
  /** Appends the headers that repeat the body; names and values in turn. */
  abstract pushHeaders(out: string[]): void;
  /** The upstream may ask its caller something while it runs, if the caller declared so. */
  get takesQuestions(): boolean {
    return false;
  }

  /** Its caller declared that it can be asked something. */
  get declaresAny(): boolean {
    return false;
  }

  /** Somebody is thinking about a question of the upstream. */
  get isAsked(): boolean {
    return false;
  }

  /** Takes a question of a legacy server; only called where questions are taken. */
  put(question: PeerQuestion): void {
    question.answer(NO_ANSWER);
  }

  /** Whether an answer is not the end: then the flight has taken it, and is on no link any more. */
  protected goesOn(_message: AnswerMessage): boolean {
    return false;
  }

  /** Takes a notification that is about this request. */
  protected abstract notified(incoming: Incoming): void;
  /** Hears the one end. */
  protected abstract finish(message: Terminal): void;

  /** Takes any notification that came on this request's own stream. */
  heard(incoming: Incoming): void {
    if (this.isSettled) return;
    const event = readPeerEvent(this.host.id, incoming);
    if (event === undefined) this.notified(incoming);
    else if (event !== 'consumed') this.host.tell(event);
  }

  /** Reads one message that came for it; what is none ends it with `upstream_invalid`. */
  receive(bytes: Buffer): Incoming | undefined {
    if (this.isSettled) return undefined;
    const incoming = readMessage(bytes, this.recordDepth);
    if (incoming.kind !== 'invalid') return incoming;
    this.refuse('upstream_invalid', incoming.text);
    return undefined;
  }

  /**
   * Takes the answer. One to a request that was not made ends it with `upstream_invalid`, unless
   * nothing but the answer can have come this way.
   */
  answer(incoming: Incoming, isSurelyOurs = false): void {
    const { kind, view, value, rawId } = incoming;
    if (this.isSettled || (kind !== 'result' && kind !== 'error')) return;
    const hasNoId = kind === 'error' && (rawId === '' || rawId === 'null');
    if (rawId !== this.rawId && !isSurelyOurs && !hasNoId) {
      this.refuse('upstream_invalid', 'It answered a request that was not made.');
      return;
    }
    const era = this.link?.era ?? 'modern';
    const message: AnswerMessage = { kind, era, view, value, edits: [] };
    if (!this.goesOn(message)) this.settle(message);
  }

  /** Its request is answered, and another one will follow. */
  leaveLink(): void {
    this.link?.forget(this);
    this.link = undefined;
    this.line = undefined;
  }

  refuse(reason: Reason, text?: string): void {
    this.settle(new Refusal(reason, text === undefined ? {} : { text }));
  }

  settle(message: Terminal): void {
    if (this.isSettled) return;
    this.isSettled = true;
    if (this.isTimed) this.host.flights.remove(this);
    this.link?.forget(this);
    const outcome = this.judge(message);
    this.host.ended(outcome, this);
    this.finish(outcome);
  }

  /** Its outcome is not wanted any more: the upstream is told, the caller hears why. */
  cancel(why: CancelReason): void {
    this.giveUp(CANCELLED[why]);
  }

  /** The upstream is told that nobody waits any more; the caller hears the reason. */
  protected giveUp(reason: Reason): void {
    if (this.isSettled) return;
    this.refuse(reason);
    this.link?.abandon(this);
  }

  expire(): void {
    this.cancel('expired');
  }

  /** A question that could not be put is the better explanation of an error that follows. */
  private judge(message: Terminal): Terminal {
    return this.unasked !== undefined && isFailure(message) ? this.unasked : message;
  }
}

function isFailure(message: Terminal): boolean {
  if (message.kind === 'error') return true;
  return message.kind === 'result' && isToolError(message);
}

function isToolError({ view, value }: AnswerMessage): boolean {
  return view.raw(view.member(value, 'isError')) === 'true';
}
