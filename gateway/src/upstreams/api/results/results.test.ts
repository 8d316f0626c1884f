import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../../../test/kit/manual-clock.ts';
import { makeSealer } from '../../../../../test/kit/sealer.ts';
import { parseExact, type Json, type JsonObject } from '../../../kernel/index.ts';
import { DEFAULT_HANDLE_LIMITS, type HandleStore } from '../handles/contract.ts';
import { createHandleStore } from '../handles/store.ts';
import type { OperationPlan, Reply, ReplyBody } from '../model.ts';
import { textLength } from './compose.ts';
import {
  DEFAULT_RESULT_LIMITS,
  type Asker,
  type Controls,
  type Results,
  type ResultsDeps,
  type ToolResult,
} from './contract.ts';
import { createResults } from './results.ts';

const ASKER: Asker = { principal: 'ann', endpoint: 'default' };
const ALL: Controls = { fields: [], page: null, maxItems: 0, argumentsDigest: '' };
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

let dir = '';
let handles: HandleStore;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'results-'));
  const limits = { ...DEFAULT_HANDLE_LIMITS, maxMemoryBytes: 40_000 };
  handles = createHandleStore(join(dir, 'results'), new ManualClock(Date.now()), limits);
});
afterEach(async () => {
  await handles.close();
  await rm(dir, { recursive: true });
});

function make(change: Partial<ResultsDeps> = {}): Results {
  const clock = new ManualClock();
  return createResults({
    upstream: 'crm',
    clock,
    sealer: makeSealer(clock),
    handles,
    limits: { ...DEFAULT_RESULT_LIMITS, maxChars: 4000 },
    dropEmpty: false,
    projections: new Map(),
    fetchFile: undefined,
    ...change,
  });
}

function planOf(change: Partial<OperationPlan> = {}): OperationPlan {
  return {
    key: 'http:GET /pets',
    description: '',
    input: { type: 'object', properties: {} },
    listed: null,
    output: null,
    arguments: [],
    pagination: null,
    request: {},
    ...change,
  };
}

function answer(body: ReplyBody): Extract<Reply, { kind: 'answer' }> {
  return { kind: 'answer', status: '200', body, nextUrl: '' };
}

function shapeValue(results: Results, value: Json, controls = ALL): Promise<ToolResult> {
  return results.shape(answer({ kind: 'json', value }), planOf(), controls, ASKER);
}

function texts(result: ToolResult): string[] {
  return result.content.flatMap((block) => {
    const text = (block as JsonObject)['text'];
    return typeof text === 'string' ? [text] : [];
  });
}

function handleIn(result: ToolResult): string {
  const found = /drawbridge-result:\/\/crm\/[\w-]{22}/.exec(JSON.stringify(result));
  return found?.[0] ?? '';
}

describe('answers', () => {
  test('an object is structured and the same as text, numbers as they are written', async () => {
    const result = await shapeValue(make(), parseExact('{"id":9007199254740993,"x":1.0}'));
    expect(texts(result)).toEqual(['{"id":9007199254740993,"x":1.0}']);
    expect(JSON.stringify(result.structuredContent)).toBe('{"id":9007199254740993,"x":1.0}');
    expect(result).toMatchObject({ isError: false, meta: {} });
  });

  test.each<[string, ReplyBody, string]>([
    ['a list', { kind: 'json', value: [1, 2] }, '[1,2]'],
    ['nothing', { kind: 'none' }, 'The API answered 200 without any content.'],
    ['a text', { kind: 'text', text: 'hello', mimeType: 'text/plain' }, 'hello'],
    [
      'an empty text',
      { kind: 'text', text: '', mimeType: 'text/plain' },
      'The API answered with an empty text.',
    ],
    [
      'text bytes in another charset',
      {
        kind: 'binary',
        bytes: Buffer.from('caf\xe9', 'latin1'),
        mimeType: 'text/plain; charset=ISO-8859-1',
        filename: '',
      },
      'café',
    ],
    [
      'an SVG',
      { kind: 'binary', bytes: Buffer.from('<svg/>'), mimeType: 'image/svg+xml', filename: '' },
      '<svg/>',
    ],
  ])('%s is text', async (_name, body, wanted) => {
    const result = await make().shape(answer(body), planOf(), ALL, ASKER);
    expect(texts(result)).toEqual([wanted]);
    expect(result.structuredContent).toBeUndefined();
  });

  test.each<[string, Buffer, string, JsonObject]>([
    [
      'a picture',
      PNG,
      'image/png',
      { type: 'image', mimeType: 'image/png', data: PNG.toString('base64') },
    ],
    [
      'a picture under a wrong name',
      PNG,
      'application/octet-stream',
      { type: 'image', mimeType: 'image/png' },
    ],
    [
      'no picture',
      Buffer.from('<html>'),
      'image/png',
      { type: 'resource_link', mimeType: 'image/png', size: 6 },
    ],
    ['a sound', Buffer.from('ID3'), 'audio/mpeg', { type: 'audio', mimeType: 'audio/mpeg' }],
    [
      'a small PDF',
      Buffer.from('%PDF-1.7'),
      'application/pdf',
      { type: 'resource', resource: { mimeType: 'application/pdf', blob: 'JVBERi0xLjc=' } },
    ],
    [
      'a large PDF',
      Buffer.concat([Buffer.from('%PDF-'), Buffer.alloc(300_000)]),
      'application/pdf',
      { type: 'resource_link', size: 300_005, name: 'get_pets.pdf' },
    ],
    [
      'a large picture',
      Buffer.concat([PNG, Buffer.alloc(600_000)]),
      'image/png',
      { type: 'resource_link', name: 'get_pets.png' },
    ],
    [
      'an archive',
      Buffer.from('PK'),
      'application/zip',
      { type: 'resource_link', mimeType: 'application/zip', size: 2 },
    ],
  ])('%s', async (_name, bytes, mimeType, wanted) => {
    const body: ReplyBody = { kind: 'binary', bytes, mimeType, filename: '' };
    const results = make();
    const result = await results.shape(answer(body), planOf(), ALL, ASKER);
    expect(result.content[0]).toMatchObject(wanted);
    const uri = handleIn(result);
    const read = await results.readResource(uri, ASKER);
    expect(read).toEqual({ contents: [{ uri, mimeType, blob: bytes.toString('base64') }] });
    expect(await results.readResource(uri, { ...ASKER, principal: 'bob' })).toMatchObject({
      reason: 'resource_unknown',
    });
  });

  test('a name given by the API loses its folders', async () => {
    const body: ReplyBody = {
      kind: 'binary',
      bytes: Buffer.from('PK'),
      mimeType: 'application/zip',
      filename: '../../etc/pass\nwd.zip',
    };
    const result = await make().shape(answer(body), planOf(), ALL, ASKER);
    expect(result.content[0]).toMatchObject({ name: 'passwd.zip' });
  });
});

describe('shaping', () => {
  test('goes in order: empty members, projection, fields', async () => {
    const results = make({
      dropEmpty: true,
      projections: new Map([
        ['http:GET /pets', '{items: data[*].{id: id, name: name, note: note}, n: length(data)}'],
      ]),
    });
    const value: Json = {
      data: [
        { id: 1, name: 'a', note: '', secret: 's' },
        { id: 2, name: null },
      ],
    };
    expect((await shapeValue(results, value)).structuredContent).toEqual({
      items: [
        { id: 1, name: 'a', note: null },
        { id: 2, name: null, note: null },
      ],
      n: 2,
    });
    const some = await shapeValue(results, value, { ...ALL, fields: ['items.id', 'items.secret'] });
    expect(some.structuredContent).toMatchObject({ items: [{ id: 1 }, { id: 2 }] });
    expect(JSON.stringify(some)).not.toContain('"s"');
    expect(texts(some)[0]).toContain('_fields: there is no items.secret in the answer');
  });

  test('caps a list, says how to go on, and read_result goes on there', async () => {
    const results = make({ limits: { ...DEFAULT_RESULT_LIMITS, maxListItems: 3 } });
    const rows = Array.from({ length: 8 }, (_, id) => ({ id }));
    const result = await shapeValue(results, { rows, n: 8 });
    expect(result.structuredContent).toMatchObject({ n: 8, rows: rows.slice(0, 3) });
    const handle = handleIn(result);
    expect(texts(result)[0]).toContain(
      `3 of 8 items of rows are shown; next: read_result with handle=${handle} path=rows offset=3`,
    );
    expect(result.meta['dev.drawbridge/result']).toEqual({ shown: 3, listed: 8, handle });
    const rest = await results.readResult({ handle, path: 'rows', offset: 3, max_items: 4 }, ASKER);
    expect(texts(rest)).toEqual([
      JSON.stringify(rows.slice(3, 7)),
      `4 items from 3 on, of 8; next: read_result with handle=${handle} path=rows offset=7`,
    ]);
    const last = await results.readResult({ handle, offset: '7' }, ASKER);
    expect(texts(last)).toEqual(['[{"id":7}]', '1 items from 7 on, of 8']);
  });

  test('a long text is shown in part and can be read to its end', async () => {
    const text = Array.from({ length: 3000 }, (_, at) => `line ${at} 😀`).join('\n');
    const results = make();
    const body: ReplyBody = { kind: 'text', text, mimeType: 'text/plain' };
    const result = await results.shape(answer(body), planOf(), ALL, ASKER);
    const handle = handleIn(result);
    let [read = ''] = texts(result);
    for (let part = 0; read.length < text.length && part < 100; part++) {
      const next = await results.readResult({ handle, offset: read.length }, ASKER);
      expect(textLength(next)).toBeLessThanOrEqual(4000);
      read += texts(next)[0] ?? '';
    }
    expect(read).toBe(text);
  });

  test('a long JSON can be read to its end, item by item and text by text', async () => {
    const items = Array.from({ length: 40 }, (_, id) => ({ id, text: `${id}`.repeat(2000) }));
    const results = make();
    const result = await shapeValue(results, { items });
    const handle = handleIn(result);
    expect(await readdir(join(dir, 'results'))).toHaveLength(1);
    const item = await results.readResult({ handle, path: 'items[39].text', offset: 100 }, ASKER);
    expect(texts(item)[0]).toBe('39'.repeat(2000).slice(100, 3700));
    const whole = await results.readResource(handle, ASKER);
    expect(JSON.parse((whole as any).contents[0].text)).toEqual({ items });
  });

  test('what cannot be kept is said', async () => {
    const small = createHandleStore('', new ManualClock(), {
      ...DEFAULT_HANDLE_LIMITS,
      maxMemoryBytes: 10,
    });
    const result = await shapeValue(make({ handles: small }), { text: 'x'.repeat(9000) });
    expect(texts(result)[0]).toContain('text is cut');
    expect(handleIn(result)).toBe('');
  });

  test('whatever the answer, a result is valid JSON and within the cap', async () => {
    const results = make();
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 4 }),
      fc.array(fc.record({ id: fc.nat(), text: fc.string({ maxLength: 400 }) }), { maxLength: 80 }),
      fc.dictionary(
        fc.string({ unit: 'binary', maxLength: 30 }),
        fc.array(fc.string({ maxLength: 200 })),
        { minKeys: 20, maxKeys: 200 },
      ),
      fc.string({ unit: 'binary', minLength: 3000, maxLength: 9000 }),
    );
    const fields = fc.array(fc.string({ maxLength: 10 }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(value, fields, async (any, paths) => {
        const result = await shapeValue(results, parseExact(JSON.stringify(any)), {
          ...ALL,
          fields: paths,
        });
        expect(textLength(result)).toBeLessThanOrEqual(4000);
        const [first = ''] = texts(result);
        expect(JSON.stringify(JSON.parse(first)).length).toBeLessThanOrEqual(4000);
        const { structuredContent } = result;
        expect(structuredContent === undefined || JSON.stringify(structuredContent) === first).toBe(
          true,
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe('read_result', () => {
  test.each<[JsonObject, string]>([
    [{}, 'handle is needed'],
    [{ handle: 'nonsense' }, 'There is no result at this handle'],
    [{ handle: 'drawbridge-result://shop/AAAAAAAAAAAAAAAAAAAAAA' }, 'There is no result'],
    [{ handle: 'AAAAAAAAAAAAAAAAAAAAAA' }, 'There is no result'],
    [{ handle: 'x', ofset: 1 }, 'There is no argument "ofset"'],
    [{ handle: 'x', offset: -1 }, 'offset must be'],
    [{ handle: 'x', offset: 1.5 }, 'offset must be'],
    [{ handle: 'x', max_chars: 'many' }, 'max_chars must be'],
    [{ handle: 'x', path: 7 }, 'path must be'],
  ])('%j', async (values, words) => {
    const result = await make().readResult(values, ASKER);
    expect(result.isError).toBe(true);
    expect(texts(result)[0]).toContain(words);
  });

  test('names the nearest path, and nothing of another asker', async () => {
    const results = make();
    const handle = handleIn(await shapeValue(results, { items: [{ name: 'x'.repeat(9000) }] }));
    const wrong = await results.readResult({ handle, path: 'items.0.nmae' }, ASKER);
    expect(texts(wrong)[0]).toBe(
      'There is nothing at path items.0.nmae. Nearest: items.name.',
    );
    const other = await results.readResult({ handle }, { ...ASKER, endpoint: 'other' });
    expect(texts(other)[0]).toContain('There is no result');
  });

  test('shows a picture and only speaks of other files', async () => {
    const results = make();
    const picture = answer({ kind: 'binary', bytes: PNG, mimeType: 'image/png', filename: '' });
    const handle = handleIn(await results.shape(picture, planOf(), ALL, ASKER));
    expect((await results.readResult({ handle }, ASKER)).content[0]).toMatchObject({
      type: 'image',
    });
    const zip = answer({
      kind: 'binary',
      bytes: Buffer.from('PK'),
      mimeType: 'application/zip',
      filename: 'a.zip',
    });
    const other = handleIn(await results.shape(zip, planOf(), ALL, ASKER));
    const read = await results.readResult({ handle: other }, ASKER);
    expect(JSON.stringify(read)).not.toContain(Buffer.from('PK').toString('base64'));
    expect(texts(read)[0]).toContain('a.zip (application/zip, 2 bytes) cannot be read as text');
  });
});

describe('controls', () => {
  const plan = planOf({
    output: {
      type: 'object',
      properties: { items: { type: 'array', items: { type: 'object', properties: { id: {} } } } },
    },
    pagination: { style: 'token', items: 'items', next: 'next', argument: 'cursor' },
  });

  test('are listed where they can be used and are not the operation’s own', () => {
    const results = make();
    expect(Object.keys(results.controlsFor(plan))).toEqual(['_fields', '_page', '_max_items']);
    expect(results.controlsFor(planOf())).toEqual({});
    const own = planOf({
      ...plan,
      input: { type: 'object', properties: { _page: { type: 'integer' } } },
    });
    expect(Object.keys(results.controlsFor(own))).toEqual(['_fields', '_max_items']);
    expect(results.takeControls(own, { _page: 3 }, ASKER)).toMatchObject({
      kind: 'taken',
      rest: { _page: 3 },
    });
    expect(JSON.stringify(results.controlsFor(plan)).length).toBeLessThan(420);
  });

  test.each<[JsonObject, readonly string[], number]>([
    [{ _fields: ['items.id'] }, ['items.id'], 0],
    [{ _fields: 'a, b.c' }, ['a', 'b.c'], 0],
    [{ _fields: '["a"]', _max_items: 5 }, ['a'], 5],
    [{ _max_items: '7' }, [], 7],
    [{ _max_items: parseExact('7.0') }, [], 7],
    [{ _fields: null, _page: null, _max_items: null }, [], 0],
  ])('%j are taken out', (values, fields, maxItems) => {
    const taken = make().takeControls(plan, { ...values, id: 1 }, ASKER);
    expect(taken).toMatchObject({ kind: 'taken', rest: { id: 1 }, controls: { fields, maxItems } });
  });

  test.each<[JsonObject, string]>([
    [{ _fields: 7 }, '_fields must be a list of paths'],
    [{ _fields: [1] }, '_fields must hold texts only'],
    [{ _fields: '[oops' }, '_fields must be a list'],
    [{ _fields: ['x'.repeat(300)] }, '_fields holds a path of more than'],
    [{ _fields: Array.from({ length: 70 }, () => 'a') }, '_fields holds more than 64 paths'],
    [{ _max_items: 0 }, '_max_items must be a whole number from 1 to 1000'],
    [{ _max_items: true }, '_max_items must be'],
    [{ _max_items: 1e9 }, '_max_items must be'],
    [{ _max_items: [5] }, '_max_items must be'],
    [{ _page: 'made up' }, '_page was not given by an earlier result'],
    [{ _page: 5 }, '_page was not given'],
  ])('%j are refused in words', (values, words) => {
    const taken = make().takeControls(plan, values, ASKER);
    expect(taken).toMatchObject({ kind: 'fault', text: expect.stringContaining(words) });
  });

  test('pages are refused where there are none', () => {
    const taken = make().takeControls(planOf(), { _page: 'x' }, ASKER);
    expect(taken).toMatchObject({
      kind: 'fault',
      text: '_page is not taken here: this tool has no pages.',
    });
  });
});

test('a projection that does not compile is a mistake of whoever set it up', () => {
  expect(() => make({ projections: new Map([['http:GET /x', 'a[']]) })).toThrow('http:GET /x');
});
