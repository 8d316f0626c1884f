import { describe, expect, test } from 'vitest';
import { LEGACY_REVISIONS, Refusal, markReceived } from '../../kernel/index.ts';
import { LOCAL, SESSION, makeExchange, type RequestShape } from '../../../../test/kit/exchange.ts';
import { WIRE_DEPS } from '../../../../test/kit/wire.ts';
import { createDecode } from '../decode.ts';
import { createRoute } from '../route.ts';

/** What becomes of a request whose session agreed on `revision`. */
async function verdict(shape: RequestShape, revision = '2025-03-26'): Promise<string> {
  const session = { ...SESSION, revision };
  const sessions = {
    open: (token: string) => (token === 'sealed' ? session : new Refusal('session_unknown')),
    logLevel: () => '',
  };
  const x = makeExchange(shape);
  markReceived(x);
  const routed = createRoute(WIRE_DEPS)(x);
  if (routed instanceof Refusal) return routed.reason;
  const decode = createDecode({ ...WIRE_DEPS, sessions });
  const step = await decode(Object.assign(routed, { principal: LOCAL }));
  if (step instanceof Refusal) return step.reason;
  return `${step.dialect} ${step.call.kind}${step.session === session ? ' of the session' : ''}`;
}

const PING = { jsonrpc: '2.0', id: 1, method: 'ping' };
const of = (messages: unknown, headers: Record<string, string> = {}): RequestShape => ({
  headers: { 'mcp-session-id': 'sealed', ...headers },
  body: JSON.stringify(messages),
});

describe('a batch', () => {
  const taken = 'legacy wrapped of the session';
  test.each<[string, unknown, string]>([
    ['of one', [PING], taken],
    ['of fifty', Array.from({ length: 50 }, () => PING), taken],
    ['of things that are no messages', [1, null, 'ping', {}], taken],
    ['of nothing', [], 'not_a_request'],
    ['of fifty-one', Array.from({ length: 51 }, () => PING), 'not_a_request'],
    ['that holds another', [PING, [PING]], 'not_a_request'],
    ['that begins a session', [PING, { ...PING, method: 'initialize' }], 'not_a_request'],
    ['with an envelope around it', { messages: [PING] }, 'not_a_request'],
  ])('%s: %s', async (_what, messages, expected) => {
    expect(await verdict(of(messages))).toBe(expected);
  });

  test.each(LEGACY_REVISIONS)('in a session of %s', async (revision) => {
    const expected = revision === '2025-03-26' ? taken : 'not_a_request';
    expect(await verdict(of([PING]), revision)).toBe(expected);
    expect(await verdict(of([PING], { 'mcp-protocol-version': revision }), revision)).toBe(
      expected,
    );
  });

  test.each<[string, Record<string, string>, string]>([
    ['no session', { 'mcp-session-id': '' }, 'not_a_request'],
    ['a session that has ended', { 'mcp-session-id': 'gone' }, 'session_unknown'],
    ['a modern revision', { 'mcp-protocol-version': '2026-07-28' }, 'version_unsupported'],
  ])('with %s', async (_what, headers, expected) => {
    expect(await verdict(of([PING], headers))).toBe(expected);
  });
});

describe('HTTP with SSE', () => {
  const post = (body: string): RequestShape => ({
    path: '/sse/crm/messages',
    query: 'sessionId=a',
    body,
  });
  test.each([
    ['a request', JSON.stringify(PING), 'legacy wrapped'],
    ['a message of an unheard-of method', '{"jsonrpc":"2.0","method":"x"}', 'legacy wrapped'],
    ['a batch', JSON.stringify([PING]), 'not_a_request'],
    ['no message', '{"jsonrpc":"1.0"}', 'not_a_request'],
    ['no JSON', '{', 'not_json'],
  ])('%s posted: %s', async (_what, body, expected) => {
    expect(await verdict(post(body))).toBe(expected);
  });

  test('a stream is opened without a session', async () => {
    const headers = { accept: 'text/event-stream' };
    expect(await verdict({ httpMethod: 'GET', path: '/sse/crm', headers })).toBe('legacy stream');
  });
});
