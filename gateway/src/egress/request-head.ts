/** The head of a request. Nothing that a header's value holds can become another header. */
import type { OutboundRequest } from './outbound.ts';

/** Request line and header lines, in characters that may stand there. */
const HEAD =
  /^(?!CONNECT )[!#$%&'*+.^_`|~0-9A-Za-z-]+ \/[!-~]* HTTP\/1\.1\r\n(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+: [\t\x20-\x7e\x80-\xff]*\r\n)+$/;

/** Different heads that one origin is sent within a short time, and that are remembered as good. */
const MAX_KNOWN = 256;
/** Longer ones are looked at each time. */
const MAX_KNOWN_CHARS = 2048;

/** Writes the heads of requests to one origin; what was written before is not looked at again. */
export class RequestHeads {
  private readonly host: string;
  /** Lines by head: the same text can be made of fewer headers, one of which holds a line end. */
  private readonly known = new Map<string, number>();
  private last = '';
  private lastLines = 0;

  /** @param host the authority of the origin, for `Host` */
  constructor(host: string) {
    this.host = host;
  }

  /**
   * @returns the head with its empty line, as Latin-1 text; undefined where a path, name or value has
   *   a character that would end its line or cannot stand in it
   */
  write(request: OutboundRequest): string | undefined {
    const { method, path, headers, body } = request;
    let head = `${method} ${path} HTTP/1.1\r\nhost: ${this.host}\r\n`;
    for (let at = 0; at + 1 < headers.length; at += 2) {
      const name = headers[at] ?? '';
      if (name.includes(':')) return undefined;
      head += `${name}: ${headers[at + 1]}\r\n`;
    }
    const lines = 2 + headers.length / 2;
    if (head !== this.last || lines !== this.lastLines) {
      if (this.known.get(head) !== lines && !this.learn(head, lines)) return undefined;
      this.last = head;
      this.lastLines = lines;
    }
    return body === null ? `${head}\r\n` : `${head}content-length: ${body.length}\r\n\r\n`;
  }

  private learn(head: string, lines: number): boolean {
    if (!HEAD.test(head) || countLines(head) !== lines) return false;
    if (head.length > MAX_KNOWN_CHARS) return true;
    if (this.known.size >= MAX_KNOWN) this.known.clear();
    this.known.set(head, lines);
    return true;
  }
}

/** As many lines as were written: a value that holds a whole line of its own gives more. */
function countLines(head: string): number {
  let lines = 0;
  for (let at = head.indexOf('\n'); at >= 0; at = head.indexOf('\n', at + 1)) lines++;
  return lines;
}
