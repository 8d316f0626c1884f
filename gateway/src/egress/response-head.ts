/** The head of a response (RFC 9112, sections 4 to 6), read strictly: doubtful framing is refused. */
import type { ResponseHeaders } from './outbound.ts';

export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until_close' };

export interface ResponseHead {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly framing: Framing;
  /** Whether the connection may carry another request afterwards. */
  readonly keepsAlive: boolean;
  /** Idle time the peer promises, milliseconds; -1 where it promises nothing. */
  readonly idleMs: number;
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d{2})(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const FIELD_LINES = /^(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*(?:\r\n|$))*$/;
const MAX_FIELDS = 200;
/** However long a peer promises to keep a connection, it is not kept longer than this. */
const MAX_IDLE_MS = 300_000;

/**
 * @param text everything before the empty line, read as Latin-1
 * @returns the head, or a sentence that says what is wrong with it
 */
export function readResponseHead(text: string): ResponseHead | string {
  const end = text.indexOf('\r\n');
  const [, minor, digits] = STATUS_LINE.exec(end < 0 ? text : text.slice(0, end)) ?? [];
  if (digits === undefined) return 'its answer is not HTTP/1.1';
  const headers = readFields(end < 0 ? '' : text.slice(end + 2));
  if (typeof headers === 'string') return headers;
  const status = Number(digits);
  const framing = framingOf(status, headers);
  if (typeof framing === 'string') return framing;
  const connection = String(headers['connection'] ?? '').toLowerCase();
  const asksToStay = minor === '1' ? !connection.includes('close') : connection === 'keep-alive';
  // RFC 9112, section 6.1: chunks in HTTP/1.0 are faulty framing; nothing may come after them.
  const isDoubtful = minor === '0' && framing.kind === 'chunked';
  return {
    status,
    headers,
    framing,
    keepsAlive: asksToStay && framing.kind !== 'until_close' && !isDoubtful,
    idleMs: promisedIdle(headers['keep-alive']),
  };
}

function readFields(text: string): Record<string, string | string[]> | string {
  if (!FIELD_LINES.test(text) || text.endsWith('\r\n')) {
    return 'its answer has a header that is not valid';
  }
  const headers: Record<string, string | string[]> = {};
  let count = 0;
  let at = 0;
  while (at < text.length) {
    if (++count > MAX_FIELDS) return `its answer has more than ${MAX_FIELDS} headers`;
    const next = text.indexOf('\r\n', at);
    const end = next < 0 ? text.length : next;
    const colon = text.indexOf(':', at);
    const key = text.slice(at, colon).toLowerCase();
    const value = trimBlanks(text.slice(colon + 1, end), 0);
    if (headers[key] === undefined) headers[key] = value;
    else addAgain(headers, key, value);
    at = end + 2;
  }
  return headers;
}

/** A header that came before, or one whose name objects have by nature, which nobody asks for. */
function addAgain(headers: Record<string, string | string[]>, key: string, value: string): void {
  if (!Object.hasOwn(headers, key)) return;
  const known = headers[key] ?? [];
  headers[key] = typeof known === 'string' ? [known, value] : [...known, value];
}

/** Spaces and tabs only: trim() would also take a Latin-1 no-break space for one. */
function trimBlanks(line: string, from: number): string {
  let start = from;
  let end = line.length;
  while (start < end && isBlank(line.charCodeAt(start))) start++;
  while (end > start && isBlank(line.charCodeAt(end - 1))) end--;
  return line.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function framingOf(status: number, headers: ResponseHeaders): Framing | string {
  if (status === 204 || status === 304 || status < 200) return { kind: 'none' };
  const encoding = headers['transfer-encoding'];
  const length = headers['content-length'];
  if (encoding !== undefined) {
    if (length !== undefined) return 'its answer is framed in two ways';
    const isChunked = typeof encoding === 'string' && encoding.toLowerCase() === 'chunked';
    return isChunked ? { kind: 'chunked' } : 'its answer has a transfer coding that is not known';
  }
  if (length === undefined) return { kind: 'until_close' };
  if (typeof length !== 'string' || !/^\d{1,15}$/.test(length)) {
    return 'its answer has a length that is not valid';
  }
  return { kind: 'length', bytes: Number(length) };
}

function promisedIdle(value: string | string[] | undefined): number {
  const seconds = typeof value === 'string' ? /timeout=(\d{1,6})/.exec(value)?.[1] : undefined;
  return seconds === undefined ? -1 : Math.min(Number(seconds) * 1000, MAX_IDLE_MS);
}
