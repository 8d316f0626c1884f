/** How a call ended, as the server says it in headers or trailers. */
import type { IncomingHttpHeaders } from 'node:http2';

export interface CallStatus {
  readonly code: number;
  readonly message: string;
  /** `google.rpc.Status`, as it came. */
  readonly details: Uint8Array | undefined;
  /** When the server wants to be asked again; -1 where it says nothing. */
  readonly retryAfterMs: number;
}

export const CODES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

const MAX_WAIT_MS = 86_400_000;
const UNKNOWN = 2;

/** @returns undefined where none is said */
export function statusOf(headers: IncomingHttpHeaders): CallStatus | undefined {
  const written = one(headers['grpc-status']);
  if (written === undefined) return undefined;
  const code = /^\d{1,3}$/.test(written) ? Number(written) : UNKNOWN;
  const details = one(headers['grpc-status-details-bin']);
  return {
    code: code < CODES.length ? code : UNKNOWN,
    message: unescaped(one(headers['grpc-message']) ?? ''),
    details: details === undefined ? undefined : Buffer.from(details, 'base64'),
    retryAfterMs: pushback(one(headers['grpc-retry-pushback-ms'])),
  };
}

/** What is negative or no number asks not to call again, which nobody here does. */
function pushback(written: string | undefined): number {
  return written !== undefined && /^\d{1,12}$/.test(written)
    ? Math.min(Number(written), MAX_WAIT_MS)
    : -1;
}

function one(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

/** Percent-encoded UTF-8; what is not stays as it is. */
function unescaped(text: string): string {
  if (!text.includes('%')) return text;
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const hex = text[at] === '%' ? text.slice(at + 1, at + 3) : '';
    if (/^[0-9a-f]{2}$/i.test(hex)) {
      bytes.push(Number.parseInt(hex, 16));
      at += 2;
    } else bytes.push(...Buffer.from(text[at] ?? ''));
  }
  return Buffer.from(bytes).toString('utf8');
}
