/** A request that the gateway makes for itself: lists, sessions, subscriptions. */
import type { AnswerMessage, Terminal } from '../../kernel/index.ts';
import { Refusal } from '../../kernel/index.ts';
import { Flight, type FlightHost, type Link } from './flight.ts';
import type { Incoming } from './message.ts';
import { encodeOwn } from './outgoing.ts';

export interface OwnRequest {
  readonly method: string;
  /** Members of `params` as JSON text without braces; '' for none. */
  readonly params: string;
  /** Longest answer, bytes. */
  readonly maxBytes: number;
  readonly recordDepth?: number;
}

export type OwnAnswer = AnswerMessage | Refusal;

export class OwnFlight extends Flight {
  readonly method: string;
  readonly logLevel = '';
  private readonly params: string;
  private readonly onEnd: (answer: OwnAnswer) => void;

  constructor(host: FlightHost, request: OwnRequest, onEnd: (answer: OwnAnswer) => void) {
    super(host, request.maxBytes, request.recordDepth);
    this.method = request.method;
    this.params = request.params;
    this.onEnd = onEnd;
  }

  encode(link: Link): Buffer {
    const revision = link.era === 'modern' ? link.revision : '';
    return encodeOwn(this.rawId, this.method, this.params, revision, this.host.clientInfo);
  }

  /** None of our own methods has a header of its own. */
  pushHeaders(): void {}

  /** Nothing was asked for but the answer. */
  protected override notified(_incoming: Incoming): void {}

  protected override finish(message: Terminal): void {
    const isAnswer =
      message.kind === 'result' || message.kind === 'error' || message instanceof Refusal;
    this.onEnd(isAnswer ? message : new Refusal('internal'));
  }
}

/** Asks and waits; a cancelled `signal` ends the flight with `cancelled`. Never rejects. */
export function ask(
  host: FlightHost,
  link: Link,
  request: OwnRequest,
  signal?: AbortSignal,
): Promise<OwnAnswer> {
  return new Promise((resolve) => {
    const flight = new OwnFlight(host, request, (answer) => {
      signal?.removeEventListener('abort', cancel);
      resolve(answer);
    });
    const cancel = (): void => flight.cancel('cancelled');
    if (signal?.aborted === true) {
      cancel();
      return;
    }
    signal?.addEventListener('abort', cancel, { once: true });
    link.send(flight);
  });
}
