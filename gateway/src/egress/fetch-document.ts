/** Documents by address: bounded, guarded; headers of the asker's go to the one origin that was asked. */
import type { Clock } from '../kernel/index.ts';
import type { AddressRules, FindAddresses } from './address-guard.ts';
import { askAddress, type Answered } from './ask-address.ts';
import { safeAddress } from './failure-words.ts';
import type { ResponseHeaders, WayOut } from './outbound.ts';

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
    const leftMs = endsMs - options.clock.nowMs();
    if (leftMs <= 0) return fault(safeAddress(url), 'it did not answer in time');
    const own = url.origin === origin ? (options.headers ?? []) : [];
    const answered = await get(url, own, options, leftMs);
    const next = redirectOf(answered, url);
    if (next === undefined) return judge(answered, url);
    if (url.protocol === 'https:' && next?.protocol === 'http:') {
      return fault(safeAddress(url), 'it redirects from https to http');
    }
    url = next;
  }
  return fault(location, `it redirects more than ${MAX_REDIRECTS} times`);
}

function get(
  url: URL,
  own: readonly string[],
  options: FetchOptions,
  timeoutMs: number,
): Promise<Answered> {
  const { etag = '' } = options;
  const headers = [...own];
  if (own.every((name, at) => at % 2 === 1 || name !== 'accept')) headers.push('accept', '*/*');
  if (etag !== '') headers.push('if-none-match', etag);
  return askAddress(url, { method: 'GET', headers, body: null }, { ...options, timeoutMs });
}

/** @returns undefined where it is no redirect, null where it leads nowhere */
function redirectOf({ status, headers }: Answered, from: URL): URL | null | undefined {
  if (!REDIRECTS.has(status)) return undefined;
  const to = headers['location'];
  return typeof to === 'string' ? URL.parse(to, from.href) : null;
}

function judge({ status, headers, bytes, fault: why }: Answered, url: URL): Fetched {
  const address = safeAddress(url);
  if (status === 304) return { kind: 'unchanged' };
  if (status !== 0 && status !== 200) return fault(address, `it answered with HTTP ${status}`);
  if (why !== '') return fault(address, why);
  const { etag } = headers;
  return {
    kind: 'document',
    bytes,
    location: url.href,
    etag: typeof etag === 'string' ? etag : '',
    headers,
  };
}

function fault(address: string, why: string): Fetched {
  return { kind: 'fault', text: `${address} cannot be read: ${why}` };
}
