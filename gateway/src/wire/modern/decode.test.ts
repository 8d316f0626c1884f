import { describe, expect, test } from 'vitest';
import { ENVELOPE, type Call } from '../../kernel/index.ts';
import { METHOD_TABLE, makeExchange, type RequestShape } from '../../../../test/kit/exchange.ts';
import { decoded, verdictOf, wireIn } from '../../../../test/kit/wire.ts';

const META = {
  [ENVELOPE.protocolVersion]: '2026-07-28',
  [ENVELOPE.clientCapabilities]: {},
  [ENVELOPE.clientInfo]: { name: 'c', version: '1' },
};

interface Change {
  readonly headers?: Record<string, string | readonly string[] | undefined>;
  readonly message?: Record<string, unknown>;
  readonly params?: Record<string, unknown>;
  readonly meta?: Record<string, unknown>;
  readonly method?: string;
}

/** A good request of the method, with changes; `undefined` takes a member or header away. */
function request({ headers, message, params, meta, method = 'tools/list' }: Change): RequestShape {
  const body = {
    jsonrpc: '2.0',
    id: 1,
    method,
    params: { ...params, _meta: { ...META, ...meta } },
    ...message,
  };
  return {
    headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, ...headers },
    body: JSON.stringify(body),
  };
}

async function callOf(change: Change): Promise<Call> {
  const call = await decoded(request(change));
  if (typeof call === 'string') throw new Error(call);
  return call;
}

describe('the message itself', () => {
  test.each<[string, Change, string]>([
    ['as it should be', {}, 'ok'],
    ['string id', { message: { id: 'a' } }, 'ok'],
    ['empty string id', { message: { id: '' } }, 'ok'],
    ['negative id', { message: { id: -5 } }, 'ok'],
    ['null id', { message: { id: null } }, 'not_a_request'],
    ['fractional id', { message: { id: 1.5 } }, 'not_a_request'],
    ['object id', { message: { id: {} } }, 'not_a_request'],
    ['array id', { message: { id: [1] } }, 'not_a_request'],
    ['boolean id', { message: { id: true } }, 'not_a_request'],
    ['no jsonrpc', { message: { jsonrpc: undefined } }, 'not_a_request'],
    ['jsonrpc 1.0', { message: { jsonrpc: '1.0' } }, 'not_a_request'],
    ['jsonrpc 2', { message: { jsonrpc: 2 } }, 'not_a_request'],
    ['no method', { message: { method: undefined } }, 'not_a_request'],
    ['method null', { message: { method: null } }, 'not_a_request'],
    ['method number', { message: { method: 1 } }, 'not_a_request'],
    ['params an array', { message: { params: [] } }, 'params_invalid'],
    ['params a string', { message: { params: 'a' } }, 'params_invalid'],
    ['params null', { message: { params: null } }, 'params_invalid'],
    ['_meta an array', { message: { params: { _meta: [] } } }, 'params_invalid'],
    ['_meta null', { message: { params: { _meta: null } } }, 'params_invalid'],
    ['unknown members', { message: { extra: 1 } }, 'ok'],
  ])('%s: %s', async (_what, change, expected) => {
    expect(await verdictOf(request(change))).toBe(expected);
  });

  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' };
  test.each([
    ['', 'not_json'],
    ['  ', 'not_json'],
    ['{', 'not_json'],
    ['{"a":1,}', 'not_json'],
    ["{'a':1}", 'not_json'],
    ['{"a":01}', 'not_json'],
    ['{}{}', 'not_json'],
    ['\ufeff{}', 'not_json'],
    ['{"jsonrpc":"2.0","jsonrpc":"2.0"}', 'duplicate_key'],
    ['{"jsonrpc":"2.0","\\u006asonrpc":"2.0"}', 'duplicate_key'],
    ['{"a":[{"b":1,"b":2}]}', 'duplicate_key'],
    ['{"id":1e2,"jsonrpc":"2.0"}', 'not_a_request'],
    ['{"id":1.0,"jsonrpc":"2.0"}', 'not_a_request'],
    ['[]', 'not_a_request'],
    ['[{"jsonrpc":"2.0","id":1,"method":"tools/list"}]', 'not_a_request'],
    ['"a"', 'not_a_request'],
    ['null', 'not_a_request'],
    ['7', 'not_a_request'],
    [`${'['.repeat(65)}${']'.repeat(65)}`, 'json_too_deep'],
    [`${'['.repeat(64)}${']'.repeat(64)}`, 'not_a_request'],
    [`${'{"a":'.repeat(100_000)}`, 'json_too_deep'],
  ])('%.40s: %s', async (body, expected) => {
    expect(await verdictOf({ headers, body })).toBe(expected);
  });

  test('bytes that are no UTF-8 are no JSON', async () => {
    const body = Buffer.from([0x22, 0xff, 0x22]);
    expect(await verdictOf({ headers, body })).toBe('not_json');
  });

  test('the id is known as soon as it is read, however the rest is', async () => {
    for (const [id, change] of [
      ['"a\\u0062"', { message: { id: 'PLACE', method: 7 } }],
      ['9007199254740993', { message: { id: 'PLACE' }, headers: { 'mcp-method': 'ping' } }],
      ['-0', { message: { id: 'PLACE', jsonrpc: undefined } }],
    ] as const) {
      const shape = request(change);
      const x = makeExchange({ ...shape, body: String(shape.body).replace('"PLACE"', id) });
      await wireIn(x);
      expect(x.rawId).toBe(id);
    }
  });
});

describe('the envelope', () => {
  test.each<[string, Change, string]>([
    ['no _meta', { message: { params: {} } }, 'envelope_invalid'],
    ['no params', { message: { params: undefined } }, 'envelope_invalid'],
    ['no version', { meta: { [ENVELOPE.protocolVersion]: undefined } }, 'envelope_invalid'],
    ['version a number', { meta: { [ENVELOPE.protocolVersion]: 2026 } }, 'envelope_invalid'],
    ['version null', { meta: { [ENVELOPE.protocolVersion]: null } }, 'envelope_invalid'],
    ['no capabilities', { meta: { [ENVELOPE.clientCapabilities]: undefined } }, 'envelope_invalid'],
    ['capabilities null', { meta: { [ENVELOPE.clientCapabilities]: null } }, 'envelope_invalid'],
    ['capabilities a list', { meta: { [ENVELOPE.clientCapabilities]: [] } }, 'envelope_invalid'],
    ['no clientInfo', { meta: { [ENVELOPE.clientInfo]: undefined } }, 'ok'],
    ['clientInfo a string', { meta: { [ENVELOPE.clientInfo]: 'me' } }, 'envelope_invalid'],
    ['string progress token', { meta: { progressToken: 'p' } }, 'ok'],
    ['integer progress token', { meta: { progressToken: 0 } }, 'ok'],
    ['fractional progress token', { meta: { progressToken: 0.5 } }, 'params_invalid'],
    ['progress token null', { meta: { progressToken: null } }, 'params_invalid'],
    ['progress token a list', { meta: { progressToken: [] } }, 'params_invalid'],
    ['log level', { meta: { [ENVELOPE.logLevel]: 'warning' } }, 'ok'],
    ['unknown log level', { meta: { [ENVELOPE.logLevel]: 'loud' } }, 'params_invalid'],
    ['empty log level', { meta: { [ENVELOPE.logLevel]: '' } }, 'params_invalid'],
    ['log level a number', { meta: { [ENVELOPE.logLevel]: 3 } }, 'params_invalid'],
    ['foreign keys', { meta: { traceparent: '00-a', 'com.example/x': [1] } }, 'ok'],
  ])('%s: %s', async (_what, change, expected) => {
    expect(await verdictOf(request(change))).toBe(expected);
  });

  test('what it says stands in the call as it was written', async () => {
    const call = await callOf({
      method: 'tools/call',
      headers: { 'mcp-name': 'crm__get' },
      message: { id: 'x' },
      params: { name: 'crm__get', arguments: { a: 1 } },
      meta: {
        progressToken: 'p',
        [ENVELOPE.logLevel]: 'debug',
        [ENVELOPE.clientCapabilities]: { sampling: {} },
      },
    });
    expect(call).toMatchObject({
      kind: 'request',
      method: 'tools/call',
      row: METHOD_TABLE.get('tools/call'),
      rawId: '"x"',
      name: 'crm__get',
      rawProgressToken: '"p"',
      logLevel: 'debug',
      capabilities: '{"sampling":{}}',
      clientInfo: '{"name":"c","version":"1"}',
      revision: '2026-07-28',
    });
    expect(call.view.raw(call.arguments)).toBe('{"a":1}');
  });

  test('a session id and a Last-Event-ID are not looked at', async () => {
    const headers = { 'mcp-session-id': 'whatever', 'last-event-id': '7' };
    const x = makeExchange(request({ headers }));
    const call = await wireIn(x);
    expect(call).toMatchObject({ kind: 'request' });
    expect(x.session).toBeUndefined();
    expect(x.dialect).toBe('modern');
  });
});

describe('revisions', () => {
  const spoken = (revision: string): Change => ({
    headers: { 'mcp-protocol-version': revision },
    meta: { [ENVELOPE.protocolVersion]: revision },
  });
  test.each(['2027-01-01', '2025-11-25', '2025-06-18', '2024-11-05', 'x'])(
    '"%s" is not served through the envelope',
    async (revision) => {
      const x = makeExchange(request(spoken(revision)));
      expect(await wireIn(x)).toMatchObject({
        reason: 'version_unsupported',
        detail: { data: { supported: ['2026-07-28'], requested: revision } },
      });
      expect(x.dialect).toBe('modern');
    },
  );
});

describe('headers that repeat the body', () => {
  const call = (headers: Change['headers'], name: unknown = 'a'): Change => ({
    method: 'tools/call',
    headers: { 'mcp-name': 'a', ...headers },
    params: { name },
  });
  const taskCall = (headers: NonNullable<Change['headers']>): Change => ({
    method: 'tasks/get',
    headers,
    params: { taskId: 't-1' },
  });
  test.each<[string, Change, string]>([
    ['no version', { headers: { 'mcp-protocol-version': undefined } }, 'header_mismatch'],
    ['another version', { headers: { 'mcp-protocol-version': '2025-11-25' } }, 'header_mismatch'],
    [
      'the version twice',
      { headers: { 'mcp-protocol-version': '2026-07-28, 2026-07-28' } },
      'header_mismatch',
    ],
    ['no method', { headers: { 'mcp-method': undefined } }, 'header_mismatch'],
    ['another method', { headers: { 'mcp-method': 'tools/call' } }, 'header_mismatch'],
    ['method in capitals', { headers: { 'mcp-method': 'TOOLS/LIST' } }, 'header_mismatch'],
    ['the method twice', { headers: { 'mcp-method': ['tools/list', 'x'] } }, 'header_mismatch'],
    ['the name', call({}), 'ok'],
    ['no name', call({ 'mcp-name': undefined }), 'header_mismatch'],
    ['another name', call({ 'mcp-name': 'b' }), 'header_mismatch'],
    ['name in capitals', call({ 'mcp-name': 'A' }), 'header_mismatch'],
    ['the name twice', call({ 'mcp-name': ['a', 'a'] }), 'header_mismatch'],
    ['no id of a task', taskCall({ 'mcp-name': undefined }), 'header_mismatch'],
    ['another id of a task', taskCall({ 'mcp-name': 't-2' }), 'header_mismatch'],
    ['the id of a task', taskCall({ 'mcp-name': 't-1' }), 'ok'],
    ['the name joined', call({ 'mcp-name': 'a, a' }), 'header_mismatch'],
    ['the name encoded', call({ 'mcp-name': '=?base64?YQ==?=' }), 'ok'],
    ['the name badly encoded', call({ 'mcp-name': '=?base64?YQ?=' }), 'header_mismatch'],
    [
      'a name that looks encoded',
      call({ 'mcp-name': '=?base64??=' }, '=?base64??='),
      'header_mismatch',
    ],
    ['an empty name', call({ 'mcp-name': '' }, ''), 'ok'],
    ['body without name', { ...call({}), params: {} }, 'params_invalid'],
    ['name a number', call({ 'mcp-name': '5' }, 5), 'params_invalid'],
    ['name null', call({ 'mcp-name': 'null' }, null), 'params_invalid'],
    [
      'an accented name encoded',
      call({ 'mcp-name': `=?base64?${Buffer.from('é').toString('base64')}?=` }, 'é'),
      'ok',
    ],
    ['an accented name as it is', call({ 'mcp-name': 'é' }, 'é'), 'header_mismatch'],
    [
      'the URI of a resource',
      { method: 'resources/read', headers: { 'mcp-name': 'a:b' }, params: { uri: 'a:b' } },
      'ok',
    ],
    [
      'another URI',
      { method: 'resources/read', headers: { 'mcp-name': 'a:c' }, params: { uri: 'a:b' } },
      'header_mismatch',
    ],
    [
      'the name of a resource instead of its URI',
      { method: 'resources/read', headers: { 'mcp-name': 'a' }, params: { name: 'a' } },
      'params_invalid',
    ],
    ['no name of a prompt', { method: 'prompts/get', params: { name: 'p' } }, 'header_mismatch'],
    [
      'a name where none is asked for',
      { method: 'tools/list', headers: { 'mcp-name': 'x' } },
      'ok',
    ],
    [
      'completion needs no name',
      { method: 'completion/complete', params: { ref: { type: 'ref/prompt', name: 'p' } } },
      'ok',
    ],
  ])('%s: %s', async (_what, change, expected) => {
    expect(await verdictOf(request(change))).toBe(expected);
  });

  test('the decoded name counts, not its spelling', async () => {
    const shape = request({ method: 'tools/call', headers: { 'mcp-name': 'get' } });
    const body = String(shape.body).replace('"params":{', '"params":{"name":"\\u0067et",');
    expect(await decoded({ ...shape, body })).toMatchObject({ name: 'get' });
  });
});

describe('methods', () => {
  test.each([
    ['server/discover', 'ok'],
    ['subscriptions/listen', 'ok'],
    ['tasks/get', 'params_invalid'],
    ['tasks/list', 'ok'],
    ['com.example/do', 'ok'],
    ['', 'ok'],
    ['initialize', 'method_unknown'],
    ['ping', 'method_unknown'],
    ['logging/setLevel', 'method_unknown'],
    ['resources/subscribe', 'method_unknown'],
    ['resources/unsubscribe', 'method_unknown'],
    ['notifications/initialized', 'method_unknown'],
    ['notifications/cancelled', 'method_unknown'],
    ['__proto__', 'ok'],
  ])('"%s": %s', async (method, expected) => {
    expect(await verdictOf(request({ method }))).toBe(expected);
  });

  test('a vendor method has no row and is not named', async () => {
    const call = await callOf({ method: 'com.example/do', params: { name: 'x' } });
    expect(call).toMatchObject({ row: undefined, name: '' });
  });
});

describe('messages that are no requests', () => {
  const noId = { id: undefined };
  test.each<[string, Change, string]>([
    ['a response', { message: { method: undefined, result: {} } }, 'not_a_request'],
    ['an error', { message: { method: undefined, error: { code: 1 } } }, 'not_a_request'],
    ['cancelled', { method: 'notifications/cancelled', message: noId }, 'ok'],
    ['a vendor notification', { method: 'com.example/happened', message: noId }, 'ok'],
    ['a call without id', { method: 'tools/call', message: noId }, 'not_a_request'],
    ['a list without id', { method: 'tools/list', message: noId }, 'not_a_request'],
    ['listen without id', { method: 'subscriptions/listen', message: noId }, 'not_a_request'],
    ['discover without id', { method: 'server/discover', message: noId }, 'not_a_request'],
  ])('%s: %s', async (_what, change, expected) => {
    expect(await verdictOf(request(change))).toBe(expected);
  });

  test('a notification is one, without name, tokens or level', async () => {
    const call = await callOf({ method: 'com.example/happened', message: noId });
    expect(call).toMatchObject({ kind: 'notification', rawId: '', rawProgressToken: '' });
  });
});
