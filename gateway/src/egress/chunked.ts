/** Reading a chunked body (RFC 9112, section 7.1) as it arrives. */

type State = 'size' | 'data' | 'data_end' | 'trailer' | 'done';

const CR = 0x0d;
const LF = 0x0a;
const MAX_LINE_BYTES = 4096;
const MAX_TRAILER_BYTES = 16 * 1024;

export class ChunkedReader {
  private state: State = 'size';
  private line = '';
  private left = 0;
  private trailerBytes = 0;
  private readonly onData: (chunk: Buffer) => void;

  constructor(onData: (chunk: Buffer) => void) {
    this.onData = onData;
  }

  get isDone(): boolean {
    return this.state === 'done';
  }

  /**
   * Hands on what the chunks in `bytes` hold, in one piece: a body in tiny chunks must not become
   * as many buffers.
   * @param bytes the reader's own from now on; it moves what it keeps together
   * @returns how many bytes of `bytes` belong to the body, or -1 where it is not a chunked body;
   *   fewer than all only when it is done
   */
  read(bytes: Buffer): number {
    let at = 0;
    let from = 0;
    let to = 0;
    while (at < bytes.length && this.state !== 'done') {
      if (this.state === 'data') {
        const end = Math.min(bytes.length, at + this.left);
        this.left -= end - at;
        if (this.left === 0) this.state = 'data_end';
        if (from === to) from = to = at;
        if (to !== at) bytes.copyWithin(to, at, end);
        to += end - at;
        at = end;
      } else {
        const end = this.readLine(bytes, at);
        if (end < 0) return -1;
        at = end;
      }
    }
    if (to > from) this.onData(bytes.subarray(from, to));
    return at;
  }

  /** Takes bytes up to the end of a line; acts on it once it is whole. */
  private readLine(bytes: Buffer, from: number): number {
    const end = bytes.indexOf(LF, from);
    const stop = end < 0 ? bytes.length : end + 1;
    this.line += bytes.toString('latin1', from, stop);
    if (this.line.length > MAX_LINE_BYTES) return -1;
    if (end < 0) return stop;
    if (this.line.charCodeAt(this.line.length - 2) !== CR) return -1;
    const line = this.line.slice(0, -2);
    this.line = '';
    return this.take(line) ? stop : -1;
  }

  private take(line: string): boolean {
    switch (this.state) {
      case 'size': {
        const size = /^([0-9a-fA-F]{1,8})[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/.exec(line)?.[1];
        if (size === undefined) return false;
        this.left = Number.parseInt(size, 16);
        this.state = this.left === 0 ? 'trailer' : 'data';
        return true;
      }
      case 'data_end':
        this.state = 'size';
        return line === '';
      default:
        this.trailerBytes += line.length;
        if (line === '') this.state = 'done';
        return this.trailerBytes <= MAX_TRAILER_BYTES;
    }
  }
}
