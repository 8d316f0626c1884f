/** Header lines of answers, made once where they are the same for many. */
import type { Clock, OutHeaders } from '../kernel/index.ts';

const UNSOUND = /[^\t\x20-\x7e\x80-\xff]/;

export class HeadLines {
  private readonly clock: Clock;
  /** By identity: most answers carry the one list that their encoder has for them. */
  private readonly known = new WeakMap<OutHeaders, string>();
  private second = -1;
  private dateLine = '';

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** The `Date` header, made once a second (RFC 9110, section 6.6.1). */
  date(): string {
    const nowMs = this.clock.nowMs();
    const second = Math.floor(nowMs / 1000);
    if (second !== this.second) {
      this.second = second;
      this.dateLine = `date: ${new Date(nowMs).toUTCString()}\r\n`;
    }
    return this.dateLine;
  }

  /** Throws, as node:http does, where a header would end its line: that is a mistake of ours. */
  lines(headers: OutHeaders): string {
    const known = this.known.get(headers);
    if (known !== undefined) return known;
    let text = '';
    for (let at = 0; at + 1 < headers.length; at += 2) {
      const line = `${headers[at]}: ${headers[at + 1]}`;
      if (UNSOUND.test(line)) throw new TypeError(`the header ${headers[at]} is not one line`);
      text += `${line}\r\n`;
    }
    this.known.set(headers, text);
    return text;
  }
}
