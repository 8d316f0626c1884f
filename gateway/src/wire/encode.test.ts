import { describe, expect, test } from 'vitest';
import { ENVELOPE, Refusal } from '../kernel/index.ts';
import { answerOf, makeCall, makeExchange } from '../../../test/kit/exchange.ts';
import { createEncode } from './encode.ts';

const SERVER = '{"name":"drawbridge","version":"0"}';
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
    ['tools/call', '{"a":1,"resultType":"input_required"}', '{"a":1,"resultType":"complete"}'],
    ['tools/call', '{"resultType":{}}', '{"resultType":"complete"}'],
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

  test('a missing resource names the URI that was asked for', () => {
    const shape = { method: 'resources/read', name: 'a:"b"' };
    const said = sent('modern', 'legacy', text(-32002), shape);
    expect(JSON.parse(said.body).error.data).toEqual({ uri: 'a:"b"' });
    const theirs = (data: string): string =>
      sent('modern', 'legacy', text(-32002, `,"data":${data}`), shape).body;
    expect(theirs('{"x":1.0}')).toContain('"data":{"uri":"a:\\"b\\"","x":1.0}');
    // Their own name of it may be another than the caller's.
    expect(theirs('{"uri":"theirs","x":1.0}')).toContain('"data":{"uri":"a:\\"b\\"","x":1.0}');
    expect(theirs('5')).toContain('"data":5');
  });
});

describe.each(['modern', 'legacy'] as const)('a refusal of what call_tool wraps, %s', (dialect) => {
  test('tells the model of an unknown name, which is one of its arguments', () => {
    const x = exchange(dialect);
    const refusal = new Refusal('item_unknown');
    expect(JSON.parse(String(encode.answer(x, refusal).body)).error.code).toBe(-32602);
    x.via = 'call_tool';
    const { result } = JSON.parse(String(encode.answer(x, refusal).body));
    expect(result).toMatchObject({ isError: true, content: [{ text: refusal.text }] });
  });
});
