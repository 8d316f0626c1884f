/** One request on its connection, and the answer as it comes in. */
import type { ResponseControl, ResponseHandler, ResponseHeaders } from '../../egress/index.ts';
import { isBatch, splitBatch } from '../mcp/batch.ts';
import type { Flight } from '../mcp/flight.ts';
import { readMessage, type Incoming } from '../mcp/message.ts';
import { bodyKind, refusalOfError, refusalOfStatus } from './answers.ts';
import { SseReader } from './sse-reader.ts';

/** Whose request it is. */
export interface PostOwner {
  /** The head of an answer has come. @returns false where the link takes it from here */
  headCame(flight: Flight, status: number, headers: ResponseHeaders): boolean;
  /** The server asked something on the stream of this request. */
  asked(request: Incoming, flight: Flight): void;
}

const NOTHING = Buffer.alloc(0);
const UNWANTED = new Error('nobody waits for the answer');
/** Longest body of an error that is looked at, bytes. */
const MAX_ERROR_BYTES = 256 * 1024;

export class Post implements ResponseHandler {
  private readonly flight: Flight;
  private readonly owner: PostOwner;
  private control: ResponseControl | undefined = undefined;
  private stream: SseReader | undefined = undefined;
  private first: Buffer | undefined = undefined;
  private more: Buffer[] | undefined = undefined;
  private bytes = 0;
  private maxBytes = 0;
  /** The flight is none of its business any more. */
  private isReleased = false;
  /** A status that is not 200, to be explained by the body or by itself. */
  private status = 0;
  private headers: ResponseHeaders | undefined = undefined;

  constructor(flight: Flight, owner: PostOwner) {
    this.flight = flight;
    this.owner = owner;
  }

  /** Whether a byte of it may have been written. */
  get wasStarted(): boolean {
    return this.control !== undefined;
  }

  /** Ends it from our side, at the latest when it would begin. */
  abort(): void {
    this.control?.abort(UNWANTED);
  }

  onRequestStart(control: ResponseControl): void {
    if (this.flight.isSettled) control.abort(UNWANTED);
    else this.control = control;
  }

  onResponseStart(control: ResponseControl, status: number, headers: ResponseHeaders): void {
    const { flight } = this;
    if (flight.isSettled || !this.owner.headCame(flight, status, headers)) {
      this.isReleased = true;
      control.abort(UNWANTED);
      return;
    }
    const kind = bodyKind(headers);
    this.maxBytes = flight.maxBytes;
    if (status !== 200) {
      this.status = status;
      this.headers = headers;
      this.maxBytes = Math.min(MAX_ERROR_BYTES, flight.maxBytes);
      if (kind !== 'json' || status === 401 || status === 403) this.refuseStatus(control);
    } else if (kind === 'stream') {
      this.stream = new SseReader(flight.maxBytes, this);
    } else if (kind === 'other') {
      flight.refuse('upstream_invalid', 'It answered with neither JSON nor an event stream.');
      control.abort(UNWANTED);
    }
  }

  onResponseData(control: ResponseControl, chunk: Buffer): void {
    if (this.stream !== undefined) {
      if (!this.stream.push(chunk)) this.tooLarge(control);
      return;
    }
    this.bytes += chunk.length;
    if (this.bytes > this.maxBytes) {
      if (this.status === 0) this.tooLarge(control);
      else this.refuseStatus(control);
    } else if (this.first === undefined) this.first = chunk;
    else (this.more ??= [this.first]).push(chunk);
  }

  onResponseEnd(): void {
    const { flight } = this;
    if (flight.isSettled) return;
    if (this.stream !== undefined) {
      flight.refuse('upstream_closed', 'It ended its stream without an answer.');
      return;
    }
    const body = this.more === undefined ? this.first : Buffer.concat(this.more, this.bytes);
    if (this.status !== 0) this.explainStatus(body ?? NOTHING);
    else {
      this.takeBody(body ?? NOTHING);
      if (flight.isSettled) return;
      flight.refuse('upstream_invalid', 'It answered with a message that is no answer.');
    }
  }

  /** The JSON-RPC error in the body says more than the status; servers give it any id. */
  private explainStatus(body: Buffer): void {
    const message = readMessage(body, this.flight.recordDepth);
    if (message.kind === 'error') this.flight.answer(message, true);
    else this.refuseStatus(undefined);
  }

  onResponseError(_control: ResponseControl | null, error: Error): void {
    if (this.isReleased || this.flight.isSettled) return;
    this.flight.settle(refusalOfError(error, this.wasStarted));
  }

  private takeBody(body: Buffer): void {
    const { flight } = this;
    if (isBatch(body, flight.link?.revision)) {
      this.onData(body);
      return;
    }
    const incoming = flight.receive(body);
    if (incoming?.kind === 'result' || incoming?.kind === 'error') flight.answer(incoming);
  }

  /** One event of the stream: a message, or several that were sent together. */
  onData(data: Buffer): void {
    if (!isBatch(data, this.flight.link?.revision)) this.take(data);
    else for (const part of splitBatch(data)) this.take(part);
  }

  private take(data: Buffer): void {
    const { flight } = this;
    const incoming = flight.receive(data);
    if (incoming === undefined) {
      this.abort();
      return;
    }
    switch (incoming.kind) {
      case 'result':
      case 'error':
        flight.answer(incoming);
        return;
      case 'notification':
        flight.heard(incoming);
        return;
      case 'request':
        this.owner.asked(incoming, flight);
        if (flight.isSettled) this.abort();
    }
  }

  private tooLarge(control: ResponseControl): void {
    const text = `The upstream sent more than ${this.flight.maxBytes} bytes.`;
    this.flight.refuse('result_too_large', text);
    control.abort(UNWANTED);
  }

  private refuseStatus(control: ResponseControl | undefined): void {
    this.flight.settle(refusalOfStatus(this.status, this.headers ?? {}));
    control?.abort(UNWANTED);
  }
}
