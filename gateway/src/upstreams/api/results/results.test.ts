import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../../../test/kit/manual-clock.ts';
import { makeSealer } from '../../../../../test/kit/sealer.ts';
import { parseExact, type Json, type JsonObject, type Refusal } from '../../../kernel/index.ts';
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

const ASKER: Asker = { principal: 'ann', endpoint: 'default', readTool: 'crm__read_result' };
const ALL: Controls = { fields: [], page: null, maxItems: 0, argumentsDigest: '' };
/** The beginning of a picture. */
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

class ResultsWorld {
  readonly clock = new ManualClock(Date.now());
  readonly directory: string;
  readonly handles: HandleStore;

  constructor(directory: string) {
    this.directory = join(directory, 'results');
    const limits = { ...DEFAULT_HANDLE_LIMITS, maxMemoryBytes: 40_000 };
    this.handles = createHandleStore(this.directory, this.clock, limits);
  }

  static async open(): Promise<ResultsWorld> {
    return new ResultsWorld(await mkdtemp(join(tmpdir(), 'results-')));
  }

  /** Results of at most 4,000 characters, unless a test says otherwise. */
  make(change: Partial<ResultsDeps> = {}): Results {
    return createResults({
      upstream: 'crm',
      clock: this.clock,
      sealer: makeSealer(this.clock),
      handles: this.handles,
      limits: { ...DEFAULT_RESULT_LIMITS, maxChars: 4000 },
      dropEmpty: false,
      projections: new Map(),
      fetchFile: undefined,
      ...change,
    });
  }

  async close(): Promise<void> {
    await this.handles.close();
    await rm(join(this.directory, '..'), { recursive: true });
  }
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

function answerOf(body: ReplyBody): Extract<Reply, { kind: 'answer' }> {
  return { kind: 'answer', status: '200', body, nextUrl: '' };
}

function shapeValue(results: Results, value: Json, controls = ALL): Promise<ToolResult> {
  return results.shape(answerOf({ kind: 'json', value }), planOf(), controls, ASKER);
}

function texts(result: ToolResult): string[] {
  return result.content.flatMap((block) => {
    const text = (block as JsonObject)['text'];
    return typeof text === 'string' ? [text] : [];
  });
}

/** The address of what was kept; '' where nothing was. */
function handleIn(result: ToolResult): string {
  const found = /drawbridge-result:\/\/crm\/[\w-]{22}/.exec(JSON.stringify(result));
  return found?.[0] ?? '';
}

let world: ResultsWorld;
beforeEach(async () => {
  world = await ResultsWorld.open();
});
afterEach(() => world.close());

describe('answers', () => {
  test('an object is structured and the same as text, numbers as they are written', async () => {
    const result = await shapeValue(world.make(), parseExact('{"id":9007199254740993,"x":1.0}'));
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
    const result = await world.make().shape(answerOf(body), planOf(), ALL, ASKER);
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
    const results = world.make();
    const result = await results.shape(answerOf(body), planOf(), ALL, ASKER);
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
    const result = await world.make().shape(answerOf(body), planOf(), ALL, ASKER);
    expect(result.content[0]).toMatchObject({ name: 'passwd.zip' });
  });
});

function textOf(read: JsonObject | Refusal): string {
  return (read as unknown as { contents: [{ text: string }] }).contents[0].text;
}

describe('shaping', () => {
  test('goes in order: empty members, projection, fields', async () => {
    const results = world.make({
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
    const results = world.make({ limits: { ...DEFAULT_RESULT_LIMITS, maxListItems: 3 } });
    const rows = Array.from({ length: 8 }, (_, id) => ({ id }));
    const result = await shapeValue(results, { rows, n: 8 });
    expect(result.structuredContent).toMatchObject({ n: 8, rows: rows.slice(0, 3) });
    const handle = handleIn(result);
    expect(texts(result)[0]).toContain(
      `rows: 3 of 8 are shown; next: crm__read_result with handle=${handle} path=rows offset=3`,
    );
    expect(result.meta['dev.drawbridge/result']).toEqual({ shown: 3, listed: 8, handle });
    const rest = await results.readResult({ handle, path: 'rows', offset: 3, max_items: 4 }, ASKER);
    expect(texts(rest)).toEqual([
      JSON.stringify(rows.slice(3, 7)),
      `4 items from 3 on, of 8; next: crm__read_result with handle=${handle} path=rows offset=7`,
    ]);
    const last = await results.readResult({ handle, offset: '7' }, ASKER);
    expect(texts(last)).toEqual(['[{"id":7}]', '1 item from 7 on, of 8']);
  });

  test.each([
    ['rows: 3 of 8 are shown; no tool here reads on in what is left out; ask for less with', ''],
    ['path=rows offset=3', 'read_result'],
  ])('says %j to who calls read_result %j', async (note, readTool) => {
    const results = world.make({ limits: { ...DEFAULT_RESULT_LIMITS, maxListItems: 3 } });
    const answer = answerOf({ kind: 'json', value: { rows: [1, 2, 3, 4, 5, 6, 7, 8] } });
    const result = await results.shape(answer, planOf(), ALL, { ...ASKER, readTool });
    expect(texts(result)[0]).toContain(note);
  });

  test('a long text is shown in part and can be read to its end', async () => {
    const text = Array.from({ length: 3000 }, (_, at) => `line ${at} 😀`).join('\n');
    const results = world.make();
    const body: ReplyBody = { kind: 'text', text, mimeType: 'text/plain' };
    const result = await results.shape(answerOf(body), planOf(), ALL, ASKER);
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
    const results = world.make();
    const result = await shapeValue(results, { items });
    const handle = handleIn(result);
    expect(await readdir(world.directory)).toHaveLength(1);
    const item = await results.readResult({ handle, path: 'items[39].text', offset: 100 }, ASKER);
    expect(texts(item)[0]).toBe('39'.repeat(2000).slice(100, 3700));
    const whole = await results.readResource(handle, ASKER);
    expect(JSON.parse(textOf(whole))).toEqual({ items });
  });

  test('what cannot be kept is said', async () => {
    const small = createHandleStore('', new ManualClock(), {
      ...DEFAULT_HANDLE_LIMITS,
      maxMemoryBytes: 10,
    });
    const result = await shapeValue(world.make({ handles: small }), { text: 'x'.repeat(9000) });
    expect(texts(result)[0]).toContain('text is cut');
    expect(handleIn(result)).toBe('');
  });

  test('whatever the answer, a result is valid JSON and within the cap', async () => {
    const results = world.make();
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

test('a projection that does not compile is a mistake of whoever set it up', () => {
  expect(() => world.make({ projections: new Map([['http:GET /x', 'a[']]) })).toThrow(
    'http:GET /x',
  );
});
