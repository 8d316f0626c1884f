/** What openid-client sends goes through the guarded way out: bounded, never by way of a redirect. */
import type { CustomFetch, CustomFetchOptions } from 'openid-client';
import { askAddress, safeAddress, type ResponseHeaders, type WayOut } from '../egress/index.ts';
import type { Clock } from '../kernel/index.ts';

/** A provider cannot be asked; the message says why, without secrets. */
export class Unreachable extends TypeError {}

const MAX_BYTES = 512 * 1024;
const TIMEOUT_MS = 5000;
/** Statuses whose answers have no body. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * @param allow hosts that the operator named; they may be private
 * @param wayOut straight there where left out
 */
export function guardedFetch(allow: readonly string[], clock: Clock, wayOut?: WayOut): CustomFetch {
  return async (address, { method, headers, body, signal }) => {
    const url = new URL(address);
    const answered = await askAddress(
      url,
      { method, headers: headersOf(headers), body: bodyOf(body) },
      {
        allow,
        maxBytes: MAX_BYTES,
        timeoutMs: TIMEOUT_MS,
        clock,
        wayOut,
        ...(signal ? { signal } : {}),
      },
    );
    return responseOf(answered, safeAddress(url));
  };
}

function headersOf(headers: CustomFetchOptions['headers']): string[] {
  return [...new Headers(headers)].flatMap(([name, value]) =>
    name === 'content-length' || name === 'accept-encoding' ? [] : [name, value],
  );
}

function bodyOf(body: CustomFetchOptions['body']): Buffer | null {
  if (body === undefined || body === null) return null;
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof URLSearchParams) return Buffer.from(body.toString());
  if (body instanceof Uint8Array || body instanceof ArrayBuffer)
    return Buffer.from(new Uint8Array(body));
  throw new TypeError('a body that is a stream is not sent');
}

function responseOf(
  { status, headers, bytes, fault }: Awaited<ReturnType<typeof askAddress>>,
  shown: string,
): Response {
  if (fault !== '') throw new Unreachable(`${shown} cannot be asked: ${fault}`);
  if (status < 200 || status > 599) throw new Unreachable(`${shown} answered with HTTP ${status}`);
  return new Response(WITHOUT_BODY.has(status) ? null : new Uint8Array(bytes), {
    status,
    headers: pairsOf(headers),
  });
}

function pairsOf(headers: ResponseHeaders): [string, string][] {
  return Object.entries(headers).flatMap(([name, value = []]) =>
    [value].flat().map((each): [string, string] => [name, each]),
  );
}
