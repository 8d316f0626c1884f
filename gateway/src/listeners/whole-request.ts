/**
 * Reading the ordinary request: one POST that has arrived whole, in plain characters, with every
 * header once and a Content-Length that fits exactly. Whatever is not exactly that is left to
 * node:http, so that there is nothing here to be lenient about.
 */
import type { Head } from '../kernel/index.ts';
import type { Callers } from './callers.ts';
import type { Peer } from './peer.ts';

/** Request line and header lines of RFC 9112 without any of its liberties. */
const PLAIN_HEAD = /^POST (\/[!-~]*) HTTP\/1\.1\r\n(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~]*\r\n)+$/;

const END_OF_HEAD = Buffer.from('\r\n\r\n');

/**
 * Headers that change how a message is framed or what the connection is, and the one that node:http
 * reads as a list even when it comes once.
 */
const SPECIAL = [
  'transfer-encoding',
  'expect',
  'upgrade',
  'te',
  'trailer',
  'set-cookie',
  'proxy-connection',
] as const;

export interface WholeRequest {
  readonly head: Head;
  readonly body: Buffer;
}

/** A head as it came, and what was read in it. */
interface KnownHead {
  readonly text: string;
  readonly head: Head;
  readonly bodyBytes: number;
  /** Whose request it was taken for, and by which configuration. */
  readonly callers: Callers;
}

/** Reads the requests of one connection. A client's next head is most often its last one again. */
export class WholeReader {
  private readonly maxHeadBytes: number;
  private readonly isLeft: (path: string) => boolean;
  private known: KnownHead | undefined;

  /** @param isLeft whether requests to a path are left to node:http, ordinary as they may be */
  constructor(maxHeadBytes: number, isLeft: (path: string) => boolean) {
    this.maxHeadBytes = maxHeadBytes;
    this.isLeft = isLeft;
  }

  /** @returns the request, or undefined where the bytes are anything but one ordinary request */
  read(bytes: Buffer, peer: Peer, callers: Callers): WholeRequest | undefined {
    const end = bytes.indexOf(END_OF_HEAD);
    if (end < 0 || end > this.maxHeadBytes) return undefined;
    const text = bytes.toString('latin1', 0, end + 2);
    const isKnown = this.known?.text === text && this.known.callers === callers;
    const known = isKnown ? this.known : readHead(text, peer, callers);
    if (known === undefined) return undefined;
    if (known !== this.known && this.isLeft(known.head.path)) return undefined;
    this.known = known;
    const bodyStart = end + END_OF_HEAD.length;
    if (bytes.length !== bodyStart + known.bodyBytes) return undefined;
    return { head: known.head, body: bytes.subarray(bodyStart) };
  }
}

function readHead(text: string, peer: Peer, callers: Callers): KnownHead | undefined {
  const path = PLAIN_HEAD.exec(text)?.[1];
  if (path === undefined) return undefined;
  const headers = readHeaders(text);
  const length = headers?.['content-length'];
  if (headers === undefined || length === undefined || !/^\d{1,10}$/.test(length)) return undefined;
  const query = path.indexOf('?');
  const head: Head = {
    httpMethod: 'POST',
    path: query < 0 ? path : path.slice(0, query),
    query: query < 0 ? '' : path.slice(query + 1),
    headers,
    ...callers.callerOf(peer, headers),
  };
  return { text, head, bodyBytes: Number(length), callers };
}

/**
 * Undefined where a header comes twice or means more than this reader knows. A name that objects
 * have by nature (`constructor`, `__proto__`) counts as one that came before.
 */
function readHeaders(text: string): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  let at = text.indexOf('\r\n') + 2;
  while (at < text.length) {
    const end = text.indexOf('\r\n', at);
    const colon = text.indexOf(':', at);
    const name = text.slice(at, colon).toLowerCase();
    if (headers[name] !== undefined) return undefined;
    headers[name] = text.slice(colon + 1, end).trim();
    at = end + 2;
  }
  for (const name of SPECIAL) {
    if (headers[name] !== undefined) return undefined;
  }
  const connection = headers['connection'];
  const isUsual = connection === undefined || connection.toLowerCase() === 'keep-alive';
  return isUsual ? headers : undefined;
}
