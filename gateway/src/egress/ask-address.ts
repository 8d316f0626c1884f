/**
 * One request to an address that others may steer, over a connection of its own: guarded, bounded, in
 * plain bytes. Redirects are not followed.
 */
import {
  addressFault,
  guardedLookup,
  type AddressRules,
  type FindAddresses,
} from './address-guard.ts';
import { ask, type Asked, type AskOptions } from './ask.ts';
import { failureWords } from './failure-words.ts';
import { openPool } from './http-pool.ts';
import type { OutboundRequest, ResponseHeaders, WayOut } from './outbound.ts';

export interface AskAddressOptions extends AddressRules, Omit<AskOptions, 'isEnough'> {
  readonly find?: FindAddresses | undefined;
  /** Straight there where left out. */
  readonly wayOut?: WayOut | undefined;
}

export interface Answered {
  /** 0 where there was no answer. */
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly bytes: Buffer;
  /** Why there is no answer, or none that may be used; without the address. '' where there is one. */
  readonly fault: string;
}

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Hosts that are not in `allow` are asked only at public addresses. Never rejects.
 * @param request its headers beside those of the connection, names in lower case
 */
export async function askAddress(
  url: URL,
  request: Omit<OutboundRequest, 'path'>,
  options: AskAddressOptions,
): Promise<Answered> {
  const why = addressFault(url, options);
  if (why !== undefined) return unanswered(why);
  const pool = openPool(url.origin, {
    connectTimeoutMs: Math.min(CONNECT_TIMEOUT_MS, options.timeoutMs),
    maxConnections: 1,
    lookup: guardedLookup(url, options, options.find),
    wayOut: options.wayOut,
  });
  const headers = [...request.headers, 'accept-encoding', 'identity', 'connection', 'close'];
  const path = url.pathname + url.search;
  try {
    return answeredBy(await ask(pool, { ...request, path, headers }, options), options.maxBytes);
  } finally {
    await pool.destroy();
  }
}

function answeredBy(asked: Asked, maxBytes: number): Answered {
  if (asked.kind === 'failure') return unanswered(failureWords(asked.error));
  const { status, headers, bytes, cut } = asked;
  const answered = { status, headers, bytes };
  if (cut === 'bytes') return { ...answered, fault: `it is longer than ${maxBytes} bytes` };
  if (cut === 'time') return { ...answered, fault: 'it was not over in time' };
  const coding = String(headers['content-encoding'] ?? 'identity').toLowerCase();
  const fault = coding === 'identity' ? '' : 'it is compressed although that was not asked for';
  return { ...answered, fault };
}

function unanswered(fault: string): Answered {
  return { status: 0, headers: {}, bytes: Buffer.alloc(0), fault };
}
