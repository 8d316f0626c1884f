import { describe, expect, test } from 'vitest';
import { ENVELOPE, LEGACY_REVISIONS, Refusal } from '../../kernel/index.ts';
import { SESSION, makeExchange, type RequestShape } from '../../../../test/kit/exchange.ts';
import { decoded, verdictOf, wireIn } from '../../../../test/kit/wire.ts';

const HEADERS = { 'mcp-session-id': SESSION.token, 'mcp-protocol-version': '2025-11-25' };

interface Change {
  readonly headers?: Record<string, string | undefined> | undefined;
  readonly message?: Record<string, unknown>;
}

function request({ headers, message }: Change): RequestShape {
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/list', ...message };
  return { headers: { ...HEADERS, ...headers }, body: JSON.stringify(body) };
}

describe('sessions and revisions', () => {
  const bare = { 'mcp-protocol-version': undefined };
  test.each<[string, Change['headers'], string]>([
    ['of the session', {}, 'ok'],
    ['no revision: the one the session agreed on', bare, 'ok'],
    ['another legacy revision', { 'mcp-protocol-version': '2025-06-18' }, 'ok'],
    ['the oldest revision', { 'mcp-protocol-version': '2024-11-05' }, 'ok'],
    ['a revision not served', { 'mcp-protocol-version': '2024-10-07' }, 'version_unsupported'],
    ['a revision unheard of', { 'mcp-protocol-version': '1999-01-01' }, 'version_unsupported'],
    ['two revisions', { 'mcp-protocol-version': '2025-11-25, x' }, 'version_unsupported'],
    ['no session', { 'mcp-session-id': undefined }, 'session_required'],
    ['no session, no revision', { 'mcp-session-id': undefined, ...bare }, 'session_required'],
    ['an empty session', { 'mcp-session-id': '' }, 'session_required'],
    ['an unknown session', { 'mcp-session-id': 'other' }, 'session_unknown'],
    ['two sessions', { 'mcp-session-id': 'sealed, sealed' }, 'session_unknown'],
    [
      'a modern revision without envelope',
      { 'mcp-protocol-version': '2026-07-28' },
      'envelope_invalid',
    ],
  ])('%s: %s', async (_what, headers, expected) => {
    expect(await verdictOf(request({ headers }))).toBe(expected);
  });

  test('an unsupported revision is answered with those that are', async () => {
    const x = makeExchange(request({ headers: { 'mcp-protocol-version': '2024-10-07' } }));
    expect(await wireIn(x)).toMatchObject({
      detail: { data: { supported: LEGACY_REVISIONS, requested: '2024-10-07' } },
    });
    expect(x.dialect).toBe('legacy');
  });

  test('an envelope is modern, whatever session comes with it', async () => {
    const message = { params: { _meta: { [ENVELOPE.protocolVersion]: '2026-07-28' } } };
    expect(await verdictOf(request({ message }))).toBe('header_mismatch');
  });

  test('what the session agreed on stands in the call', async () => {
    const x = makeExchange(request({ message: { id: 'a', method: 'ping' } }));
    expect(await wireIn(x)).toMatchObject({
      kind: 'request',
      rawId: '"a"',
      capabilities: SESSION.capabilities,
      clientInfo: SESSION.clientInfo,
      revision: SESSION.revision,
      logLevel: 'warning',
    });
    expect(x.session).toBe(SESSION);
    expect(x.dialect).toBe('legacy');
  });
});

describe('initialize', () => {
  const begin = (params: unknown, headers: Record<string, string> = {}): RequestShape => ({
    headers,
    body: JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }),
  });
  const client = {
    protocolVersion: '2025-06-18',
    capabilities: { roots: {} },
    clientInfo: { name: 'c', version: '1' },
  };
  test.each<[string, RequestShape, string]>([
    ['as it should be', begin(client), 'ok'],
    ['with its revision as header', begin(client, { 'mcp-protocol-version': '2025-06-18' }), 'ok'],
    [
      'with an old revision as header',
      begin(client, { 'mcp-protocol-version': '2024-11-05' }),
      'ok',
    ],
    [
      'with a modern revision as header',
      begin(client, { 'mcp-protocol-version': '2026-07-28' }),
      'ok',
    ],
    ['with a stale session', begin(client, { 'mcp-session-id': 'gone' }), 'ok'],
    ['with an unheard-of revision', begin({ ...client, protocolVersion: '1' }), 'ok'],
    ['without parameters', begin(undefined), 'params_invalid'],
    ['without revision', begin({ ...client, protocolVersion: undefined }), 'params_invalid'],
    ['revision a number', begin({ ...client, protocolVersion: 1 }), 'params_invalid'],
    ['without capabilities', begin({ ...client, capabilities: undefined }), 'ok'],
    ['capabilities a list', begin({ ...client, capabilities: [] }), 'params_invalid'],
    ['without clientInfo', begin({ ...client, clientInfo: undefined }), 'ok'],
    ['clientInfo a string', begin({ ...client, clientInfo: 'me' }), 'params_invalid'],
  ])('%s: %s', async (_what, shape, expected) => {
    expect(await verdictOf(shape)).toBe(expected);
  });

  test('carries what the client can do, and no session yet', async () => {
    const x = makeExchange(begin(client));
    expect(await wireIn(x)).toMatchObject({
      method: 'initialize',
      capabilities: '{"roots":{}}',
      clientInfo: '{"name":"c","version":"1"}',
    });
    expect(x.session).toBeUndefined();
    expect(x.dialect).toBe('legacy');
  });

  test('without id it begins nothing', async () => {
    const body = JSON.stringify({ jsonrpc: '2.0', method: 'initialize', params: client });
    expect(await verdictOf({ body })).toBe('session_required');
    expect(await verdictOf({ body, headers: HEADERS })).toBe('not_a_request');
  });
});

describe('messages within a session', () => {
  const noId = { id: undefined };
  test.each<[string, Record<string, unknown>, string]>([
    ['a response', { method: undefined, result: {} }, 'ok'],
    ['an error', { method: undefined, error: { code: 1, message: '' } }, 'ok'],
    ['a response without id', { ...noId, method: undefined, result: {} }, 'not_a_request'],
    ['neither method nor outcome', { method: undefined }, 'not_a_request'],
    ['initialized', { ...noId, method: 'notifications/initialized' }, 'ok'],
    ['cancelled', { ...noId, method: 'notifications/cancelled' }, 'ok'],
    ['a vendor notification', { ...noId, method: 'com.example/happened' }, 'ok'],
    ['a vendor request', { method: 'com.example/do' }, 'ok'],
    ['a request sent as notification', { ...noId, method: 'tools/call' }, 'not_a_request'],
    ['ping as notification', { ...noId, method: 'ping' }, 'not_a_request'],
    ['a notification sent as request', { method: 'notifications/cancelled' }, 'method_unknown'],
    ['discover', { method: 'server/discover' }, 'method_unknown'],
    ['listen', { method: 'subscriptions/listen' }, 'method_unknown'],
    ['a call', { method: 'tools/call', params: { name: 'a' } }, 'ok'],
    ['a call without name', { method: 'tools/call', params: {} }, 'params_invalid'],
    ['a call without params', { method: 'tools/call' }, 'params_invalid'],
    ['a name that is a number', { method: 'prompts/get', params: { name: 1 } }, 'params_invalid'],
    ['subscribe', { method: 'resources/subscribe', params: { uri: 'a:b' } }, 'ok'],
    ['subscribe to nothing', { method: 'resources/subscribe', params: {} }, 'params_invalid'],
    ['progress token', { params: { _meta: { progressToken: 'a' } } }, 'ok'],
    ['bad progress token', { params: { _meta: { progressToken: {} } } }, 'params_invalid'],
    ['null id', { id: null }, 'not_a_request'],
  ])('%s: %s', async (_what, message, expected) => {
    expect(await verdictOf(request({ message }))).toBe(expected);
  });

  test('batches are refused', async () => {
    const batch = { headers: HEADERS, body: '[{"jsonrpc":"2.0","id":1,"method":"ping"}]' };
    expect(await verdictOf(batch)).toBe('not_a_request');
  });

  test('headers of the modern era are not compared', async () => {
    const headers = { 'mcp-method': 'other', 'mcp-name': 'other' };
    const message = { method: 'tools/call', params: { name: 'a' } };
    expect(await decoded(request({ headers, message }))).toMatchObject({ name: 'a' });
  });
});

describe('requests without a body', () => {
  test.each([
    ['GET', 'stream'],
    ['DELETE', 'end'],
  ])('%s is a %s', async (httpMethod, kind) => {
    const x = makeExchange({ httpMethod, headers: HEADERS, body: new Refusal('internal') });
    expect(await wireIn(x)).toMatchObject({ kind, method: '', rawId: '', name: '' });
    expect(x.session).toBe(SESSION);
  });

  test.each(['GET', 'DELETE'])('%s of an unknown session is refused', async (httpMethod) => {
    const headers = { 'mcp-session-id': 'other' };
    expect(await verdictOf({ httpMethod, headers })).toBe('session_unknown');
  });
});

test('a body that could not be read is refused as it was', async () => {
  const body = new Refusal('body_too_large');
  expect(await wireIn(makeExchange({ headers: HEADERS, body }))).toBe(body);
});
