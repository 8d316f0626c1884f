import { describe, expect, test } from 'vitest';
import { ENVELOPE, Refusal, type AnswerMessage, type LocalMessage } from '../kernel/index.ts';
import { answerOf, makeCall, makeExchange } from '../../../test/kit/exchange.ts';
import { isQuestion, isToolError } from './answers.ts';
import { createEncode } from './encode.ts';

const SERVER = '{"name":"drawbridge","version":"0"}';
const encode = createEncode(SERVER);

type Dialect = 'modern' | 'legacy';

function exchange(dialect: Dialect, rawId = '"mine"') {
  const x = makeExchange();
  x.dialect = dialect;
  x.rawId = rawId;
  x.call = makeCall();
  return x;
}

describe('results made here', () => {
  const local = (dialect: Dialect, result: string, more: Partial<LocalMessage> = {}) => {
    const message = { kind: 'local', result, ...more } as const;
    return encode.answer(exchange(dialect, '1'), message);
  };
  const body = (result: string, more: Partial<LocalMessage> = {}): Record<string, unknown> => {
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

  test('a question says that input is required, and REST how to answer it', () => {
    const result = '{"inputRequests":{"q":{"method":"roots/list"}},"requestState":"s"}';
    const message = { kind: 'local', result, isQuestion: true } as const;
    expect(body(result, { isQuestion: true })).toMatchObject({
      resultType: 'input_required',
      requestState: 's',
    });
    expect(isQuestion(message)).toBe(true);
    const x = makeExchange({ path: '/api/default/tools/a' });
    x.dialect = 'rest';
    x.call = makeCall();
    const answer = encode.answer(x, message);
    expect(answer.status).toBe(409);
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      reason: 'input_required',
      inputRequests: { q: { method: 'roots/list' } },
      requestState: 's',
    });
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
    const x = exchange('modern', '');
    expect(encode.answer(x, { kind: 'accepted' })).toEqual({ status: 202, headers: [], body: '' });
    expect(encode.lastEvent(x, { kind: 'accepted' })).toBe('');
  });

  test('a stream ends with its result or just so', () => {
    const x = exchange('modern', '"s"');
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

  test('a local result is a tool error where its maker says so', () => {
    expect(isToolError({ kind: 'local', result: '{}', isToolError: true })).toBe(true);
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
