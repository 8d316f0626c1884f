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

/** What a flight tells the connector it belongs to. */
export interface FlightHost {
  /** The upstream's id. */
  readonly id: string;
  readonly flights: Flights<Flight>;
  /** Our own Implementation as JSON text. */
  readonly clientInfo: string;
  /** A flight has ended; `message` is what its caller hears. */
  ended(message: Terminal): void;
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
  /** The upstream asked something back while it ran. */
  wasAsked = false;
  /** It was sent a second time already. */
  wasResent = false;
  link: Link | undefined = undefined;
  /** Ends what the link does for it; set by links that have something to end. */
  line: { abort(): void } | undefined = undefined;
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
    this.settle({ kind, era, view, value, edits: [] });
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
    this.host.ended(outcome);
    this.finish(outcome);
  }

  /** Its outcome is not wanted any more: the upstream is told, the caller hears why. */
  cancel(why: CancelReason): void {
    if (this.isSettled) return;
    this.refuse(CANCELLED[why]);
    this.link?.abandon(this);
  }

  expire(): void {
    this.cancel('expired');
  }

  /** A question that could not be passed on is the better explanation of an error that follows. */
  private judge(message: Terminal): Terminal {
    if (!this.wasAsked || message.kind === 'local') return message;
    return isFailure(message) ? new Refusal('interaction_unsupported') : message;
  }
}

function isFailure(message: Terminal): boolean {
  if (message.kind === 'error') return true;
  return message.kind === 'result' && isToolError(message);
}

function isToolError({ view, value }: AnswerMessage): boolean {
  return view.raw(view.member(value, 'isError')) === 'true';
}
