/** Lines of standard input, each no longer than a message may be. */

const LINE_END = 0x0a;

export class LineReader {
  private readonly maxBytes: number;
  private readonly onLine: (line: Buffer) => void;
  private readonly onTooLong: () => void;
  private parts: Buffer[] = [];
  private size = 0;

  /** @param onTooLong a line was longer than `maxBytes`, and has been dropped */
  constructor(maxBytes: number, onLine: (line: Buffer) => void, onTooLong: () => void) {
    this.maxBytes = maxBytes;
    this.onLine = onLine;
    this.onTooLong = onTooLong;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_END, from);
      if (end < 0) break;
      this.keep(chunk.subarray(from, end));
      this.flush();
      from = end + 1;
    }
    this.keep(chunk.subarray(from));
  }

  /** The input has ended; what stands behind the last line end counts as a line. */
  end(): void {
    this.flush();
  }

  private keep(part: Buffer): void {
    this.size += part.length;
    if (this.size > this.maxBytes) this.parts = [];
    else if (part.length > 0) this.parts.push(part);
  }

  private flush(): void {
    const { parts, size } = this;
    this.parts = [];
    this.size = 0;
    if (size > this.maxBytes) return this.onTooLong();
    const [first] = parts;
    if (first === undefined) return;
    const line = parts.length === 1 ? first : Buffer.concat(parts);
    if (line.some((byte) => byte > 0x20)) this.onLine(line);
  }
}
