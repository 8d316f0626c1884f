import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { REASONS, Refusal, docsAnchor, type Reason } from '../../kernel/index.ts';
import { makeExchange } from '../../../../test/kit/exchange.ts';
import { createEncode } from '../encode.ts';
import { REST_STATUS, errorStatus, failureStatus } from './codes.ts';

const NAMES = Object.keys(REASONS) as Reason[];
const PAGE = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');
const encode = createEncode('{"name":"drawbridge","version":"0"}');

test('the table has every reason and no other', () => {
  expect(Object.keys(REST_STATUS).toSorted()).toEqual(NAMES.toSorted());
});

// prettier-ignore
const EXPECTED: Readonly<Record<number, readonly Reason[]>> = {
  400: [
    'body_incomplete', 'not_json', 'json_too_deep', 'duplicate_key', 'not_a_request', 'envelope_invalid',
    'header_mismatch', 'version_unsupported', 'params_invalid', 'session_required', 'cursor_invalid',
    'state_invalid', 'arguments_too_deep', 'argument_fixed',
  ],
  401: ['unauthenticated'],
  403: ['forwarded_unclear', 'host_not_allowed', 'origin_not_allowed', 'policy_denied', 'approval_required', 'scope_insufficient'],
  404: ['endpoint_unknown', 'method_unknown', 'session_unknown', 'item_unknown', 'resource_unknown', 'task_unknown'],
  405: ['http_method_not_allowed'],
  406: ['not_acceptable'],
  410: ['interaction_expired'],
  408: ['question_unanswered'],
  413: ['body_too_large', 'arguments_too_large'],
  415: ['media_type_unsupported'],
  422: ['result_too_large'],
  429: ['address_rate_limited', 'too_many_calls', 'upstream_busy', 'rate_limited', 'quota_exhausted'],
  499: ['cancelled', 'reader_too_slow'],
  500: ['internal'],
  501: ['capability_missing', 'interaction_unsupported'],
  502: ['upstream_unavailable', 'upstream_invalid', 'upstream_closed', 'upstream_credentials_unavailable'],
  503: ['audit_unavailable', 'draining', 'identity_unavailable'],
  504: ['upstream_timeout'],
};

describe.each(NAMES)('%s', (reason) => {
  const x = makeExchange({ path: '/api/default/tools/a' });
  const detail = { text: 'Say "x" \u2028.', data: { more: [1], status: 1 }, retryAfterSeconds: 3 };
  const answer = encode.answer(x, new Refusal(reason, detail));
  const headers = Object.fromEntries(
    answer.headers.flatMap((name, at) => (at % 2 === 0 ? [[name, answer.headers[at + 1]]] : [])),
  );

  test('has the status of its kind', () => {
    const [status] = Object.entries(EXPECTED).find(([, its]) => its.includes(reason)) ?? [];
    expect(answer.status).toBe(Number(status));
  });

  test('is a problem that says which it is', () => {
    expect(headers['content-type']).toBe('application/problem+json');
    expect(headers['retry-after']).toBe('3');
    expect(headers['allow']).toBe(answer.status === 405 ? 'POST, OPTIONS' : undefined);
    expect(JSON.parse(answer.body.toString())).toEqual({
      type: docsAnchor(reason),
      title: REASONS[reason].text,
      status: answer.status,
      detail: detail.text,
      reason,
      exchange: x.id,
      more: [1],
    });
  });

  test('is on the page of errors with this status', () => {
    const section = PAGE.split(`### ${reason}\n`)[1]?.split(/^#/m)[0] ?? '';
    expect(section.replaceAll('\n', ' ')).toContain(`REST: HTTP ${answer.status}.`);
  });
});

test.each([
  ['401', 'other', 401],
  ['403', '', 403],
  ['404', 'not_found', 404],
  ['429', 'rate_limited', 429],
  ['400', 'invalid', 422],
  ['500', 'server_error', 422],
  ['', 'forbidden', 403],
  ['UNAUTHENTICATED', 'unauthenticated', 401],
  ['302', 'redirect', 422],
  ['200', '', 422],
  ['', '__proto__', 422],
  ['', '', 422],
])('a tool that failed with status %j and class %j is %i', (status, failureClass, expected) => {
  expect(failureStatus(status, failureClass)).toBe(expected);
});

test.each([
  ['-32602', 400],
  ['-32002', 404],
  ['-32603', 502],
  ['-32601', 502],
  ['7', 502],
  ['', 502],
])('a JSON-RPC error %s of an upstream is %i', (code, expected) => {
  expect(errorStatus(code)).toBe(expected);
});
