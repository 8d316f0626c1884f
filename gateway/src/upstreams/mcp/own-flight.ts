/** A request that the gateway makes for itself: lists, sessions, subscriptions. */
import type { AnswerMessage, Terminal } from '../../kernel/index.ts';
import { Refusal } from '../../kernel/index.ts';
import { Flight, type FlightHost, type Link } from './flight.ts';
import type { Incoming } from './message.ts';
import { encodeMirrored } from './mirrored.ts';
import { encodeOwn } from './outgoing.ts';

export interface OwnRequest {
  readonly method: string;
  /** Members of `params` as JSON text without braces; '' for none. */
  readonly params: string;
  /** Longest answer, bytes. */
  readonly maxBytes: number;
  readonly recordDepth?: number;
  /** What `Mcp-Name` says; without it there is no such header. */
  readonly name?: string;
  /** Capabilities that a modern server is told of, JSON text; none without it. */
  readonly capabilities?: string;
}

export type OwnAnswer = AnswerMessage | Refusal;

export class OwnFlight extends Flight {
  readonly method: string;
  readonly logLevel = '';
  private readonly request: OwnRequest;
  private readonly onEnd: (answer: OwnAnswer) => void;

  constructor(host: FlightHost, request: OwnRequest, onEnd: (answer: OwnAnswer) => void) {
    super(host, request.maxBytes, request.recordDepth);
    this.method = request.method;
    this.request = request;
    this.onEnd = onEnd;
  }

  encode(link: Link): Buffer {
    const revision = link.era === 'modern' ? link.revision : '';
    const { method, params, capabilities } = this.request;
    const { clientInfo } = this.host;
    return encodeOwn(this.rawId, method, params, revision, clientInfo, capabilities);
  }

  pushHeaders(out: string[]): void {
    const { name } = this.request;
    if (name !== undefined) out.push('Mcp-Name', encodeMirrored(name));
  }

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
