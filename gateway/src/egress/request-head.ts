/** The head of a request. Nothing that a header's value holds can become another header. */
import type { OutboundRequest } from './outbound.ts';

/** Request line, header lines and the empty line, in characters that may stand there. */
const HEAD =
  /^(?!CONNECT )[!#$%&'*+.^_`|~0-9A-Za-z-]+ \/[!-~]* HTTP\/1\.1\r\n(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+: [\t\x20-\x7e\x80-\xff]*\r\n)+\r\n$/;

/**
 * @param host the authority of the origin, for `Host`
 * @returns the head with its empty line, as Latin-1 text; undefined where a path, name or value has
 *   a character that would end its line or cannot stand in it
 */
export function writeRequestHead(request: OutboundRequest, host: string): string | undefined {
  const { method, path, headers, body } = request;
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n`;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? '';
    if (name.includes(':')) return undefined;
    head += `${name}: ${headers[at + 1]}\r\n`;
  }
  if (body !== null) head += `content-length: ${body.length}\r\n`;
  head += '\r\n';
  const lines = 3 + headers.length / 2 + (body === null ? 0 : 1);
  return HEAD.test(head) && countLines(head) === lines ? head : undefined;
}

/** As many lines as were written: a value that holds a whole line of its own gives more. */
function countLines(head: string): number {
  let lines = 0;
  for (let at = head.indexOf('\n'); at >= 0; at = head.indexOf('\n', at + 1)) lines++;
  return lines;
}
