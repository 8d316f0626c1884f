/** The head of a request. Nothing that a header's value holds can become another header. */
import type { OutboundRequest } from './outbound.ts';

/**
 * @param host the authority of the origin, for `Host`
 * @returns the head with its empty line, as Latin-1 text; undefined where a path, name or value has
 *   a character that would end its line or cannot stand in it
 */
export function writeRequestHead(request: OutboundRequest, host: string): string | undefined {
  const { method, path, headers, body } = request;
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n`;
  for (let at = 0; at + 1 < headers.length; at += 2)
    head += `${headers[at]}: ${headers[at + 1]}\r\n`;
  if (body !== null) head += `content-length: ${body.length}\r\n`;
  head += '\r\n';
  const lines = 3 + headers.length / 2 + (body === null ? 0 : 1);
  return isSound(head, lines) ? head : undefined;
}

/** As many line ends as lines were written, and no other control or wide character. */
function isSound(head: string, lines: number): boolean {
  return (
    count(head, '\r\n') === lines &&
    count(head, '\r') === lines &&
    count(head, '\n') === lines &&
    !UNSOUND.test(head)
  );
}

function count(text: string, part: string): number {
  let found = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) found++;
  return found;
}

const UNSOUND = /[^\t\r\n\x20-\x7e\x80-\xff]/;
