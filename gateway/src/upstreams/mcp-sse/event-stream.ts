/** The long answer to a GET on which a server of 2024-11-05 says everything (HTTP with SSE). */
import type { ResponseControl, ResponseHandler, ResponseHeaders } from '../../egress/index.ts';
import { Refusal } from '../../kernel/index.ts';
import { bodyKind, refusalOfError, refusalOfStatus } from '../mcp-http/answers.ts';
import { SseReader } from '../mcp-http/sse-reader.ts';

export interface StreamEnds {
  /** The server named the address that takes messages; it may say so more than once. */
  named(address: string): void;
  /** One event that should be a message. */
  message(data: Buffer): void;
  /** The stream is over, or there never was one; nothing comes after this. */
  ended(why: Refusal): void;
}

const OVER = new Error('the session is over');
/** Longer addresses are nobody's. */
const MAX_ADDRESS_BYTES = 4096;

export class EventStream implements ResponseHandler {
  private readonly maxEventBytes: number;
  private readonly ends: StreamEnds;
  private control: ResponseControl | undefined;
  private reader: SseReader | undefined;
  private isOver = false;

  /** @param maxEventBytes bound on what is held for one event */
  constructor(maxEventBytes: number, ends: StreamEnds) {
    this.maxEventBytes = maxEventBytes;
    this.ends = ends;
  }

  /** Ends it from our side; `ended` hears nothing of it. */
  close(): void {
    this.isOver = true;
    this.control?.abort(OVER);
  }

  onRequestStart(control: ResponseControl): void {
    this.control = control;
    if (this.isOver) control.abort(OVER);
  }

  onResponseStart(_control: ResponseControl, status: number, headers: ResponseHeaders): void {
    if (status !== 200) this.fail(refusalOfStatus(status, headers));
    else if (bodyKind(headers) === 'stream') this.reader = new SseReader(this.maxEventBytes, this);
    else this.fail(invalid('It answered a GET with no event stream.'));
  }

  onResponseData(_control: ResponseControl, chunk: Buffer): void {
    if (this.isOver || this.reader?.push(chunk) !== false) return;
    this.fail(invalid(`It sent an event of more than ${this.maxEventBytes} bytes.`));
  }

  onResponseEnd(): void {
    this.end(new Refusal('upstream_closed', { text: 'It ended its stream.' }));
  }

  onResponseError(_control: ResponseControl | null, error: Error): void {
    this.end(refusalOfError(error, this.control !== undefined));
  }

  onData(data: Buffer): void {
    if (!this.isOver) this.ends.message(data);
  }

  onOther(type: string, data: Buffer): void {
    if (this.isOver || type !== 'endpoint') return;
    this.ends.named(data.length > MAX_ADDRESS_BYTES ? '' : data.toString('utf8'));
  }

  private fail(why: Refusal): void {
    this.end(why);
    this.control?.abort(OVER);
  }

  private end(why: Refusal): void {
    if (this.isOver) return;
    this.isOver = true;
    this.ends.ended(why);
  }
}

function invalid(text: string): Refusal {
  return new Refusal('upstream_invalid', { text });
}
