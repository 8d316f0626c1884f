/**
 * Server-sent events read from bytes as they come (WHATWG HTML, section 9.2). The data of an event
 * stays bytes: it is neither decoded nor copied where it came in one piece.
 */

export interface SseSink {
  /** The data of one event of the type `message`; the bytes belong to the receiver. */
  onData(data: Buffer): void;
  /** An event of any other type, for who listens to more. */
  onOther?(type: string, data: Buffer): void;
  /** An event of a type, without data. */
  onEmpty?(type: string): void;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const JOINT = Buffer.from('\n');
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const MAX_ID_BYTES = 1024;
/** Counted for every line, so that empty ones do not come for free. */
const LINE_COST_BYTES = 16;

export class SseReader {
  /** The id of the last event that had one, '' before. */
  lastEventId = '';
  /** What the server asked to wait before a reconnect, milliseconds. */
  retryMs: number | undefined;
  private readonly sink: SseSink;
  private readonly maxEventBytes: number;
  private data: Buffer[] = [];
  private type = '';
  private id: string | undefined;
  /** Pieces of a line whose end has not come yet. */
  private pending: Buffer[] = [];
  private heldBytes = 0;
  private afterReturn = false;
  private isFirstLine = true;

  /** @param maxEventBytes bound on what is held for one event */
  constructor(maxEventBytes: number, sink: SseSink) {
    this.maxEventBytes = maxEventBytes;
    this.sink = sink;
  }

  /** Reads on. @returns false where an event is longer than allowed; nothing is read after that */
  push(chunk: Buffer): boolean {
    let at = 0;
    let newline = chunk.indexOf(NEWLINE);
    let carriage = chunk.indexOf(RETURN);
    if (this.afterReturn && chunk.length > 0) {
      this.afterReturn = false;
      if (chunk[0] === NEWLINE) {
        at = 1;
        newline = chunk.indexOf(NEWLINE, 1);
      }
    }
    for (;;) {
      const isReturn = carriage >= 0 && (newline < 0 || carriage < newline);
      const end = isReturn ? carriage : newline;
      if (end < 0) return this.keep(chunk, at);
      this.heldBytes += end - at + LINE_COST_BYTES;
      if (this.heldBytes > this.maxEventBytes) return false;
      this.line(this.complete(chunk, at, end));
      at = end + 1;
      if (isReturn) {
        if (at === chunk.length) this.afterReturn = true;
        else if (chunk[at] === NEWLINE) at++;
        carriage = chunk.indexOf(RETURN, at);
      }
      if (newline < at) newline = chunk.indexOf(NEWLINE, at);
    }
  }

  private keep(chunk: Buffer, from: number): boolean {
    if (from >= chunk.length) return true;
    this.pending.push(chunk.subarray(from));
    this.heldBytes += chunk.length - from;
    return this.heldBytes <= this.maxEventBytes;
  }

  private complete(chunk: Buffer, from: number, to: number): Buffer {
    const piece = chunk.subarray(from, to);
    if (this.pending.length === 0) return piece;
    this.pending.push(piece);
    const whole = Buffer.concat(this.pending);
    this.pending = [];
    return whole;
  }

  private line(received: Buffer): void {
    let line = received;
    if (this.isFirstLine) {
      this.isFirstLine = false;
      if (line.subarray(0, 3).equals(BYTE_ORDER_MARK)) line = line.subarray(3);
    }
    if (line.length === 0) {
      this.dispatch();
      return;
    }
    if (isDataLine(line)) {
      this.data.push(valueOf(line, 4));
      return;
    }
    const colon = line.indexOf(COLON);
    if (colon === 0) return;
    const name = line.toString('latin1', 0, colon < 0 ? line.length : colon);
    this.field(name, valueOf(line, colon < 0 ? line.length : colon));
  }

  private field(name: string, value: Buffer): void {
    if (name === 'event') this.type = value.toString('utf8', 0, 64);
    if (name === 'id' && value.length <= MAX_ID_BYTES && !value.includes(0)) {
      this.id = value.toString('utf8');
    }
    if (name === 'retry') {
      const text = value.toString('latin1', 0, 16);
      if (/^\d{1,9}$/.test(text)) this.retryMs = Number(text);
    }
  }

  private dispatch(): void {
    const { data, type } = this;
    if (this.id !== undefined) this.lastEventId = this.id;
    this.heldBytes = 0;
    this.type = '';
    this.id = undefined;
    this.data = [];
    // An event without data only primes the stream for resumption (2025-11-25, transports).
    if (data.every((line) => line.length === 0)) {
      if (type !== '') this.sink.onEmpty?.(type);
      return;
    }
    if (type === '' || type === 'message') this.sink.onData(joined(data));
    else this.sink.onOther?.(type, joined(data));
  }
}

function joined(lines: readonly Buffer[]): Buffer {
  const [first] = lines;
  if (lines.length === 1 && first !== undefined) return first;
  return Buffer.concat(lines.flatMap((line, at) => (at === 0 ? line : [JOINT, line])));
}

function isDataLine(line: Buffer): boolean {
  return (
    line[0] === 0x64 &&
    line[1] === 0x61 &&
    line[2] === 0x74 &&
    line[3] === 0x61 &&
    (line.length === 4 || line[4] === COLON)
  );
}

/** What stands behind a field's colon, without the one space that may follow it. */
function valueOf(line: Buffer, colon: number): Buffer {
  return line.subarray(line[colon + 1] === SPACE ? colon + 2 : colon + 1);
}
