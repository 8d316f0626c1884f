import { describe, expect, test } from 'vitest';
import { testCredentials } from '../../../../test/kit/credentials.ts';
import { ManualClock, settled } from '../../../../test/kit/manual-clock.ts';
import { makeSealer } from '../../../../test/kit/sealer.ts';
import { buildExchange, modernCall, Recorder } from '../../../../test/kit/upstream-exchange.ts';
import { Refusal, stringifyExact, type Json, type JsonObject } from '../../kernel/index.ts';
import { createApiConnector } from './connector.ts';
import { DEFAULT_HANDLE_LIMITS } from './handles/contract.ts';
import { createHandleStore } from './handles/store.ts';
import type {
  Api,
  ApiCall,
  CheckedArguments,
  Effects,
  Operation,
  OperationPlan,
  Reply,
} from './model.ts';
import { DEFAULT_RESULT_LIMITS } from './results/contract.ts';
import { createResults } from './results/results.ts';

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
const LIST_PETS = operation('GET', '/pets', 'list_pets', READ);
const BROKEN = operation('GET', '/broken', 'broken', READ);

const INPUT: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['id'],
  properties: { id: { type: 'integer' }, note: { type: 'string' } },
};

const PAGED: JsonObject = { type: 'object', properties: { cursor: { type: 'string' } } };
const PAGES = { style: 'token', items: 'items', next: 'next', argument: 'cursor' } as const;

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
  readonly replies: Reply[] = [];
  closes = 0;
  readonly index = {
    kind: 'data',
    digest: 'd1',
    title: 'Pets',
    version: '3',
    description: 'All about pets.\n\nMuch more.',
    servers: [],
    schemes: [],
    operations: [GET_PET, ADD_PET, BROKEN, LIST_PETS],
    skipped: [],
    repairs: [],
  };

  plan(key: string): OperationPlan | string {
    if (key === LIST_PETS.key) return { ...planOf(key), input: PAGED, pagination: PAGES };
    return key === BROKEN.key ? 'Its body refers to nothing.' : planOf(key);
  }

  async call(key: string, args: CheckedArguments, call: ApiCall): Promise<Reply> {
    this.asked.push({ key, values: stringifyExact(args.values) });
    this.signals.push(call.signal);
    return this.replies.shift() ?? (await this.reply);
  }

  async close(): Promise<void> {
    this.closes++;
  }
}

function apiWorld() {
  const clock = new ManualClock();
  const api = new DataApi();
  const handles = createHandleStore('', clock, DEFAULT_HANDLE_LIMITS);
  const results = createResults({
    upstream: 'pets',
    clock,
    sealer: makeSealer(clock),
    handles,
    limits: DEFAULT_RESULT_LIMITS,
    dropEmpty: false,
    projections: new Map(),
    fetchFile: undefined,
  });
  const logged: string[] = [];
  const connector = createApiConnector(
    'pets',
    {
      kind: 'data',
      results,
      listsOutput: true,
      profile: 'default',
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
      credentials: testCredentials(clock),
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
  return { clock, api, handles, logged, connector, call, told };
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
      templates: [{ name: expect.stringContaining('drawbridge-result://pets/') }],
    });
    const [get, add, broken, , own] = listing.tools;
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
          _fields: expect.objectContaining({ type: 'array' }),
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

  test.each([
    ['wrong arguments', 'get_pet', '{"id":true}', 'id must be an integer, not true.'],
    ['no object', 'get_pet', '7', 'The arguments must be a JSON object.'],
    [
      'an own argument',
      'get_pet',
      '{"id":1,"_page":"x"}',
      '_page is not taken here: this tool has no pages.\nNothing was sent to the API.',
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
          text: 'Change id: the API knows nothing by this value.\nThe tool pets__list_pets lists what there is.\nThe API answered 404 Not Found.\nThe API\'s own words, as data: "no"',
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
    expect(await told(modernCall('read_result', ',"arguments":{"h":1}'))).toContain(
      'There is no argument',
    );
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
  const { told, handles } = apiWorld();
  const owner = { principal: 'alice', endpoint: 'default', upstream: 'pets' };
  const kept = { kind: 'text', mimeType: 'text/plain', filename: 'a.txt', listPath: '' } as const;
  const id = await handles.put(owner, { ...kept, bytes: Buffer.from('all of it') });
  const text = `{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"drawbridge-result://pets/${id}"}}`;
  expect(await told(text)).toContain('all of it');
  expect(await told(text, { principal: 'bob' })).toContain('resource_unknown');
  const prompt = text.replace('resources/read', 'prompts/get').replace('uri', 'name');
  expect(await told(prompt)).toContain('method_unknown');
});

/** Notes what is said before the end. */
class Listener extends Recorder {
  readonly notices: string[] = [];

  override event(message: Parameters<Recorder['event']>[0]): void {
    if (message.kind === 'notice') this.notices.push(message.text);
    super.event(message);
  }
}

test('who asks for progress hears of every further page', async () => {
  const { api, connector } = apiWorld();
  api.replies.push(answer({ items: [1, 2], next: 'b' }), answer({ items: [3], next: null }));
  const args = ',"arguments":{"_max_items":3}';
  const listener = new Listener();
  const x = buildExchange(modernCall('list_pets', args, ',"progressToken":"t-1"'));
  await connector.carry(x, listener);
  await listener.finished;
  expect(api.asked.map(({ values }) => values)).toEqual(['{}', '{"cursor":"b"}']);
  expect(listener.notices).toEqual([
    '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"t-1","progress":1,"message":"1 page read"}}',
  ]);
});
