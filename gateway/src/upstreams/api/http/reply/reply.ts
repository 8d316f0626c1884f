/** An answer over HTTP as what it means for a call. */
import type { CutReason, ResponseHeaders } from '../../../../egress/index.ts';
import type { FailureClass, Reply, ReplyBody } from '../../model.ts';
import { isStream, readBody } from './body.ts';
import { complaintsOf, type Complaint } from './complaints.ts';
import { retryAfterMs } from './retry-after.ts';
import type { SecretFilter } from './secret-filter.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly bytes: Buffer;
  readonly cut: CutReason;
}

export interface ReplyContext {
  readonly nowMs: number;
  readonly maxBytes: number;
  readonly secrets: SecretFilter;
  /** Address of the next page by the headers; '' for none. */
  readonly nextUrl: string;
  /** Which credentials would help, asked for only where the answer is 401 or 403. */
  readonly authHint: () => string;
}

/** Longest part of a refused call's answer that is looked at, bytes. */
const MAX_FAILURE_BYTES = 256 * 1024;

/** @returns the reply; `broken` where the answer is not whole and only a whole one has a meaning */
export function replyOf(answer: HttpAnswer, context: ReplyContext): Reply {
  const { status, headers, cut } = answer;
  if (status < 200 || status > 299) return failureOf(answer, context);
  if (cut !== '' && !isStream(headers)) {
    return cut === 'bytes'
      ? broken('result_too_large', `It sent more than ${context.maxBytes} bytes.`)
      : broken('upstream_timeout', 'Its answer was not over in time.');
  }
  const reply: Reply = {
    kind: 'answer',
    status: String(status),
    body: readBody(headers, answer.bytes, cut, context.secrets),
    nextUrl: context.nextUrl,
  };
  return cut === '' ? reply : { ...reply, note: cutNote(cut) };
}

function cutNote(cut: CutReason): string {
  const why = cut === 'bytes' ? 'as much as is taken had come' : 'the time was over';
  return `The stream was left when ${why}; more may have followed.`;
}

function failureOf(answer: HttpAnswer, context: ReplyContext): Reply {
  const { status, headers } = answer;
  const isLong = answer.bytes.length > MAX_FAILURE_BYTES;
  const bytes = isLong ? answer.bytes.subarray(0, MAX_FAILURE_BYTES) : answer.bytes;
  const body = readBody(headers, bytes, isLong ? 'bytes' : answer.cut, context.secrets);
  const isAuth = status === 401 || status === 403 || status === 407;
  return {
    kind: 'failure',
    class: classOf(status),
    status: String(status),
    body,
    complaints: complaintsIn(body),
    retryAfterMs: retryAfterMs(headers, context.nowMs),
    authHint: isAuth ? context.secrets.clean(context.authHint()) : '',
  };
}

function complaintsIn(body: ReplyBody): readonly Complaint[] {
  return body.kind === 'json' ? complaintsOf(body.value) : [];
}

function classOf(status: number): FailureClass {
  switch (status) {
    case 400:
    case 422:
      return 'invalid';
    case 401:
    case 407:
      return 'unauthenticated';
    case 403:
      return 'forbidden';
    case 404:
    case 410:
      return 'not_found';
    case 409:
    case 412:
    case 423:
    case 428:
      return 'conflict';
    case 413:
    case 414:
    case 431:
      return 'too_large';
    case 405:
    case 406:
    case 415:
      return 'unsupported';
    case 429:
      return 'rate_limited';
    default:
      if (status >= 500) return 'server_error';
      return status >= 300 && status < 400 ? 'redirect' : 'other';
  }
}

/** Why there is no answer, as a reply. */
export function broken(
  reason: Extract<Reply, { readonly kind: 'broken' }>['reason'],
  text: string,
): Reply {
  return { kind: 'broken', reason, text };
}
