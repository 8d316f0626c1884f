/** Tools called over plain HTTP: the same path as an MCP call, told in statuses and bodies. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../kit/gateway.ts';
import { sendModern } from '../kit/modern-request.ts';
import { ask, callTool } from '../kit/rest-request.ts';
import {
  startScripted,
  toolText,
  type Received,
  type ScriptedUpstream,
} from '../kit/scripted-upstream.ts';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0xff]);
const ODD = '{"z":1,"a":9007199254740993,"one":1.0,"huge":1e400,"esc":"\\u00e9","raw":"é😀","":[]}';

/** What each tool answers, in members of a result. */
const ANSWERS: Readonly<Record<string, string>> = {
  structured: `"content":[{"type":"text","text":"t"}],"structuredContent": ${ODD}`,
  list: '"content":[],"structuredContent":[1,2.50]',
  text: '"content":[{"type":"text","text":"Grüße\\nund mehr"}]',
  image: `"content":[{"type":"image","mimeType":"image/png","data":"${PNG.toString('base64')}"}]`,
  page: '"content":[{"type":"image","mimeType":"text/html","data":"PGI+"}]',
  broken: '"content":[{"type":"audio","mimeType":"audio/wav","data":"not base64!"}]',
  link: '"content":[{"type":"resource_link","uri":"x:y","name":"n","size":1.0}]',
  mixed: `"content":[{"type":"text","text":"see:"},{"type":"image","mimeType":"image/png","data":"${PNG.toString('base64')}"}]`,
  noted: `"content":[{"type":"image","mimeType":"image/png","data":"${PNG.toString('base64')}"},{"type":"text","text":"kept","annotations":{"audience":["assistant"]}}]`,
  two: '"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]',
  nothing: '"content":[]',
  fails:
    '"isError":true,"content":[{"type":"text","text":"No such city."},{"type":"text","text":"Try Paris."}]',
  absent:
    '"isError":true,"content":[],"structuredContent":{"n":9007199254740993},' +
    '"_meta":{"dev.drawbridge/failure":{"class":"not_found","status":"404"}}',
  limited:
    '"isError":true,"content":[],"_meta":{"dev.drawbridge/failure":{"class":"rate_limited"}}',
};

const ERRORS: Readonly<Record<string, string>> = {
  wrong: '{"code":-32602,"message":"\\"city\\" must be a string","data":{"n":1.0}}',
  bug: '{"code":-32603,"message":"oops"}',
};

function answer({ message }: Received, era: 'modern' | 'legacy'): string | undefined {
  const name = String(message.params?.['name']);
  const error = ERRORS[name];
  if (error !== undefined) return `error:${error}`;
  const members = ANSWERS[name];
  if (members === undefined) return undefined;
  return `{${era === 'modern' ? '"resultType":"complete",' : ''}${members}}`;
}

function progressOf({ message }: Received): readonly string[] {
  const meta = message.params?.['_meta'] as { progressToken?: unknown } | undefined;
  const token = JSON.stringify(meta?.progressToken);
  if (message.method !== 'tools/call' || token === undefined) return [];
  return [
    `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${token},"progress":0.50,"total":1}}`,
    '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"half"}}',
    '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"debug","data":"detail"}}',
  ];
}

describe.each(['modern', 'legacy'] as const)('a %s upstream', (era) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startScripted({
      era,
      tools: [...Object.keys(ANSWERS), ...Object.keys(ERRORS)].map(toolText),
      answer: (request) => answer(request, era),
      events: progressOf,
    });
    gateway = await startGateway({ upstreams: { up: { mcp: upstream.url } } });
  });
  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  test('gets the arguments as they came, and its structured content goes back as it came', async () => {
    const found = await callTool(gateway, 'up__structured', ODD);
    expect([found.status, found.text]).toEqual([200, ODD]);
    expect(found.headers.get('content-type')).toBe('application/json');
    expect(upstream.calls.at(-1)?.text).toContain(`"name":"structured","arguments":${ODD}}`);
  });

  test.each([
    ['text', '*/*', 'text/plain; charset=utf-8', 'Grüße\nund mehr'],
    ['text', 'application/json', 'application/json', `{${ANSWERS['text']}}`],
    ['structured', 'text/plain', 'text/plain; charset=utf-8', 't'],
    ['structured', 'image/png, */*', 'application/json', ODD],
    ['list', '*/*', 'application/json', '[1,2.50]'],
    ['link', '*/*', 'application/json', `{${ANSWERS['link']}}`],
    ['two', '*/*', 'application/json', `{${ANSWERS['two']}}`],
    ['nothing', '*/*', 'application/json', '{"content":[]}'],
    ['page', '*/*', 'application/json', `{${ANSWERS['page']}}`],
    ['broken', '*/*', 'application/json', `{${ANSWERS['broken']}}`],
    ['image', 'application/json', 'application/json', `{${ANSWERS['image']}}`],
  ])('says %s to %s as %s', async (tool, accept, type, body) => {
    const found = await callTool(gateway, `up__${tool}`, '{}', { accept });
    expect([found.status, found.headers.get('content-type'), found.text]).toEqual([
      200,
      type,
      body,
    ]);
    expect(found.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('shows an image as its bytes, which can do nothing as a page', async () => {
    const found = await callTool(gateway, 'up__image', '{}', { accept: 'image/*' });
    expect(found.headers.get('content-type')).toBe('image/png');
    expect(found.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    expect(found.bytes).toEqual(PNG);
  });

  test('gives the bytes without what only a model is told', async () => {
    const found = await callTool(gateway, 'up__noted');
    expect([found.headers.get('content-type'), found.bytes]).toEqual(['image/png', PNG]);
    const all = await callTool(gateway, 'up__noted', '{}', { accept: 'application/json' });
    expect(all.text).toBe(`{${ANSWERS['noted']}}`);
  });

  test('gives who takes no JSON the one block that it takes', async () => {
    const shown = await callTool(gateway, 'up__mixed', '{}', { accept: 'image/png' });
    expect([shown.headers.get('content-type'), shown.bytes]).toEqual(['image/png', PNG]);
    const read = await callTool(gateway, 'up__mixed', '{}', { accept: 'text/plain' });
    expect(read.text).toBe('see:');
    const both = await callTool(gateway, 'up__mixed');
    expect(both.headers.get('content-type')).toBe('application/json');
  });

  test('that says no is heard as a problem', async () => {
    const failed = await callTool(gateway, 'up__fails');
    expect(failed.status).toBe(422);
    expect(failed.headers.get('content-type')).toBe('application/problem+json');
    expect(failed.json()).toMatchObject({
      type: 'docs/rest.md#tool_error',
      status: 422,
      detail: 'No such city.\nTry Paris.',
      reason: 'tool_error',
    });
    const absent = await callTool(gateway, 'up__absent');
    expect(absent.json()).toMatchObject({ status: 404, upstreamStatus: '404', content: [] });
    expect(absent.text).toContain('"structuredContent":{"n":9007199254740993}');
    expect((await callTool(gateway, 'up__limited')).status).toBe(429);
  });

  test.each([
    ['wrong', 400, '"city" must be a string'],
    ['bug', 502, 'oops'],
  ])('that answers with the error %s: %i', async (tool, status, detail) => {
    const found = await callTool(gateway, `up__${tool}`);
    expect(found.status).toBe(status);
    expect(found.json()).toMatchObject({ status, detail, reason: 'upstream_error' });
    expect(found.text).toContain(`"upstreamError":${ERRORS[tool]}`);
  });

  test('tells of its progress to who reads events', async () => {
    const found = await callTool(gateway, 'up__text', '{}', { accept: 'text/event-stream' });
    expect(found.headers.get('content-type')).toBe('text/event-stream');
    expect(found.events).toEqual([
      ['progress', '{"progress":0.50,"total":1}'],
      ['log', '{"level":"info","data":"half"}'],
      ['result', `{${ANSWERS['text']}}`],
    ]);
    const failed = await callTool(gateway, 'up__fails', '{}', { accept: 'text/event-stream' });
    const [event, data = ''] = failed.events.at(-1) ?? [];
    expect(event).toBe('problem');
    expect(JSON.parse(data)).toMatchObject({ status: 422, reason: 'tool_error' });
  });

  test('is told when its caller has gone', async () => {
    upstream.faults.set('tools/call', 'hang');
    const before = upstream.calls.length;
    const gone = new AbortController();
    const call = callTool(gateway, 'up__text', '{}', {}, gone.signal);
    await expect.poll(() => upstream.calls.length).toBe(before + 1);
    gone.abort();
    await expect(call).rejects.toThrow('aborted');
    await expect
      .poll(async () => (await gateway.records()).at(-1))
      .toMatchObject({ outcome: 'cancelled', dialect: 'rest' });
    // A modern upstream is told by its connection, a legacy one by a notification.
    const isTold = (): boolean =>
      era === 'modern'
        ? upstream.abandoned.some(({ message }) => message.method === 'tools/call')
        : upstream.received.some(({ message }) => message.method === 'notifications/cancelled');
    await expect.poll(isTold).toBe(true);
    upstream.faults.clear();
  });
});

describe('decided, limited and recorded as over MCP', () => {
  test('with the same record but for the dialect', async () => {
    await using upstream = await startScripted({
      tools: ['ok', 'ask', 'hidden'].map(toolText),
      answer: () => '{"resultType":"complete","content":[]}',
    });
    await using gateway = await startGateway({
      upstreams: { up: { mcp: upstream.url } },
      policy: {
        default: 'allow',
        rules: [{ approve: ['up/ask'] }, { name: 'no', deny: ['up/hidden'] }],
      },
    });
    for (const [tool, status, reason] of [
      ['up__ok', 200, undefined],
      ['up__ask', 403, 'approval_required'],
      ['up__hidden', 404, 'item_unknown'],
      ['up__none', 404, 'item_unknown'],
    ] as const) {
      const found = await callTool(gateway, tool);
      expect([found.status, reason === undefined ? undefined : found.json()['reason']]).toEqual([
        status,
        reason,
      ]);
      const params = `"name":"${tool}","arguments":{}`;
      await sendModern(gateway.url, { method: 'tools/call', name: tool, params });
      const [rest, mcp] = (await gateway.records()).slice(-2).map(comparable);
      expect(rest).toEqual({ ...mcp, dialect: 'rest' });
      expect(mcp?.['dialect']).toBe('modern');
    }
    expect(upstream.calls).toHaveLength(2);
  });

  test('with the same limits', async () => {
    await using upstream = await startScripted({
      tools: [toolText('a')],
      answer: () => '{"content":[]}',
    });
    await using gateway = await startGateway({
      upstreams: { up: { mcp: upstream.url } },
      limits: { maxBodyBytes: 4096, maxArgumentBytes: 1024 },
    });
    const body = (bytes: number): string => JSON.stringify({ a: 'x'.repeat(bytes) });
    const reasons = await Promise.all(
      [2000, 6000].map(async (bytes) => (await callTool(gateway, 'up__a', body(bytes))).json()),
    );
    expect(reasons).toMatchObject([
      { status: 413, reason: 'arguments_too_large' },
      { status: 413, reason: 'body_too_large' },
    ]);
    expect(upstream.calls).toHaveLength(0);
  });
});

/** A record without what differs between any two calls. */
function comparable(record: Record<string, unknown>): Record<string, unknown> {
  const { time, id, requestId, client, decision, durationMs, resultBytes, ...rest } = record;
  const known = { time, id, requestId, client, durationMs, resultBytes };
  for (const [name, value] of Object.entries(known)) expect([name, value]).not.toContain(undefined);
  return { ...rest, isDecided: decision !== undefined };
}

describe('a question of a tool', () => {
  const QUESTION =
    '{"resultType":"input_required","requestState":"inner \\u0041","inputRequests":{"who":{"method":"elicitation/create",' +
    '"params":{"message":"Who?","requestedSchema":{"type":"object","properties":{"n":{"type":"number","maximum":1.0}}}}}}}';
  const ANSWER = '{"who":{"action":"accept","content":{"n":9007199254740993}}}';

  test('is a conflict that says how to go on, and the answer goes up with the state', async () => {
    await using upstream = await startScripted({
      tools: [toolText('ask')],
      answer: ({ message }) =>
        message.params?.['requestState'] === undefined
          ? QUESTION
          : '{"resultType":"complete","content":[{"type":"text","text":"done"}]}',
    });
    await using gateway = await startGateway({ upstreams: { up: { mcp: upstream.url } } });
    const asked = await callTool(gateway, 'up__ask', '{"x":1.0}');
    const { status, reason, requestState, resume } = asked.json();
    expect([asked.status, status, reason]).toEqual([409, 409, 'input_required']);
    expect(asked.text).toContain('"maximum":1.0');
    expect(requestState).not.toContain('inner');
    expect(resume).toEqual({
      method: 'POST',
      url: '/api/default/tools/up__ask',
      contentType: 'application/vnd.drawbridge.call+json',
    });
    const goOn = (state: unknown) =>
      ask(gateway, '/api/default/tools/up__ask', {
        method: 'POST',
        body: `{"arguments":{"x":1.0},"inputResponses":${ANSWER},"requestState":${JSON.stringify(state)}}`,
        headers: { 'content-type': 'application/vnd.drawbridge.call+json' },
      });
    const done = await goOn(requestState);
    expect([done.status, done.text]).toEqual([200, 'done']);
    const text = upstream.calls.at(-1)?.text;
    expect(text).toContain('"arguments":{"x":1.0}');
    expect(text).toContain(`"inputResponses":${ANSWER}`);
    expect(text).toContain('"requestState":"inner A"');
    const forged = await goOn('made up');
    expect(forged.json()).toMatchObject({ status: 400, reason: 'state_invalid' });
    expect((await gateway.records()).map(({ outcome }) => outcome)).toEqual([
      'asked',
      'answered',
      'refused',
    ]);
  });
});
