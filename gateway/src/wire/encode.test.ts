import { describe, expect, test } from 'vitest';
import { ENVELOPE, Refusal, type AnswerMessage, type LocalMessage } from '../kernel/index.ts';
import { answerOf, makeCall, makeExchange } from '../../../test/kit/exchange.ts';
import { isQuestion, isToolError } from './answers.ts';
import { createEncode } from './encode.ts';

const SERVER = '{"name":"drawbridge","version":"0"}';
const IDENTITY = `${JSON.stringify(ENVELOPE.serverInfo)}:${SERVER}`;
const encode = createEncode(SERVER);

type Dialect = 'modern' | 'legacy';

interface Shape {
  readonly rawId?: string;
  readonly method?: string;
  readonly name?: string;
  readonly capabilities?: string;
}

function exchange(dialect: Dialect, shape: Shape = {}) {
  const x = makeExchange();
  const { rawId = '"mine"', method = 'tools/call', name = 'n', capabilities = '{}' } = shape;
  x.dialect = dialect;
  x.rawId = rawId;
  x.call = makeCall({ method, name, capabilities });
  return x;
}

/** The whole answer to an upstream's text. */
function sent(dialect: Dialect, era: Dialect, text: string, shape: Shape = {}) {
  const x = exchange(dialect, shape);
  const settled = encode.settle(x, answerOf(text, era));
  const { status, body } = encode.answer(x, settled);
  return {
    status,
    body: body.toString(),
    reason: settled instanceof Refusal ? settled.reason : '',
  };
}

const LOSSLESS = [
  '{"jsonrpc":"2.0","id":7,"result":{"resultType":"complete","content":[]}}',
  '{"id":7,"jsonrpc":"2.0","result":{}}',
  ' {\n\t"result" : { "x" : 1 } ,\r\n "id" : 7 , "jsonrpc" : "2.0" } \n',
  '{"jsonrpc":"2.0","id":7,"result":{"n":[9007199254740993,1.0,1e400,-0,1E+2,0.10]}}',
  '{"jsonrpc":"2.0","id":7,"result":{"s":"\\u00e9\\/\\ud83d\\ude00 é😀\\ud800"}}',
  '{"jsonrpc":"2.0","id":7,"result":{"z":1,"a":2,"10":3,"2":4,"__proto__":{"x":1}}}',
  '{"jsonrpc":"2.0","id":7,"result":{"id":7,"result":{"id":7},"_meta":{"id":7}}}',
  '{"jsonrpc":"2.0","result":{"id":7},"id":7}',
  '{"jsonrpc":"2.0","id":7,"result":{"resultType":"complete","vendor":{"a":[]}},"vendor":null}',
  '{"jsonrpc":"2.0","id":7,"result":{"resultType":"input_required","requestState":"s"}}',
  '{"jsonrpc":"2.0","id":7,"error":{"code":-32602,"message":"m","data":{"n":1.0},"x":1}}',
  '{"jsonrpc":"2.0","id":7,"error":{"code":-32603,"message":"\\u0000"}}',
  '{"jsonrpc":"2.0","id":7,"error":{"code":12,"message":"own code"}}',
];

/** The upstream's text with only its own id (the one at the top) replaced. */
function withId(text: string, rawId: string): string {
  const { id } = JSON.parse(text) as { id: number };
  const spelled = /"id"\s*:\s*7(?=\s*[,}])/g;
  const places = [...text.matchAll(spelled)];
  const top = places.find(({ index }) => depthAt(text, index) === 1);
  if (top === undefined) throw new Error(`no id ${id}`);
  const at = top.index + top[0].length - 1;
  return `${text.slice(0, at)}${rawId}${text.slice(at + 1)}`;
}

function depthAt(text: string, at: number): number {
  const before = text.slice(0, at);
  return before.split('{').length - before.split('}').length;
}

describe('an answer of the same era keeps every byte but its id', () => {
  test.each(LOSSLESS)('modern: %s', (text) => {
    for (const rawId of ['"a\\u0062"', '9007199254740993', '""']) {
      const answer = sent('modern', 'modern', text, { rawId, capabilities: '{"extensions":{}}' });
      expect(answer.body).toBe(withId(text, rawId));
    }
  });

  test.each(LOSSLESS)('legacy: %s', (text) => {
    expect(sent('legacy', 'legacy', text, { rawId: '5' }).body).toBe(withId(text, '5'));
  });

  test("the edits made on the way are applied with the encoder's own", () => {
    const x = exchange('modern');
    const message = answerOf('{"jsonrpc":"2.0","id":1,"result":{"requestState":"up"}}', 'modern');
    const entry = message.view.member(message.value, 'requestState');
    const edits = [
      { start: message.view.start(entry), end: message.view.end(entry), text: '"us"' },
    ];
    const { body } = encode.answer(x, { ...message, edits });
    expect(body.toString()).toBe('{"jsonrpc":"2.0","id":"mine","result":{"requestState":"us"}}');
  });

  test("an upstream's identity is replaced by ours", () => {
    const text = (info: string): string =>
      `{"jsonrpc":"2.0","id":1,"result":{"_meta":{"a":1,"${ENVELOPE.serverInfo}":${info}}}}`;
    const answer = sent('modern', 'modern', text('{"name":"theirs"}'), { rawId: '1' });
    expect(answer.body).toBe(text(SERVER));
  });
});

describe('legacy answers to modern callers', () => {
  const frame = (result: string, id = '1'): string =>
    `{"jsonrpc":"2.0","id":${id},"result":${result}}`;
  test.each([
    ['tools/call', '{"content":[]}', '{"resultType":"complete","content":[]}'],
    ['tools/call', '{}', '{"resultType":"complete"}'],
    ['tools/call', '{ }', '{"resultType":"complete" }'],
    ['tools/call', `{${' '.repeat(200)}}`, `{"resultType":"complete"${' '.repeat(200)}}`],
    ['tools/call', '{"resultType":"complete","a":1}', '{"resultType":"complete","a":1}'],
    [
      'tools/call',
      '{"content":[{"resultType":1}]}',
      '{"resultType":"complete","content":[{"resultType":1}]}',
    ],
    ['prompts/get', '{"messages":[]}', '{"resultType":"complete","messages":[]}'],
    ['completion/complete', '{"completion":{}}', '{"resultType":"complete","completion":{}}'],
    [
      'resources/read',
      '{"contents":[]}',
      '{"resultType":"complete","ttlMs":0,"cacheScope":"private","contents":[]}',
    ],
    [
      'resources/read',
      '{"ttlMs":5,"contents":[]}',
      '{"resultType":"complete","cacheScope":"private","ttlMs":5,"contents":[]}',
    ],
    [
      'resources/read',
      '{"resultType":"complete","cacheScope":"public"}',
      '{"ttlMs":0,"resultType":"complete","cacheScope":"public"}',
    ],
  ])('%s %s', (method, result, expected) => {
    const answer = sent('modern', 'legacy', frame(result), { method, rawId: '1' });
    expect(answer).toEqual({ status: 200, body: frame(expected), reason: '' });
    expect(() => JSON.parse(answer.body)).not.toThrow();
  });
});

describe('modern answers to legacy callers', () => {
  const strip = (result: string): string => {
    const { body } = sent('legacy', 'modern', `{"jsonrpc":"2.0","id":1,"result":${result}}`);
    return body.slice('{"jsonrpc":"2.0","id":"mine","result":'.length, -1);
  };
  const info = `"${ENVELOPE.serverInfo}":{"name":"theirs"}`;
  test.each([
    ['{"resultType":"complete"}', '{}'],
    ['{"resultType":"complete","content":[]}', '{"content":[]}'],
    ['{"content":[],"resultType":"complete"}', '{"content":[]}'],
    ['{"a":1,"resultType":"complete","b":2}', '{"a":1,"b":2}'],
    ['{"ttlMs":1,"cacheScope":"public","resultType":"complete"}', '{}'],
    ['{"a":1,"ttlMs":1,"b":1.0,"cacheScope":"public","resultType":"complete"}', '{"a":1,"b":1.0}'],
    [
      '{"structuredContent":{"resultType":"x","ttlMs":1}}',
      '{"structuredContent":{"resultType":"x","ttlMs":1}}',
    ],
    [`{"a":1,"_meta":{${info}}}`, '{"a":1}'],
    [`{"_meta":{${info}},"a":1}`, '{"a":1}'],
    [`{"_meta":{${info}}}`, '{}'],
    [`{"resultType":"complete","_meta":{${info}},"ttlMs":1}`, '{}'],
    [`{"_meta":{"v":1,${info}}}`, '{"_meta":{"v":1}}'],
    [`{"resultType":"complete","_meta":{${info},"v":1}}`, '{"_meta":{"v":1}}'],
    ['{"_meta":{"v":1}}', '{"_meta":{"v":1}}'],
    ['{"a":9007199254740993}', '{"a":9007199254740993}'],
  ])('%s becomes %s', (result, expected) => {
    expect(strip(result)).toBe(expected);
  });
});

describe('what a dialect has no words for is refused', () => {
  const result = (type: string): string =>
    `{"jsonrpc":"2.0","id":1,"result":{"resultType":"${type}"}}`;
  const error = (code: number): string =>
    `{"jsonrpc":"2.0","id":1,"error":{"code":${code},"message":"m"}}`;
  const tasks = '{"extensions":{"io.modelcontextprotocol/tasks":{}}}';
  test.each<[Dialect, Dialect, string, string, string]>([
    ['legacy', 'modern', result('input_required'), '{}', 'interaction_unsupported'],
    ['legacy', 'modern', result('task'), tasks, 'upstream_invalid'],
    ['modern', 'modern', result('input_required'), '{}', ''],
    ['modern', 'modern', result('task'), '{}', 'upstream_invalid'],
    ['modern', 'modern', result('task'), '{"extensions":{}}', 'upstream_invalid'],
    ['modern', 'modern', result('task'), tasks, ''],
    [
      'modern',
      'modern',
      '{"jsonrpc":"2.0","id":1,"result":[{"a":{"b":{"c":1}},"d":2}]}',
      '{}',
      'upstream_invalid',
    ],
    ['modern', 'legacy', '{"jsonrpc":"2.0","id":1,"result":null}', '{}', 'upstream_invalid'],
    ['modern', 'legacy', '{"jsonrpc":"2.0","id":1,"result":"text"}', '{}', 'upstream_invalid'],
    ['legacy', 'modern', '{"jsonrpc":"2.0","id":1,"result":5}', '{}', 'upstream_invalid'],
    ['legacy', 'legacy', '{"jsonrpc":"2.0","id":1,"error":"no"}', '{}', 'upstream_invalid'],
    ['modern', 'modern', error(-32020), '{}', 'upstream_invalid'],
    ['modern', 'modern', error(-32022), '{}', 'upstream_invalid'],
    ['modern', 'modern', error(-32021), '{}', ''],
    ['modern', 'legacy', error(-32042), '{}', 'interaction_unsupported'],
    ['legacy', 'legacy', error(-32042), '{}', ''],
    ['legacy', 'modern', error(-32020), '{}', 'upstream_invalid'],
    ['legacy', 'modern', error(-32021), '{}', 'capability_missing'],
    ['legacy', 'modern', error(-32022), '{}', 'upstream_invalid'],
  ])('%s caller, %s upstream: %s (%s): "%s"', (dialect, era, text, capabilities, reason) => {
    expect(sent(dialect, era, text, { capabilities }).reason).toBe(reason);
  });

  test('a missing capability is named to the legacy caller', () => {
    const data = '{"requiredCapabilities":{"elicitation":{}}}';
    const text = `{"jsonrpc":"2.0","id":1,"error":{"code":-32021,"message":"m","data":${data}}}`;
    const { body } = sent('legacy', 'modern', text);
    expect(JSON.parse(body).result).toMatchObject({ isError: true });
    expect(JSON.parse(body).result.content[0].text).toContain(data);
  });
});

describe('errors of upstreams', () => {
  const text = (code: number, data = ''): string =>
    `{"jsonrpc":"2.0","id":1,"error":{"code":${code},"message":"m"${data}}}`;
  test.each<[Dialect, Dialect, number, number, number]>([
    ['modern', 'modern', -32601, -32601, 404],
    ['modern', 'legacy', -32601, -32601, 404],
    ['modern', 'modern', -32021, -32021, 400],
    ['modern', 'modern', -32602, -32602, 200],
    ['modern', 'legacy', -32603, -32603, 200],
    ['modern', 'legacy', -32002, -32602, 200],
    ['modern', 'modern', -32002, -32602, 200],
    ['modern', 'legacy', 42, 42, 200],
    ['legacy', 'modern', -32601, -32601, 200],
    ['legacy', 'legacy', -32601, -32601, 200],
    ['legacy', 'legacy', -32002, -32002, 200],
    ['legacy', 'modern', -32602, -32602, 200],
    ['legacy', 'legacy', -32042, -32042, 200],
  ])('%s caller, %s upstream: %i is %i on %i', (dialect, era, code, expected, status) => {
    const answer = sent(dialect, era, text(code), { method: 'resources/read', name: 'a:b' });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body).error.code).toBe(expected);
  });

  test('a missing resource names its URI where the upstream did not', () => {
    const shape = { method: 'resources/read', name: 'a:"b"' };
    const said = sent('modern', 'legacy', text(-32002), shape);
    expect(JSON.parse(said.body).error.data).toEqual({ uri: 'a:"b"' });
    const theirs = sent('modern', 'legacy', text(-32002, ',"data":{"x":1.0}'), shape);
    expect(theirs.body).toContain('"data":{"x":1.0}');
    expect(theirs.body).not.toContain('uri');
  });
});

describe('results made here', () => {
  const local = (dialect: Dialect, result: string, more: Partial<LocalMessage> = {}) => {
    const message = { kind: 'local', result, ...more } as const;
    return encode.answer(exchange(dialect, { rawId: '1' }), message);
  };
  const body = (result: string, more: Partial<LocalMessage> = {}): any => {
    const text = local('modern', result, more).body.toString();
    expect(text.match(/"resultType"/g)).toHaveLength(1);
    return JSON.parse(text).result;
  };
  const stamp = { [ENVELOPE.serverInfo]: JSON.parse(SERVER) };

  test.each<[string, unknown, unknown]>([
    ['{}', {}, stamp],
    ['{"a":1}', { a: 1 }, stamp],
    ['{"a":1,"_meta":{}}', { a: 1 }, stamp],
    ['{"a":1,"_meta":{"v":{"x":1}}}', { a: 1 }, { ...stamp, v: { x: 1 } }],
    ['{"a":1,"_meta":{"v":"}\\"{"}}', { a: 1 }, { ...stamp, v: '}"{' }],
    ['{"_meta":{"v":1}}', {}, { ...stamp, v: 1 }],
    ['{"a":{"b":{}}}', { a: { b: {} } }, stamp],
    // What stands deeper in the result is not its own.
    ['{"tools":[{"_meta":{"ui":1}}]}', { tools: [{ _meta: { ui: 1 } }] }, stamp],
    ['{"a":{"_meta":{}}}', { a: { _meta: {} } }, stamp],
    ['{"a":{"_meta":{"b":{}}}}', { a: { _meta: { b: {} } } }, stamp],
    ['{"a":[{"_meta":{}}],"b":{"c":{}}}', { a: [{ _meta: {} }], b: { c: {} } }, stamp],
    [
      '{"tools":[{"_meta":{"ui":1}}],"_meta":{"gone":["x"]}}',
      { tools: [{ _meta: { ui: 1 } }] },
      { ...stamp, gone: ['x'] },
    ],
    ['{"a":"\\"_meta\\":{}}"}', { a: '"_meta":{}}' }, stamp],
  ])('%s is complete and says who made it', (result, members, meta) => {
    const { _meta, resultType, ...rest } = body(result);
    expect(resultType).toBe('complete');
    expect(rest).toEqual(members);
    expect(_meta).toEqual(meta);
  });

  test('cache hints are given where there are any', () => {
    expect(body('{"tools":[]}', { cache: { ttlMs: 5, scope: 'private' } })).toMatchObject({
      ttlMs: 5,
      cacheScope: 'private',
    });
    expect(body('{"tools":[]}')).not.toHaveProperty('ttlMs');
  });

  test('legacy callers get the result as it is', () => {
    const { body: text } = local('legacy', '{"a":1}', { cache: { ttlMs: 1, scope: 'public' } });
    expect(text).toBe('{"jsonrpc":"2.0","id":1,"result":{"a":1}}');
  });

  test('a new session is named in its header', () => {
    const { headers } = local('legacy', '{}', { sessionToken: 'abc' });
    expect(headers.slice(-2)).toEqual(['mcp-session-id', 'abc']);
    expect(local('legacy', '{}').headers).not.toContain('mcp-session-id');
  });
});

describe('the other terminals and events', () => {
  test('what was taken is answered by nothing', () => {
    const x = exchange('modern', { rawId: '' });
    expect(encode.answer(x, { kind: 'accepted' })).toEqual({ status: 202, headers: [], body: '' });
    expect(encode.lastEvent(x, { kind: 'accepted' })).toBe('');
  });

  test('a stream ends with its result or just so', () => {
    const x = exchange('modern', { rawId: '"s"' });
    expect(encode.lastEvent(x, { kind: 'ended', result: '' })).toBe('');
    expect(encode.lastEvent(x, { kind: 'ended', result: '{"resultType":"complete"}' })).toBe(
      'event: message\ndata: {"jsonrpc":"2.0","id":"s","result":{"resultType":"complete"}}\n\n',
    );
  });

  test('events keep their bytes but for the edits made', () => {
    const text =
      '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1.0}}';
    const { view } = answerOf(text, 'modern');
    const entry = view.member(view.member(0, 'params'), 'progressToken');
    const edits = [{ start: view.start(entry), end: view.end(entry), text: '"mine"' }];
    const event = { kind: 'event', method: 'notifications/progress', view, edits } as const;
    expect(encode.event(exchange('modern'), event).toString()).toBe(
      `event: message\ndata: ${text.replace(':1,', ':"mine",')}\n\n`,
    );
  });

  test('streams are neither stored nor held back', () => {
    const { status, headers } = encode.streamHead(exchange('modern'));
    expect(status).toBe(200);
    expect(headers).toEqual([
      'content-type',
      'text/event-stream',
      'cache-control',
      'no-store',
      'x-accel-buffering',
      'no',
    ]);
  });
});

describe('what an answer is', () => {
  const of = (result: string, era: Dialect = 'modern'): AnswerMessage =>
    answerOf(`{"id":1,"result":${result}}`, era);
  test.each<[string, Dialect, boolean, boolean]>([
    ['{"resultType":"input_required"}', 'modern', true, false],
    ['{"resultType":"input_required"}', 'legacy', false, false],
    ['{"resultType":"complete"}', 'modern', false, false],
    ['{"isError":true}', 'modern', false, true],
    ['{"isError" : true}', 'legacy', false, true],
    ['{"isError":false}', 'modern', false, false],
    ['{"isError":"true"}', 'modern', false, false],
    ['{"structuredContent":{"isError":true}}', 'modern', false, false],
    ['{}', 'modern', false, false],
  ])('%s of a %s upstream: question %s, error %s', (result, era, question, toolError) => {
    expect(isQuestion(of(result, era))).toBe(question);
    expect(isToolError(of(result, era))).toBe(toolError);
  });

  test('nothing else is a question or a tool error', () => {
    for (const message of [
      answerOf('{"id":1,"error":{"isError":true,"resultType":"input_required"}}', 'modern'),
      { kind: 'accepted' } as const,
      { kind: 'ended', result: '' } as const,
      { kind: 'local', result: '{"isError":true}' } as const,
      new Refusal('internal'),
    ]) {
      expect(isQuestion(message)).toBe(false);
      expect(isToolError(message)).toBe(false);
    }
  });
});
