/** What an HTTP answer without a usable JSON-RPC message means for the caller. */
import { Refusal } from '../../kernel/index.ts';
import { refusalIn } from '../credential-port.ts';
import { InvalidResponse, type ResponseHeaders } from '../../egress/index.ts';

/** Statuses that say nothing about the request: busy, overloaded, in front of it. */
const NOT_NOW: ReadonlySet<number> = new Set([408, 425, 429]);
const MAX_RETRY_SECONDS = 86_400;

/**
 * The refusal for a status other than 200. An upstream's challenge (`WWW-Authenticate`) is for the
 * gateway and never goes to a caller.
 */
export function refusalOfStatus(status: number, headers: ResponseHeaders): Refusal {
  if (status === 401 || status === 403) {
    return new Refusal('upstream_unavailable', {
      text: "The upstream refused the gateway's credentials.",
    });
  }
  if (status >= 500 || NOT_NOW.has(status)) {
    const retryAfterSeconds = readRetryAfter(headers['retry-after']);
    const text = `It answered with HTTP ${status}.`;
    return new Refusal('upstream_unavailable', {
      text,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    });
  }
  if (status >= 300 && status < 400) {
    return new Refusal('upstream_invalid', {
      text: `It answered with a redirect (HTTP ${status}), which is not followed; its address has to be the final one.`,
    });
  }
  return new Refusal('upstream_invalid', {
    text: `It answered with HTTP ${status} and no JSON-RPC message.`,
  });
}

function readRetryAfter(value: string | string[] | undefined): number | undefined {
  if (typeof value !== 'string' || !/^\d{1,6}$/.test(value)) return undefined;
  return Math.min(Number(value), MAX_RETRY_SECONDS);
}

/**
 * The refusal for a broken connection.
 * @param wasStarted whether a byte of the request may have been written
 */
export function refusalOfError(error: Error, wasStarted: boolean): Refusal {
  if (!wasStarted) {
    const refusal = refusalIn(error);
    if (refusal !== undefined) return refusal;
    // The message of a system's error names addresses; its code does not.
    const code = codeOf(error);
    const why = code === '' ? error.message : code;
    return new Refusal('upstream_unavailable', { text: `No connection could be made (${why}).` });
  }
  return error instanceof InvalidResponse
    ? new Refusal('upstream_invalid', { text: 'It sent something that is not valid HTTP.' })
    : new Refusal('upstream_closed');
}

/** The error's code, or that of the first of several attempts it stands for. */
function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) {
    const first: unknown = error.errors[0];
    return first instanceof Error ? codeOf(first) : '';
  }
  return error.cause instanceof Error ? codeOf(error.cause) : '';
}

export type BodyKind = 'json' | 'stream' | 'other';

/** How the body of an answer is to be read; an encoded one cannot be. */
export function bodyKind(headers: ResponseHeaders): BodyKind {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return 'other';
  const type = headers['content-type'];
  if (typeof type !== 'string') return 'other';
  if (isType(type, 'application/json')) return 'json';
  return isType(type, 'text/event-stream') ? 'stream' : 'other';
}

function isType(value: string, type: string): boolean {
  const bare = value.startsWith(type) ? value : value.toLowerCase();
  const next = bare[type.length];
  return bare.startsWith(type) && (next === undefined || next === ';' || next === ' ');
}
