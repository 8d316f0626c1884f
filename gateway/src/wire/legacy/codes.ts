/**
 * Every reason as the revisions up to 2025-11-25 say it: transport faults by HTTP status, everything a
 * request of a living session meets as JSON-RPC on a 200.
 */
import type { Reason } from '../../kernel/index.ts';
import { wireCode, type WireCode } from '../wire-code.ts';

// prettier-ignore
export const LEGACY_CODES = {
  host_not_allowed:        wireCode(403, 4033),
  origin_not_allowed:      wireCode(403, 4034),
  address_rate_limited:    wireCode(429, 4293),
  endpoint_unknown:        wireCode(404, 4041),
  http_method_not_allowed: wireCode(405, 4051),
  media_type_unsupported:  wireCode(415, 4151),
  not_acceptable:          wireCode(406, 4061),
  body_too_large:          wireCode(413, 4134),
  body_incomplete:         wireCode(400, -32700),
  unauthenticated:         wireCode(401, 4011),
  not_json:                wireCode(400, -32700),
  json_too_deep:           wireCode(400, -32600),
  duplicate_key:           wireCode(400, -32600),
  not_a_request:           wireCode(400, -32600),
  envelope_invalid:        wireCode(400, -32602),
  header_mismatch:         wireCode(400, -32602),
  version_unsupported:     wireCode(400, -32602),
  method_unknown:          wireCode(200, -32601),
  params_invalid:          wireCode(200, -32602),
  session_required:        wireCode(400, -32600),
  session_unknown:         wireCode(404, 4042),
  item_unknown:            wireCode(200, -32602),
  resource_unknown:        wireCode(200, -32602),
  cursor_invalid:          wireCode(200, -32602),
  state_invalid:           wireCode(200, -32602),
  capability_missing:      wireCode(200, 4002, true),
  arguments_too_large:     wireCode(200, 4132, true),
  arguments_too_deep:      wireCode(200, 4133, true),
  result_too_large:        wireCode(200, 4131, true),
  too_many_calls:          wireCode(429, 4291),
  upstream_busy:           wireCode(429, 4292),
  policy_denied:           wireCode(200, 4031, true),
  approval_required:       wireCode(200, 4032, true),
  audit_unavailable:       wireCode(503, 5031),
  interaction_unsupported: wireCode(200, 5011, true),
  interaction_expired:     wireCode(200, 4101, true),
  upstream_unavailable:    wireCode(200, 5021, true),
  upstream_timeout:        wireCode(200, 5041, true),
  upstream_invalid:        wireCode(200, 5022, true),
  upstream_closed:         wireCode(200, 5023, true),
  reader_too_slow:         wireCode(200, 4992),
  cancelled:               wireCode(200, 4991),
  draining:                wireCode(503, 5032),
  internal:                wireCode(500, -32603),
} as const satisfies Record<Reason, WireCode>;
