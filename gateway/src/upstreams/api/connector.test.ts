import { describe, expect, test } from 'vitest';
import { ManualClock, settled } from '../../../../test/kit/manual-clock.ts';
import {
  buildExchange,
  legacyCall,
  modernCall,
  Recorder,
} from '../../../../test/kit/upstream-exchange.ts';
import { Refusal, stringifyExact, type Json, type JsonObject } from '../../kernel/index.ts';
import { createApiConnector } from './connector.ts';
import type {
  Api,
  ApiCall,
  CheckedArguments,
  Effects,
  Operation,
  OperationPlan,
  Reply,
} from './model.ts';
import type { Results } from './results/contract.ts';

const READ: Effects = { effect: 'read', isIdempotent: true, origin: 'verb' };
const WRITE: Effects = { effect: 'destroy', isIdempotent: false, origin: 'verb' };

function operation(verb: string, place: string, name: string, effects: Effects): Operation {
  return {
    key: `http:${verb} ${place}`,
    name,
    aliases: [`old_${name}`],
    title: `Title of ${name}`,
    summary: `Does ${name}.`,
    tags: ['pets'],
    isDeprecated: false,
    verb,
    place,
    effects,
    auth: [],
    at: { source: '', pointer: '#/paths', line: 1 },
  };
}

const GET_PET = operation('GET', '/pets/{id}', 'get_pet', READ);
const ADD_PET = operation('POST', '/pets', 'add_pet', WRITE);
const BROKEN = operation('GET', '/broken', 'broken', READ);

const INPUT: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['id'],
  properties: { id: { type: 'integer' }, note: { type: 'string' } },
};

function planOf(key: string): OperationPlan {
  return {
    key,
    description: `Calls ${key}.`,
    input: INPUT,
    listed: null,
    output: { type: 'object', properties: { id: { type: 'integer' } } },
    arguments: [{ name: 'id', wire: 'petId', location: 'path', isRequired: true, role: 'value' }],
    pagination: null,
    request: {},
  };
}

function answer(value: Json): Reply {
  return { kind: 'answer', status: '200 OK', body: { kind: 'json', value }, nextUrl: '' };
}

/** What the API is asked, and what it answers. */
class DataApi implements Api {
  readonly asked: { readonly key: string; readonly values: string }[] = [];
  readonly signals: AbortSignal[] = [];
  reply: Reply | Promise<Reply> = answer({ id: 1 });
  closes = 0;
  readonly index = {
    kind: 'data',
    digest: 'd1',
    title: 'Pets',
    version: '3',
    description: 'All about pets.\n\nMuch more.',
    servers: [],
    schemes: [],
    operations: [GET_PET, ADD_PET, BROKEN],
    skipped: [],
    repairs: [],
  };

  plan(key: string): OperationPlan | string {
    return key === BROKEN.key ? 'Its body refers to nothing.' : planOf(key);
  }

  async call(key: string, args: CheckedArguments, call: ApiCall): Promise<Reply> {
    this.asked.push({ key, values: stringifyExact(args.values) });
    this.signals.push(call.signal);
    return await this.reply;
  }

  async close(): Promise<void> {
    this.closes++;
  }
}

/** Shapes nothing: what number of pages and characters there is belongs to another test. */
const RESULTS: Results = {
  controlsFor: () => ({ _fields: { type: 'array' } }),
  takeControls: (_plan, rest) =>
    rest['_page'] === undefined
      ? {
          kind: 'taken',
          controls: { fields: [], page: null, maxItems: 0, argumentsDigest: '' },
          rest,
        }
      : { kind: 'fault', argument: '_page', text: '_page was not given out for this call.' },
  takeFiles: async (_plan, values) => ({ kind: 'taken', values, files: new Map() }),
  run: async ({ args, call, send, plan, controls, asker }) => {
    const reply = await send(args, call);
    return reply.kind === 'answer' ? await RESULTS.shape(reply, plan, controls, asker) : reply;
  },
  shape: async ({ body }) => ({
    content: [{ type: 'text', text: body.kind === 'json' ? stringifyExact(body.value) : '' }],
    structuredContent: body.kind === 'json' ? body.value : undefined,
    isError: false,
    meta: {},
  }),
  readTool: { name: 'read_result', inputSchema: { type: 'object' } },
  readResult: async (values) => ({
    content: [{ type: 'text', text: stringifyExact(values) }],
    structuredContent: undefined,
    isError: false,
    meta: {},
  }),
  resourceTemplate: { name: 'results', uriTemplate: 'drawbridge-result://pets/{id}' },
  readResource: async (uri, { principal }) =>
    principal === 'alice' ? { contents: [{ uri, text: 'x' }] } : new Refusal('resource_unknown'),
};

function apiWorld() {
  const clock = new ManualClock();
  const api = new DataApi();
  const logged: string[] = [];
  const connector = createApiConnector(
    'pets',
    {
      kind: 'data',
      results: RESULTS,
      listsOutput: true,
      toolName: (_x, name) => `pets__${name}`,
      open: async () => api,
    },
    {
      clock,
      clientInfo: '{}',
      directory: '',
      timeoutMs: 1000,
      maxAnswerBytes: 1000,
      onEvent: () => {},
      log: (_level, text) => logged.push(text),
    },
  );
  const call = async (text: string, shape: Parameters<typeof buildExchange>[1] = {}) => {
    const recorder = new Recorder();
    await connector.carry(buildExchange(text, { upstream: 'pets', ...shape }), recorder);
    return recorder;
  };
  const told = async (text: string, shape: Parameters<typeof buildExchange>[1] = {}) => {
    const recorder = await call(text, shape);
    const message = await recorder.finished;
    if (message instanceof Refusal) return `${message.reason}: ${message.text}`;
    return message.kind === 'local' ? message.result : message.kind;
  };
  return { clock, api, logged, connector, call, told };
}
describe('listing', () => {
  test('every operation is a tool that is made when it is first read', async () => {
    const { connector } = apiWorld();
    const listing = await connector.fetchItems(new AbortController().signal);
    if (listing instanceof Refusal) throw new Error(listing.text);
    expect(listing).toMatchObject({
      era: 'modern',
      serverInfo: '{"name":"pets","title":"Pets","version":"3"}',
      instructions: 'All about pets.',
      templates: [{ name: 'drawbridge-result://pets/{id}' }],
    });
    const [get, add, broken, own] = listing.tools;
    expect(get?.aliases).toEqual(['old_get_pet']);
    expect(get?.brief).toEqual({
      title: 'Title of get_pet',
      line: 'Does get_pet.',
      tags: ['pets'],
    });
    expect(JSON.parse(get?.definition.toString() ?? '')).toEqual({
      name: 'get_pet',
      title: 'Title of get_pet',
      description: 'Calls http:GET /pets/{id}.',
      inputSchema: {
        ...INPUT,
        properties: {
          id: { type: 'integer' },
          note: { type: 'string' },
          _fields: { type: 'array' },
        },
      },
      outputSchema: { type: 'object', properties: { id: { type: 'integer' } } },
      annotations: {
        title: 'Title of get_pet',
        readOnlyHint: true,
        destructiveHint: false,
        idempotentHint: true,
        openWorldHint: true,
      },
      _meta: { 'dev.drawbridge/effect': { effect: 'read', origin: 'verb' } },
    });
    expect(get?.definition).toBe(get?.definition);
    expect(add?.digest).not.toBe(get?.digest);
    expect([broken?.definition.length, broken?.problem]).toEqual([
      0,
      'Its body refers to nothing.',
    ]);
    expect(own?.name).toBe('read_result');
  });
});

describe('calls', () => {
  test.each([
    ['as written', ',"arguments":{"id":9007199254740993}', '{"id":9007199254740993}', ''],
    [
      'coerced',
      ',"arguments":{"id":"7"}',
      '{"id":7}',
      '"_meta":{"dev.drawbridge/adjusted":[{"argument":"id","how":"JSON text read as an integer"}]}',
    ],
  ])('arguments %s', async (_what, rest, values, meta) => {
    const { told, api } = apiWorld();
    const result = await told(modernCall('get_pet', rest));
    expect(result).toBe(
      `{"content":[{"type":"text","text":"{\\"id\\":1}"}],"structuredContent":{"id":1}${meta === '' ? '' : `,${meta}`}}`,
    );
    expect(api.asked).toEqual([{ key: GET_PET.key, values }]);
  });

  test.each(['modern', 'legacy'] as const)('an array as %s structured content', async (dialect) => {
    const { told, api } = apiWorld();
    api.reply = answer([1]);
    const text = dialect === 'modern' ? modernCall : legacyCall;
    const result: unknown = JSON.parse(
      await told(text('get_pet', ',"arguments":{"id":1}'), { dialect }),
    );
    expect(result).toMatchObject({
      structuredContent: dialect === 'modern' ? [1] : { result: [1] },
    });
  });

  test.each([
    ['wrong arguments', 'get_pet', '{"id":true}', 'id must be an integer, not true.'],
    ['no object', 'get_pet', '7', 'The arguments must be a JSON object.'],
    [
      'an own argument',
      'get_pet',
      '{"id":1,"_page":"x"}',
      '_page was not given out for this call.\nNothing was sent to the API.',
    ],
  ])('%s are told and nothing is sent', async (_what, name, args, text) => {
    const { told, api, connector } = apiWorld();
    const result: unknown = JSON.parse(await told(modernCall(name, `,"arguments":${args}`)));
    expect(result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining(text) }],
    });
    expect(api.asked).toEqual([]);
    expect(connector.status().callsUnderWay).toBe(0);
  });

  test('a failure is told without structured content', async () => {
    const { told, api } = apiWorld();
    api.reply = {
      kind: 'failure',
      class: 'not_found',
      status: '404 Not Found',
      body: { kind: 'json', value: { message: 'no' } },
      complaints: [],
      retryAfterMs: -1,
      authHint: '',
    };
    expect(JSON.parse(await told(modernCall('get_pet', ',"arguments":{"id":1}')))).toEqual({
      content: [
        {
          type: 'text',
          text: 'Change id: the API knows nothing by this value.\nThe API answered 404 Not Found.\nThe API\'s own words, as data: "no"',
        },
      ],
      isError: true,
      _meta: { 'dev.drawbridge/failure': { class: 'not_found', status: '404 Not Found' } },
    });
  });

  test.each([
    [
      'an unknown tool',
      'nothing',
      'item_unknown: There is nothing of this name here. The API has no such operation any more.',
    ],
    [
      'one that cannot be used',
      'broken',
      'item_unknown: There is nothing of this name here. Its body refers to nothing.',
    ],
  ])('%s is refused', async (_what, name, words) => {
    expect(await apiWorld().told(modernCall(name))).toBe(words);
  });

  test('names of before still lead there, and read_result to what was kept', async () => {
    const { told, api } = apiWorld();
    await told(modernCall('old_add_pet', ',"arguments":{"id":1}'));
    expect(api.asked[0]?.key).toBe(ADD_PET.key);
    expect(await told(modernCall('read_result', ',"arguments":{"h":1}'))).toContain('{\\"h\\":1}');
  });

  test('a broken connection is a refusal and shows in the status', async () => {
    const { told, api, connector } = apiWorld();
    api.reply = { kind: 'broken', reason: 'upstream_unavailable', text: 'No route to it.' };
    expect(await told(modernCall('get_pet', ',"arguments":{"id":1}'))).toBe(
      'upstream_unavailable: The server behind this item cannot be reached. No route to it.',
    );
    expect(connector.status()).toMatchObject({ state: 'down', callsUnderWay: 0 });
  });
});

describe('the end of a call', () => {
  const CALL = modernCall('get_pet', ',"arguments":{"id":1}');

  test('comes with its time', async () => {
    const { call, api, clock, connector } = apiWorld();
    api.reply = new Promise(() => {});
    const recorder = await call(CALL);
    await settled();
    expect(connector.status().callsUnderWay).toBe(1);
    await clock.advance(1000);
    expect(await recorder.outcome()).toBe('upstream_timeout');
    expect([api.signals[0]?.aborted, connector.status().callsUnderWay]).toEqual([true, 0]);
  });

  test('comes with its cancellation', async () => {
    const { connector, api } = apiWorld();
    api.reply = new Promise(() => {});
    const x = buildExchange(CALL);
    const recorder = new Recorder();
    await connector.carry(x, recorder);
    await settled();
    x.cancellation.cancel('disconnected');
    expect(await recorder.outcome()).toBe('cancelled');
    expect(api.signals[0]?.aborted).toBe(true);
  });

  test('comes before the connector closes, and is waited for where it retires', async () => {
    const { call, api, connector } = apiWorld();
    const reply = Promise.withResolvers<Reply>();
    api.reply = reply.promise;
    const first = await call(CALL);
    await settled();
    const retired = connector.retire();
    reply.resolve(answer({ id: 2 }));
    expect(await first.outcome()).toBe('local');
    await retired;
    expect(api.closes).toBe(1);
    const second = await call(CALL);
    expect(await second.outcome()).toBe('draining');
  });

  test('a bug ends the call and is logged', async () => {
    const { told, api, logged } = apiWorld();
    api.reply = Promise.reject(new Error('bug'));
    expect(await told(CALL)).toContain('internal:');
    expect(logged).toEqual(['a call of an API broke']);
  });
});

test('kept results are read as resources by who may', async () => {
  const { told } = apiWorld();
  const text =
    '{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"drawbridge-result://pets/1"}}';
  expect(await told(text)).toBe('{"contents":[{"uri":"drawbridge-result://pets/1","text":"x"}]}');
  expect(await told(text, { principal: 'bob' })).toContain('resource_unknown');
  expect(
    await told(text.replace('resources/read', 'prompts/get').replace('uri', 'name')),
  ).toContain('method_unknown');
});
