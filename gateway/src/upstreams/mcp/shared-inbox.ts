/** What comes on a stream or pipe that all requests of a link share, told apart by their ids. */
import { isArray, isBatch, splitBatch } from './batch.ts';
import type { CallRegister } from './call-register.ts';
import type { FlightHost } from './flight.ts';
import { LIST_DEPTH, readMessage, type Incoming } from './message.ts';
import { readPeerEvent } from './peer-events.ts';

/** The link that a stream belongs to. */
export interface InboxOwner {
  readonly revision: string;
  readonly register: CallRegister;
  /** What is no message at all is passed over: programs print all sorts of things. */
  readonly mayBabble: boolean;
  /** The server asked something. */
  asked(request: Incoming): void;
}

export class SharedInbox {
  private readonly host: FlightHost;
  private readonly owner: InboxOwner;

  constructor(host: FlightHost, owner: InboxOwner) {
    this.host = host;
    this.owner = owner;
  }

  /** Takes one message, or several that were sent together. */
  take(bytes: Buffer): void {
    const { mayBabble, revision } = this.owner;
    if (isBatch(bytes, revision)) for (const part of splitBatch(bytes)) this.takeOne(part);
    else if (!mayBabble || !isArray(bytes)) this.takeOne(bytes);
  }

  private takeOne(bytes: Buffer): void {
    const { register } = this.owner;
    const incoming = readMessage(bytes, LIST_DEPTH);
    switch (incoming.kind) {
      case 'invalid':
        // JSON that is not valid MCP can only be meant for the one who waits.
        if (!incoming.isNoise || !this.owner.mayBabble)
          register.only()?.refuse('upstream_invalid', incoming.text);
        return;
      case 'result':
      case 'error':
        this.answered(incoming, bytes.length);
        return;
      case 'request':
        this.owner.asked(incoming);
        return;
      case 'notification':
        this.told(incoming);
    }
  }

  /** An answer to nobody is one that came too late, or twice. */
  private answered(incoming: Incoming, bytes: number): void {
    const { register } = this.owner;
    const { rawId, kind } = incoming;
    const hasNoId = kind === 'error' && (rawId === '' || rawId === 'null');
    const flight = hasNoId ? register.only() : register.find(rawId);
    if (flight === undefined) return;
    if (bytes <= flight.maxBytes) flight.answer(incoming);
    else {
      const text = `The upstream sent more than ${flight.maxBytes} bytes.`;
      flight.refuse('result_too_large', text);
    }
  }

  private told(incoming: Incoming): void {
    const flight = this.owner.register.concerned(incoming);
    if (flight !== undefined) {
      flight.heard(incoming);
      return;
    }
    const event = readPeerEvent(this.host.id, incoming);
    if (event !== undefined && event !== 'consumed') this.host.tell(event);
  }
}
