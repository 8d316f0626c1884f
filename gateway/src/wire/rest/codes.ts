/** Every reason as an HTTP status of the REST facade. */
import type { Reason } from '../../kernel/index.ts';

// prettier-ignore
export const REST_STATUS = {
  host_not_allowed:        403,
  origin_not_allowed:      403,
  forwarded_unclear:       403,
  address_rate_limited:    429,
  endpoint_unknown:        404,
  http_method_not_allowed: 405,
  media_type_unsupported:  415,
  not_acceptable:          406,
  body_too_large:          413,
  body_incomplete:         400,
  unauthenticated:         401,
  identity_unavailable:    503,
  scope_insufficient:      403,
  not_json:                400,
  json_too_deep:           400,
  duplicate_key:           400,
  not_a_request:           400,
  envelope_invalid:        400,
  header_mismatch:         400,
  version_unsupported:     400,
  method_unknown:          404,
  params_invalid:          400,
  session_required:        400,
  session_unknown:         404,
  item_unknown:            404,
  resource_unknown:        404,
  cursor_invalid:          400,
  state_invalid:           400,
  task_unknown:            404,
  capability_missing:      501,
  arguments_too_large:     413,
  arguments_too_deep:      400,
  argument_fixed:          400,
  // Not 502: clients repeat such calls, and this one was carried out.
  result_too_large:        422,
  too_many_calls:          429,
  upstream_busy:           429,
  rate_limited:            429,
  quota_exhausted:         429,
  policy_denied:           403,
  approval_required:       403,
  audit_unavailable:       503,
  interaction_unsupported: 501,
  question_unanswered: 408,
  interaction_expired:     410,
  upstream_unavailable:    502,
  upstream_credentials_unavailable: 502,
  upstream_timeout:        504,
  upstream_invalid:        502,
  upstream_closed:         502,
  reader_too_slow:         499,
  // Nobody is there to read it; the number is the one that proxies log.
  cancelled:               499,
  draining:                503,
  internal:                500,
} as const satisfies Record<Reason, number>;

/** Statuses of an API behind a tool that keep their meaning here. */
const KEPT: ReadonlySet<string> = new Set(['401', '403', '404', '429']);

/** Classes of failure that a tool may name, where it names no HTTP status. */
const CLASS_STATUS: Readonly<Record<string, number>> = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  rate_limited: 429,
};

/** The status of a tool's own error: 422, unless the tool says which of the kinds above it is. */
export function failureStatus(status: string, failureClass: string): number {
  if (KEPT.has(status)) return Number(status);
  return Object.hasOwn(CLASS_STATUS, failureClass) ? (CLASS_STATUS[failureClass] ?? 422) : 422;
}

/** The status of an upstream's JSON-RPC error; what is not the caller's to mend is 502. */
export function errorStatus(code: string): number {
  if (code === '-32602') return 400;
  return code === '-32002' ? 404 : 502;
}
