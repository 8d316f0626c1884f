/**
 * The closed list of reasons for which the gateway itself refuses. Each is declared once: the text
 * is safe to show to any caller, `docs` is its anchor in docs/errors.md. What a reason looks like on
 * the wire is said by the table of each dialect, exhaustively.
 */

/** How loudly the process log speaks of it. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface ReasonRow {
  readonly text: string;
  readonly level: LogLevel;
}

export const REASONS = {
  host_not_allowed: {
    text: 'The Host header names no address this gateway answers for.',
    level: 'warn',
  },
  origin_not_allowed: { text: 'Pages of this origin may not call this gateway.', level: 'warn' },
  forwarded_unclear: {
    text: 'The proxy in front does not say clearly who calls.',
    level: 'warn',
  },
  address_rate_limited: { text: 'Too many requests from this address.', level: 'warn' },
  endpoint_unknown: { text: 'There is no endpoint at this address.', level: 'info' },
  http_method_not_allowed: { text: 'This address does not take this HTTP method.', level: 'info' },
  media_type_unsupported: { text: 'The body must be sent as application/json.', level: 'info' },
  not_acceptable: {
    text: 'The Accept header allows none of the forms in which this is answered.',
    level: 'info',
  },
  body_too_large: { text: 'The body is larger than this gateway accepts.', level: 'warn' },
  body_incomplete: { text: 'The body ended before its announced length.', level: 'info' },
  unauthenticated: { text: 'The caller is not identified.', level: 'warn' },
  identity_unavailable: {
    text: 'Callers cannot be identified at the moment; try again.',
    level: 'error',
  },
  scope_insufficient: {
    text: 'The credential does not have the scopes that this endpoint needs.',
    level: 'info',
  },
  not_json: { text: 'The body is not one valid JSON text.', level: 'info' },
  json_too_deep: { text: 'The JSON is nested deeper than this gateway accepts.', level: 'warn' },
  duplicate_key: { text: 'An object of the JSON has the same key twice.', level: 'warn' },
  not_a_request: { text: 'The body is not one JSON-RPC 2.0 message.', level: 'info' },
  envelope_invalid: {
    text: 'The request envelope in params._meta is not complete.',
    level: 'info',
  },
  header_mismatch: { text: 'A header and the body do not agree.', level: 'warn' },
  version_unsupported: { text: 'This protocol revision is not served here.', level: 'info' },
  method_unknown: { text: 'This method does not exist here.', level: 'info' },
  params_invalid: { text: 'The parameters of the method are not valid.', level: 'info' },
  session_required: {
    text: 'This request needs the Mcp-Session-Id that initialize returned.',
    level: 'info',
  },
  session_unknown: {
    text: 'The session is unknown or has ended; initialize again.',
    level: 'info',
  },
  item_unknown: { text: 'There is nothing of this name here.', level: 'info' },
  resource_unknown: { text: 'There is no resource with this URI here.', level: 'info' },
  cursor_invalid: { text: 'The cursor was not given out by this list.', level: 'info' },
  state_invalid: { text: 'The requestState was not given out for this call.', level: 'warn' },
  task_unknown: {
    text: 'There is no task with this id here; it may have ended long ago.',
    level: 'info',
  },
  capability_missing: {
    text: 'The call needs a capability that the client did not declare.',
    level: 'info',
  },
  arguments_too_large: { text: 'The arguments are larger than is allowed here.', level: 'warn' },
  arguments_too_deep: {
    text: 'The arguments are nested deeper than is allowed here.',
    level: 'warn',
  },
  argument_fixed: {
    text: 'An argument of this call is decided by the gateway.',
    level: 'info',
  },
  result_too_large: { text: 'The result was larger than is allowed here.', level: 'warn' },
  too_many_calls: { text: 'Too many calls are under way; try again in a moment.', level: 'warn' },
  upstream_busy: {
    text: 'Too many calls to this upstream are under way; try again in a moment.',
    level: 'warn',
  },
  rate_limited: { text: 'Too many calls within the time.', level: 'warn' },
  quota_exhausted: { text: 'The quota for this time is used up.', level: 'warn' },
  policy_denied: { text: 'A rule does not allow this call.', level: 'info' },
  approval_required: {
    text: 'A person has to approve this call, and approvals are not set up here.',
    level: 'info',
  },
  audit_unavailable: { text: 'The call cannot be recorded, so it is not made.', level: 'error' },
  interaction_unsupported: {
    text: 'The tool asked its user a question, which cannot be passed on between these protocol eras.',
    level: 'info',
  },
  question_unanswered: {
    text: 'The user did not answer what was asked in the middle of the call, so the call was ended.',
    level: 'info',
  },
  interaction_expired: {
    text: 'The call ended before its question was answered; make the call again.',
    level: 'info',
  },
  upstream_unavailable: { text: 'The server behind this item cannot be reached.', level: 'warn' },
  upstream_credentials_unavailable: {
    text: 'There are no credentials for the server behind this item.',
    level: 'warn',
  },
  upstream_timeout: { text: 'The server behind this item did not answer in time.', level: 'warn' },
  upstream_invalid: {
    text: 'The server behind this item answered with something invalid.',
    level: 'warn',
  },
  upstream_closed: {
    text: 'The connection to the server behind this item broke before it answered; the call may have been carried out.',
    level: 'warn',
  },
  reader_too_slow: {
    text: 'The stream was not read fast enough, so it was ended before the answer.',
    level: 'warn',
  },
  cancelled: { text: 'The call was cancelled.', level: 'debug' },
  draining: { text: 'The gateway is shutting down; try again.', level: 'info' },
  internal: { text: 'Something went wrong inside the gateway.', level: 'error' },
} as const satisfies Record<string, ReasonRow>;

export type Reason = keyof typeof REASONS;

/** Where docs/errors.md explains a reason. */
export function docsAnchor(reason: Reason): string {
  return `docs/errors.md#${reason}`;
}
