import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../../../test/kit/manual-clock.ts';
import { makeSealer } from '../../../../../test/kit/sealer.ts';
import { principalOf, type Awaitable, type Json, type JsonObject } from '../../../kernel/index.ts';
import { DEFAULT_HANDLE_LIMITS } from '../handles/contract.ts';
import { createHandleStore } from '../handles/store.ts';
import type { ApiCall, OperationPlan, PaginationPlan, Reply } from '../model.ts';
import {
  DEFAULT_RESULT_LIMITS,
  type Asker,
  type ResultLimits,
  type Results,
  type Send,
  type ToolResult,
} from '../results/contract.ts';
import { createResults } from '../results/results.ts';
import { openPage, sealPage } from './token.ts';

const ASKER: Asker = { principal: 'ann', endpoint: 'default', readTool: 'crm__read_result' };

interface World {
  readonly clock: ManualClock;
  readonly results: Results;
  readonly plan: OperationPlan;
  readonly calls: { values: JsonObject; pageUrl: string; timeoutMs: number }[];
  ask(values: JsonObject, asker?: Asker): Promise<ToolResult | Reply>;
}

function makeWorld(
  pagination: PaginationPlan,
  api: (values: JsonObject, pageUrl: string, count: number) => Awaitable<Reply>,
  limits: Partial<ResultLimits> = {},
  properties: JsonObject = {},
): World {
  const clock = new ManualClock();
  const results = createResults({
    upstream: 'crm',
    clock,
    sealer: makeSealer(clock),
    handles: createHandleStore('', clock, DEFAULT_HANDLE_LIMITS),
    limits: { ...DEFAULT_RESULT_LIMITS, ...limits },
    dropEmpty: false,
    projections: new Map(),
    fetchFile: undefined,
  });
  const plan: OperationPlan = {
    key: 'http:GET /list',
    description: '',
    input: { type: 'object', properties },
    listed: null,
    output: null,
    arguments: [],
    pagination,
    request: {},
  };
  const calls: World['calls'] = [];
  const send: Send = async (args, call) => {
    calls.push({ values: args.values, pageUrl: call.pageUrl, timeoutMs: call.timeoutMs });
    return api(args.values, call.pageUrl, calls.length);
  };
  const call: ApiCall = {
    principal: principalOf({ id: 'alice', kind: 'user', verifiedBy: 'test' }),
    signal: new AbortController().signal,
    timeoutMs: 10_000,
    maxAnswerBytes: 1_000_000,
    pageUrl: 'must not be used',
  };
  const ask: World['ask'] = async (values, asker = ASKER) => {
    const taken = results.takeControls(plan, values, asker);
    if (taken.kind === 'fault') throw new Error(taken.text);
    const args = { values: taken.rest, files: new Map<string, never>() };
    return results.run({ plan, controls: taken.controls, args, asker, call, send });
  };
  return { clock, results, plan, calls, ask };
}

function answer(value: Json, nextUrl = ''): Reply {
  return { kind: 'answer', status: '200', body: { kind: 'json', value }, nextUrl };
}

type Asked = ToolResult | Reply;

/** The token of the next page, which stands in `_meta` and in the text alike. */
function pageOf(result: Asked): string {
  const { meta, content } = result as ToolResult;
  const { nextPage = '' } = (meta['dev.drawbridge/result'] ?? {}) as { nextPage?: string };
  expect(JSON.stringify(content).includes(`_page=${nextPage || 'any'}`)).toBe(nextPage !== '');
  return nextPage;
}

function listIn(result: Asked): Json[] {
  const [first] = (result as ToolResult).content as unknown as [{ text: string }];
  const value = JSON.parse(first.text) as Json[] | { items: Json[] };
  return Array.isArray(value) ? value : value.items;
}

const ALL = Array.from({ length: 25 }, (_, at) => at);

/** One API of 25 items, ten to a page, in each style. */
const STYLES: [string, PaginationPlan, (values: JsonObject, pageUrl: string) => Reply][] = [
  [
    'link',
    { style: 'link', items: '', next: '' },
    (_values, pageUrl) => {
      const at = pageUrl === '' ? 0 : Number(new URL(pageUrl).searchParams.get('at'));
      return answer(ALL.slice(at, at + 10), at < 20 ? `https://a.test/list?at=${at + 10}` : '');
    },
  ],
  [
    'next_url',
    { style: 'next_url', items: 'items', next: '@odata.nextLink' },
    (_values, pageUrl) => {
      const at =
        pageUrl === '' ? 0 : Number(new URL(pageUrl, 'https://a.test').searchParams.get('at'));
      const next = at < 20 ? { '@odata.nextLink': `/list?at=${at + 10}` } : {};
      return answer({ items: ALL.slice(at, at + 10), ...next });
    },
  ],
  [
    'token',
    { style: 'token', items: 'items', next: 'meta.next', argument: 'cursor' },
    ({ cursor }) => {
      const at = cursor === undefined ? 0 : Number(String(cursor).slice(1));
      return answer({
        items: ALL.slice(at, at + 10),
        meta: { next: at < 20 ? `c${at + 10}` : null },
      });
    },
  ],
  [
    'page',
    { style: 'page', items: 'items', argument: 'page', sizeArgument: 'per_page', first: 1 },
    ({ page }) => {
      const at = (Number(page ?? 1) - 1) * 10;
      return answer({ items: ALL.slice(at, at + 10), total: 25 });
    },
  ],
  [
    'offset',
    { style: 'offset', items: 'items', argument: 'offset', sizeArgument: 'limit', first: 0 },
    ({ offset }) => answer({ items: ALL.slice(Number(offset ?? 0)).slice(0, 10) }),
  ],
];

describe.each(STYLES)('pages of the style %s', (style, plan, api) => {
  test('are gone through one by one', async () => {
    const world = makeWorld(plan, api);
    const first = await world.ask({ q: 'x' });
    expect(listIn(first)).toEqual(ALL.slice(0, 10));
    const second = await world.ask({ q: 'x', _page: pageOf(first) });
    expect(listIn(second)).toEqual(ALL.slice(10, 20));
    let last = await world.ask({ q: 'x', _page: pageOf(second) });
    expect(listIn(last)).toEqual(ALL.slice(20));
    // Whoever counts without knowing the total has to look once more.
    if (style === 'offset') last = await world.ask({ q: 'x', _page: pageOf(last) });
    expect(pageOf(last)).toBe('');
    expect(world.calls.every(({ values }) => values['q'] === 'x' && !('_page' in values))).toBe(
      true,
    );
  });

  test('are followed for _max_items and go on after that', async () => {
    const world = makeWorld(plan, api);
    const most = await world.ask({ _max_items: 20 });
    expect(listIn(most)).toEqual(ALL.slice(0, 20));
    expect(world.calls).toHaveLength(2);
    const rest = await world.ask({ _page: pageOf(most), _max_items: 20 });
    expect(listIn(rest)).toEqual(ALL.slice(20));
    const all = await world.ask({ _max_items: 100 });
    expect(listIn(all)).toEqual(ALL);
    expect(pageOf(all)).toBe('');
  });

  test('show no more than _max_items', async () => {
    const world = makeWorld(plan, api);
    const few = await world.ask({ _max_items: 3 });
    expect(listIn(few)).toEqual([0, 1, 2]);
    expect(world.calls).toHaveLength(1);
    expect(pageOf(few)).not.toBe('');
  });
});

describe('pages', () => {
  const token: PaginationPlan = {
    style: 'token',
    items: 'items',
    next: 'next',
    argument: 'cursor',
  };
  const endless = (values: JsonObject, _url: string, count: number): Reply =>
    answer({ items: [String(values['cursor'] ?? 'first')], next: `c${count}` });

  test('open only with the arguments, in the operation and for the asker they were given for', async () => {
    const world = makeWorld(token, endless);
    const page = pageOf(await world.ask({ q: 'x', n: 5 }));
    await world.ask({ n: '5', q: 'x', _page: page });
    await world.ask({ n: 5, q: 'x', cursor: 'ignored', _page: page });
    await expect(world.ask({ q: 'y', n: 5, _page: page })).rejects.toThrow('other arguments');
    await expect(
      world.ask({ q: 'x', n: 5, _page: page }, { ...ASKER, principal: 'bob' }),
    ).rejects.toThrow('was not given');
    const other = { ...world.plan, key: 'http:GET /other' };
    expect(world.results.takeControls(other, { q: 'x', n: 5, _page: page }, ASKER)).toMatchObject({
      kind: 'fault',
    });
    await world.clock.advance(3_600_000);
    await expect(world.ask({ q: 'x', n: 5, _page: page })).rejects.toThrow('too old');
  });

  test('open in their own context only, whatever it is', () => {
    const clock = new ManualClock();
    const sealer = makeSealer(clock);
    const text = fc.string({ maxLength: 8 });
    const owner = fc.record({ principal: text, endpoint: text, upstream: text, operation: text });
    fc.assert(
      fc.property(owner, owner, text, fc.nat(), (mine, theirs, at, before) => {
        const opened = { position: { at, before }, argumentsDigest: 'd' };
        const sealed = sealPage(sealer, mine, opened, clock.nowMs() + 1000);
        expect(openPage(sealer, mine, sealed)).toEqual(opened);
        const isSame = isDeepStrictEqual({ ...mine }, { ...theirs });
        expect(openPage(sealer, theirs, sealed) !== undefined).toBe(isSame);
      }),
    );
  });

  test.each<[string, Partial<ResultLimits>, number, string]>([
    ['pages', { maxPages: 4 }, 4, 'No more than 4 pages'],
    ['characters', { maxPagesChars: 60 }, 3, 'too large'],
  ])('are bounded in %s', async (_what, limits, calls, words) => {
    const world = makeWorld(token, endless, limits);
    const result = await world.ask({ _max_items: 50 });
    expect(world.calls).toHaveLength(calls);
    expect(listIn(result)).toHaveLength(calls);
    expect(JSON.stringify(result)).toContain(words);
    expect(pageOf(result)).not.toBe('');
  });

  test('are bounded in time, which all of them share', async () => {
    const world = makeWorld(token, async (values, url, count) => {
      await world.clock.advance(4000);
      return endless(values, url, count);
    });
    const result = await world.ask({ _max_items: 50 });
    expect(world.calls.map(({ timeoutMs }) => timeoutMs)).toEqual([10_000, 6000, 2000]);
    expect(JSON.stringify(result)).toContain('Time ran out');
    expect(pageOf(result)).not.toBe('');
  });

  test('end where the API goes in circles or stands still', async () => {
    const circle = makeWorld(token, ({ cursor }) =>
      answer({ items: [1], next: cursor === 'a' ? 'b' : 'a' }),
    );
    const result = await circle.ask({ _max_items: 50 });
    expect(circle.calls).toHaveLength(3);
    expect(JSON.stringify(result)).toContain('named the same page twice');
    expect(pageOf(result)).toBe('');
    const still = makeWorld(token, () => answer({ items: [1], next: 'a' }));
    await still.ask({ _max_items: 50 });
    expect(still.calls).toHaveLength(2);
  });

  test('that cannot be read leave what was read, and the way on', async () => {
    const world = makeWorld(token, (values, url, count) =>
      count === 3
        ? { kind: 'broken', reason: 'upstream_timeout', text: 'no answer in time' }
        : endless(values, url, count),
    );
    const result = await world.ask({ _max_items: 9 });
    expect(listIn(result)).toHaveLength(2);
    expect(JSON.stringify(result)).toContain('Page 3 could not be read: no answer in time');
    expect(pageOf(result)).not.toBe('');
  });

  test('a first page that fails is told as it is', async () => {
    const broken: Reply = { kind: 'broken', reason: 'upstream_closed', text: 'closed' };
    expect(await makeWorld(token, () => broken).ask({})).toBe(broken);
  });

  test.each<[string, Json]>([
    ['no list', { other: 1 }],
    ['no more, in so many words', { items: [1], next: 'x', has_more: false }],
    ['an empty token', { items: [1], next: '' }],
    ['a token that is an object', { items: [1], next: {} }],
    ['a token beyond measure', { items: [1], next: 'x'.repeat(3000) }],
  ])('%s means no further page', async (_what, value) => {
    expect(pageOf(await makeWorld(token, () => answer(value)).ask({}))).toBe('');
  });

  test('an address with blanks or controls is no address', async () => {
    const url: PaginationPlan = { style: 'next_url', items: 'items', next: 'next' };
    for (const next of ['/a b', '/a\r\nX: y', 'x'.repeat(3000)]) {
      expect(pageOf(await makeWorld(url, () => answer({ items: [1], next })).ask({}))).toBe('');
    }
  });

  test.each<[JsonObject, JsonObject, number, boolean]>([
    [{}, {}, 7, true],
    [{}, {}, 0, false],
    [{ limit: 10 }, {}, 7, false],
    [{ limit: 50 }, {}, 30, true],
    [{ limit: 50 }, { maximum: 100 }, 30, false],
    [{ limit: 500 }, { maximum: 100 }, 100, true],
    [{}, { default: 20 }, 7, false],
    [{}, { default: 20 }, 20, true],
  ])('with %j and %j, %i items mean further ones: %s', async (values, schema, count, more) => {
    const plan: PaginationPlan = {
      style: 'offset',
      items: 'items',
      argument: 'offset',
      sizeArgument: 'limit',
      first: 0,
    };
    const world = makeWorld(
      plan,
      () => answer({ items: ALL.concat(ALL, ALL, ALL).slice(0, count) }),
      {},
      { limit: schema },
    );
    expect(pageOf(await world.ask(values)) !== '').toBe(more);
  });

  test('a token goes back as the kind of value that it was', async () => {
    const world = makeWorld(
      token,
      () => answer({ items: [1], next: 42 }),
      {},
      { cursor: { type: 'integer' } },
    );
    await world.ask({ _page: pageOf(await world.ask({})) });
    expect(world.calls[1]?.values).toEqual({ cursor: 42 });
    const texts = makeWorld(token, () => answer({ items: [1], next: 42 }));
    await texts.ask({ _page: pageOf(await texts.ask({})) });
    expect(texts.calls[1]?.values).toEqual({ cursor: '42' });
  });
});
