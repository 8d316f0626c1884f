const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const NOTHING = Buffer.alloc(0);
const FIRST_CAPACITY = 4096;

/**
 * One message as it goes to a child: its bytes and a newline (MCP transports, stdio). A line break
 * inside a message can only be white space between JSON tokens; it becomes a space, so that nobody
 * can smuggle a second message to a child that others share. A carriage return too: readers with
 * universal newlines take it for the end of a line.
 */
export function frame(message: Buffer): Buffer {
  const framed = Buffer.allocUnsafe(message.length + 1);
  message.copy(framed);
  framed[message.length] = NEWLINE;
  for (const byte of [NEWLINE, RETURN]) {
    let at = framed.indexOf(byte);
    while (at !== -1 && at < message.length) {
      framed[at] = SPACE;
      at = framed.indexOf(byte, at + 1);
    }
  }
  return framed;
}

export interface LineReaderOptions {
  /** The longest line that is taken, without its newline. */
  readonly maxMessageBytes: number;
  /** A line that begins with `{`, or with `[{` (a batch of 2025-03-26). The bytes belong to the receiver. */
  readonly onMessage: (bytes: Buffer) => void;
  /** Any other line that is not blank: a sloppy server's log. */
  readonly onNoise: (bytes: Buffer) => void;
  /** A line is longer than allowed; called once, nothing is read after it. */
  readonly onOversize: () => void;
}

/**
 * Cuts a byte stream into lines. Time is linear in the bytes however they are cut into chunks, and
 * memory stays below twice the longest line.
 */
export class LineReader {
  private readonly options: LineReaderOptions;
  private pending: Buffer = NOTHING;
  private pendingBytes = 0;
  private closed = false;

  constructor(options: LineReaderOptions) {
    this.options = options;
  }

  push(chunk: Buffer): void {
    let start = 0;
    while (!this.closed) {
      const newline = chunk.indexOf(NEWLINE, start);
      const piece = chunk.subarray(start, newline === -1 ? chunk.length : newline);
      if (this.pendingBytes + piece.length > this.options.maxMessageBytes) {
        this.closed = true;
        this.release();
        this.options.onOversize();
        return;
      }
      if (newline === -1) {
        this.keep(piece);
        return;
      }
      start = newline + 1;
      this.line(this.pendingBytes === 0 ? piece : this.complete(piece));
    }
  }

  /** The stream is over; an unfinished line counts as noise, because it may be cut. */
  end(): void {
    if (this.closed) return;
    this.closed = true;
    const rest = this.release();
    if (rest.length > 0) this.options.onNoise(rest);
  }

  private complete(piece: Buffer): Buffer {
    this.keep(piece);
    return this.release();
  }

  private keep(piece: Buffer): void {
    const neededBytes = this.pendingBytes + piece.length;
    if (neededBytes > this.pending.length) {
      const grown = Buffer.allocUnsafe(
        Math.max(neededBytes, this.pending.length * 2, FIRST_CAPACITY),
      );
      this.pending.copy(grown, 0, 0, this.pendingBytes);
      this.pending = grown;
    }
    piece.copy(this.pending, this.pendingBytes);
    this.pendingBytes = neededBytes;
  }

  private release(): Buffer {
    const bytes = this.pending.subarray(0, this.pendingBytes);
    this.pending = NOTHING;
    this.pendingBytes = 0;
    return bytes;
  }

  private line(raw: Buffer): void {
    const line = raw[raw.length - 1] === RETURN ? raw.subarray(0, raw.length - 1) : raw;
    let at = 0;
    while (line[at] === SPACE || line[at] === TAB) at += 1;
    if (at === line.length) return;
    const open = line[at] === OPEN_BRACKET ? line[at + 1] : line[at];
    if (open === OPEN_BRACE) this.options.onMessage(line);
    else this.options.onNoise(line);
  }
}
