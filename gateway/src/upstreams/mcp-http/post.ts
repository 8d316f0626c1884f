/** One request on its connection, and the answer as it comes in. */
import type { ResponseControl, ResponseHandler, ResponseHeaders } from '../../egress/index.ts';
import { isBatch } from '../mcp/batch.ts';
import type { Flight } from '../mcp/flight.ts';
import { readMessage } from '../mcp/message.ts';
import { bodyKind, refusalOfError, refusalOfStatus } from './answers.ts';
import { takeEvent, type AskedOwner } from './call-events.ts';
import { SseReader } from './sse-reader.ts';

/** Whose request it is. */
export interface PostOwner extends AskedOwner {
  /** The head of an answer has come. @returns false where the link takes it from here */
  headCame(flight: Flight, status: number, headers: ResponseHeaders): boolean;
  /** A stream that named its last event ended without an answer. @returns whether it goes on */
  resume(flight: Flight, broken: SseReader): boolean;
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

  /** The flight has ended, or something else carries it now. */
  private get isOver(): boolean {
    return this.flight.isSettled || this.flight.line !== this;
  }

  /** Ends it from our side, at the latest when it would begin. */
  abort(): void {
    this.control?.abort(UNWANTED);
  }

  setAside(): void {
    this.control?.setAside();
  }

  onRequestStart(control: ResponseControl): void {
    if (this.isOver) control.abort(UNWANTED);
    else this.control = control;
  }

  onResponseStart(control: ResponseControl, status: number, headers: ResponseHeaders): void {
    const { flight } = this;
    if (this.isOver || !this.owner.headCame(flight, status, headers)) {
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
    if (this.isOver) return;
    if (this.stream !== undefined) {
      if (this.isResumed(this.stream)) return;
      flight.refuse('upstream_closed', 'It ended its stream without an answer.');
      return;
    }
    const body = this.more === undefined ? this.first : Buffer.concat(this.more, this.bytes);
    if (this.status !== 0) this.explainStatus(body ?? NOTHING);
    else {
      this.takeBody(body ?? NOTHING);
      if (this.isOver) return;
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
    if (this.isOver || (this.stream !== undefined && this.isResumed(this.stream))) return;
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

  /** One event of the stream. */
  onData(data: Buffer): void {
    if (this.isOver || !takeEvent(data, this.flight, this.owner)) this.abort();
  }

  private isResumed(broken: SseReader): boolean {
    return broken.lastEventId !== '' && this.owner.resume(this.flight, broken);
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
