/** Documents by address: bounded, guarded; headers of the asker's go to the one origin that was asked. */
import type { Clock } from '../kernel/index.ts';
import { AddressRefused, addressFault, guardedLookup } from './address-guard.ts';
import type { AddressRules, FindAddresses } from './address-guard.ts';
import { ask, type Asked } from './ask.ts';
import { openPool } from './http-pool.ts';
import { InvalidResponse, type ResponseHeaders, type WayOut } from './outbound.ts';
import { TlsUnusable } from './outbound-tls.ts';
import { ProxyRefused } from './proxies.ts';

export interface FetchOptions extends AddressRules {
  readonly maxBytes: number;
  /** For the whole of it, redirects included. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Entity tag of the copy that is at hand; '' for none. */
  readonly etag?: string;
  /** Names and values in turn, sent to the origin of the address and to no other that it leads to. */
  readonly headers?: readonly string[];
  readonly find?: FindAddresses;
  readonly wayOut?: WayOut | undefined;
}

export type Fetched =
  | {
      readonly kind: 'document';
      readonly bytes: Buffer;
      /** Where it was found in the end. */
      readonly location: string;
      /** '' where it has none. */
      readonly etag: string;
      readonly headers: ResponseHeaders;
    }
  /** The copy at hand is still what stands there. */
  | { readonly kind: 'unchanged' }
  /** What went wrong, in words without credentials. */
  | { readonly kind: 'fault'; readonly text: string };

const MAX_REDIRECTS = 5;
const CONNECT_TIMEOUT_MS = 10_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Reads the document at an http or https address. Hosts that are not in `allow` are asked only at
 * public addresses. A redirect is followed to the same origin, to a public host or to an allowed
 * one, never from https to http, at most five times. Never rejects.
 */
export async function fetchDocument(location: string, options: FetchOptions): Promise<Fetched> {
  const endsMs = options.clock.nowMs() + options.timeoutMs;
  let url = URL.parse(location);
  const origin = url?.origin;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    if (url === null) return fault(location, 'it is not an address');
    const why = addressFault(url, options);
    if (why !== undefined) return fault(safeAddress(url), why);
    const leftMs = endsMs - options.clock.nowMs();
    if (leftMs <= 0) return fault(safeAddress(url), 'it did not answer in time');
    const own = url.origin === origin ? (options.headers ?? []) : [];
    const asked = await get(url, own, options, leftMs);
    const next = redirectOf(asked, url);
    if (next === undefined) return judge(asked, url, options.maxBytes);
    if (url.protocol === 'https:' && next?.protocol === 'http:') {
      return fault(safeAddress(url), 'it redirects from https to http');
    }
    url = next;
  }
  return fault(location, `it redirects more than ${MAX_REDIRECTS} times`);
}

/** An address without what may be a secret in it: user information, query and fragment. */
export function safeAddress(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

async function get(
  url: URL,
  own: readonly string[],
  options: FetchOptions,
  timeoutMs: number,
): Promise<Asked> {
  const pool = openPool(url.origin, {
    connectTimeoutMs: Math.min(CONNECT_TIMEOUT_MS, timeoutMs),
    maxConnections: 1,
    lookup: guardedLookup(url, options, options.find),
    wayOut: options.wayOut,
  });
  const { etag = '' } = options;
  const headers = ['accept-encoding', 'identity', 'connection', 'close', ...own];
  if (own.every((name, at) => at % 2 === 1 || name !== 'accept')) headers.push('accept', '*/*');
  if (etag !== '') headers.push('if-none-match', etag);
  const path = url.pathname + url.search;
  const asked = await ask(
    pool,
    { method: 'GET', path, headers, body: null },
    { ...options, timeoutMs },
  );
  await pool.destroy();
  return asked;
}

/** @returns undefined where it is no redirect, null where it leads nowhere */
function redirectOf(asked: Asked, from: URL): URL | null | undefined {
  if (asked.kind !== 'answer' || !REDIRECTS.has(asked.status)) return undefined;
  const to = asked.headers['location'];
  return typeof to === 'string' ? URL.parse(to, from.href) : null;
}

function judge(asked: Asked, url: URL, maxBytes: number): Fetched {
  const address = safeAddress(url);
  if (asked.kind === 'failure') return fault(address, failureWords(asked.error));
  if (asked.status === 304) return { kind: 'unchanged' };
  if (asked.status !== 200) return fault(address, `it answered with HTTP ${asked.status}`);
  if (asked.cut === 'bytes') return fault(address, `it is longer than ${maxBytes} bytes`);
  if (asked.cut === 'time') return fault(address, 'it was not over in time');
  if (codingOf(asked.headers) !== 'identity') {
    return fault(address, 'it is compressed although that was not asked for');
  }
  const { etag } = asked.headers;
  return {
    kind: 'document',
    bytes: asked.bytes,
    location: url.href,
    etag: typeof etag === 'string' ? etag : '',
    headers: asked.headers,
  };
}

function codingOf(headers: ResponseHeaders): string {
  const coding = headers['content-encoding'];
  return coding === undefined ? 'identity' : String(coding).toLowerCase();
}

/** Errors whose message is for people, and without addresses. */
const SAYS_ENOUGH = [AddressRefused, InvalidResponse, ProxyRefused, TlsUnusable];

/** What became of a request that failed, without addresses. */
export function failureWords(error: Error): string {
  if (SAYS_ENOUGH.some((kind) => error instanceof kind)) return error.message;
  const code = 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens there';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its name is not known';
    case 'ECONNRESET':
      return 'the connection was closed';
    default:
      if (/CERT|SELF_SIGNED|TLS|SSL|ALTNAME/.test(code)) return `TLS failed (${code})`;
      return code === '' ? error.message : `the connection failed (${code})`;
  }
}

function fault(address: string, why: string): Fetched {
  return { kind: 'fault', text: `${address} cannot be read: ${why}` };
}
