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
const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const MAX_FIELDS = 200;
/** However long a peer promises to keep a connection, it is not kept longer than this. */
const MAX_IDLE_MS = 300_000;

/**
 * @param text everything before the empty line, read as Latin-1
 * @returns the head, or a sentence that says what is wrong with it
 */
export function readResponseHead(text: string): ResponseHead | string {
  const lines = text.split('\r\n');
  const [, minor, digits] = STATUS_LINE.exec(lines[0] ?? '') ?? [];
  if (digits === undefined) return 'its answer is not HTTP/1.1';
  if (lines.length > MAX_FIELDS + 1) return `its answer has more than ${MAX_FIELDS} headers`;
  const headers = readFields(lines);
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

function readFields(lines: readonly string[]): Record<string, string | string[]> | string {
  const headers: Record<string, string | string[]> = {};
  Object.setPrototypeOf(headers, null);
  for (let at = 1; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    if (colon <= 0 || !FIELD_NAME.test(name) || !FIELD_VALUE.test(line)) {
      return 'its answer has a header that is not valid';
    }
    const key = name.toLowerCase();
    const value = trimBlanks(line, colon + 1);
    const known = headers[key];
    if (known === undefined) headers[key] = value;
    else headers[key] = typeof known === 'string' ? [known, value] : [...known, value];
  }
  return headers;
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
