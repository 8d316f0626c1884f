/** When an API may be asked again. */
import type { ResponseHeaders } from '../../../../egress/index.ts';
import { headerOf } from './media.ts';

const MAX_MS = 7 * 24 * 3_600_000;

/**
 * `Retry-After` in either form (RFC 9110, section 10.2.3), else when the rate limit is reset, as
 * seconds or as a point in time.
 * @returns milliseconds from now; -1 where nothing is said
 */
export function retryAfterMs(headers: ResponseHeaders, nowMs: number): number {
  const written = headerOf(headers, 'retry-after').trim();
  if (/^\d{1,9}(\.\d+)?$/.test(written)) return bounded(Number(written) * 1000);
  const at = /^[A-Z][a-z]{2}/.test(written) ? Date.parse(written) : Number.NaN;
  if (!Number.isNaN(at)) return bounded(at - nowMs);
  for (const name of ['ratelimit-reset', 'x-ratelimit-reset', 'x-rate-limit-reset']) {
    const reset = headerOf(headers, name).trim();
    if (!/^\d{1,13}$/.test(reset)) continue;
    const seconds = Number(reset);
    // Nobody waits for thirty years: a number this large is a time, in seconds or milliseconds.
    if (seconds < 1e9) return bounded(seconds * 1000);
    return bounded((seconds < 1e11 ? seconds * 1000 : seconds) - nowMs);
  }
  return -1;
}

function bounded(ms: number): number {
  return Math.min(Math.max(0, Math.ceil(ms)), MAX_MS);
}
