import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal, type Call } from '../../kernel/index.ts';
import { makeExchange, type RequestShape } from '../../../../test/kit/exchange.ts';
import { WIRE_DEPS, decoded, wireIn } from '../../../../test/kit/wire.ts';

const PATH = '/api/default/tools/up__echo';
const WHOLE = { 'content-type': 'application/vnd.drawbridge.call+json' };

async function call(shape: RequestShape): Promise<Call> {
  const found = await decoded({ path: PATH, headers: { accept: '*/*' }, ...shape });
  if (typeof found === 'string') throw new Error(found);
  return found;
}

function paramsOf({ view, params }: Call): Record<string, unknown> {
  return JSON.parse(view.raw(params));
}

test('the arguments keep their bytes', async () => {
  const body = ' {"b" : 9007199254740993,\n"a":1.0, "\\u00e4":"\\ud83d\\ude00"} ';
  const { view, arguments: args, name, method, row } = await call({ body });
  expect(view.raw(args)).toBe(body.trim());
  expect([name, method, row?.method]).toEqual(['up__echo', 'tools/call', 'tools/call']);
});

test('no body means no arguments', async () => {
  expect(paramsOf(await call({ body: '' }))['arguments']).toEqual({});
});

test('a name is a name, whatever is in it', async () => {
  const found = await call({ path: '/api/default/tools/a%22%2C%22x%22%3A1', body: '{}' });
  expect(found.name).toBe('a","x":1');
  expect(paramsOf(found)['name']).toBe('a","x":1');
});

test('who calls is known by its first product', async () => {
  const info = async (agent: string) =>
    (await call({ body: '{}', headers: { 'user-agent': agent } })).clientInfo;
  expect(await info('curl/8.5.0')).toBe('{"name":"curl","version":"8.5.0"}');
  expect(await info('app (x; y) other/1')).toBe('{"name":"app","version":""}');
  expect(await info('"},"x":{')).toBe('');
});

test('who reads events hears of progress and the log, nobody else', async () => {
  const stream = await call({ body: '{}', headers: { accept: 'text/event-stream' } });
  expect(stream.rawProgressToken).toBe(stream.rawId);
  expect(stream.logLevel).toBe('info');
  expect(paramsOf(stream)['_meta']).toMatchObject({ progressToken: JSON.parse(stream.rawId) });
  const plain = await call({ body: '{}' });
  expect([plain.rawProgressToken, plain.logLevel]).toEqual(['', '']);
});

describe('a whole call', () => {
  test('carries the answers to a question', async () => {
    const body =
      '{"requestState":"s\\u0041","arguments":{"n":1.50},"inputResponses":{"k":{"action":"accept"}}}';
    const { view, params } = await call({ body, headers: WHOLE });
    expect(view.raw(view.member(params, 'arguments'))).toBe('{"n":1.50}');
    expect(view.raw(view.member(params, 'requestState'))).toBe('"s\\u0041"');
    expect(view.raw(view.member(params, 'inputResponses'))).toBe('{"k":{"action":"accept"}}');
  });

  test.each([
    ['{}', 'ok'],
    ['[]', 'params_invalid'],
    ['{"arguments":[]}', 'params_invalid'],
    ['{"requestState":1}', 'params_invalid'],
    ['{"inputResponses":"x"}', 'params_invalid'],
    ['{"_meta":{}}', 'params_invalid'],
    ['{"name":"other"}', 'params_invalid'],
    ['{"__proto__":{}}', 'params_invalid'],
    ['{"arguments":{},"arguments":{}}', 'duplicate_key'],
    ['', 'not_json'],
  ])('%s: %s', async (body, expected) => {
    const found = await wireIn(makeExchange({ path: PATH, body, headers: WHOLE }));
    expect(found instanceof Refusal ? found.reason : 'ok').toBe(expected);
  });
});

describe('what is no arguments object is refused', () => {
  test.each([
    ['[]', 'params_invalid'],
    ['"x"', 'params_invalid'],
    ['null', 'params_invalid'],
    ['{', 'not_json'],
    ['{}{}', 'not_json'],
    ['{},"_meta":{}', 'not_json'],
    ['{}},"id":1,"x":{"y":{}', 'not_json'],
    ['{"a":1,"a":2}', 'duplicate_key'],
    ['{"a":{"b":1,"b":2}}', 'duplicate_key'],
    [' ', 'not_json'],
    [Buffer.from([0x7b, 0xff, 0x7d]), 'not_json'],
  ])('%s: %s', async (body, expected) => {
    expect(await decoded({ path: PATH, body })).toMatch(new RegExp(`^${expected}: `));
  });

  test('nested exactly as deep as an MCP call may nest its arguments', async () => {
    const nested = (levels: number) => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`;
    const most = WIRE_DEPS.maxJsonDepth - 2;
    expect(paramsOf(await call({ body: nested(most) }))['name']).toBe('up__echo');
    expect(await decoded({ path: PATH, body: nested(most + 1) })).toMatch(/^json_too_deep: /);
    const whole = (levels: number) => `{"arguments":${nested(levels)}}`;
    expect(typeof (await decoded({ path: PATH, body: whole(most), headers: WHOLE }))).toBe(
      'object',
    );
    const refused = await decoded({ path: PATH, body: whole(most + 1), headers: WHOLE });
    expect(refused).toMatch(/^json_too_deep: /);
  });
});

test('whatever the body is, it is the arguments or it is refused', async () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '"',
    ':',
    ',',
    '[',
    ']',
    '"a"',
    '1',
    ' ',
    '\\',
    '"_meta"',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 16 }).map((all) => all.join('')),
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(text, fc.json()), async (body) => {
      const found = await decoded({ path: PATH, body });
      if (typeof found === 'string') return;
      const params = paramsOf(found);
      expect(Object.keys(params)).toEqual(['_meta', 'name', 'arguments']);
      expect(params['arguments']).toEqual(body === '' ? {} : JSON.parse(body));
    }),
  );
});
