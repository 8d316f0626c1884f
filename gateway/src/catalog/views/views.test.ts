import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  CatalogWorld,
  listingOf,
  type Asked,
  type ViewResult,
} from '../../../../test/kit/catalog-world.ts';
import { LOCAL } from '../../../../test/kit/exchange.ts';
import { Refusal } from '../../kernel/index.ts';

let world: CatalogWorld;

const namesOf = (result: ViewResult): string[] => result.tools.map((tool) => tool.name);
const numbered = (count: number, head = 't'): string[] =>
  Array.from({ length: count }, (_, n) => `${head}${n}`);

async function text(method: string, asked: Asked = {}): Promise<string> {
  const found = await world.view(method, asked);
  if (found instanceof Refusal) throw new Error(found.text);
  return found.result;
}

/** All pages of the tools, as a client reads them. */
async function pages(asked: Asked = {}): Promise<string[][]> {
  const found: string[][] = [];
  let cursor: string | undefined;
  do {
    const params = cursor === undefined ? {} : { cursor };
    const result = await world.list('tools/list', { ...asked, params });
    found.push(namesOf(result));
    cursor = result.nextCursor;
  } while (cursor !== undefined);
  return found;
}

describe('definitions', () => {
  const odd =
    '{ "description":"\\u00e9 é 🙂 \\ud800", "name" : "o\\u0064d","inputSchema":{"type":"object","default":1.0,"maximum":1e400,"minimum":-0,"x":9007199254740993},"execution":{"taskSupport":"required"}, "_meta":{"a/b":[1 , 2]},"future":null}';

  beforeEach(async () => {
    world = await CatalogWorld.open({ default: {}, raw: { names: 'original' } });
    await world.start({ a: listingOf({ era: 'legacy', revision: '2025-11-25', tools: [odd] }) });
  });

  test('legacy callers get every byte but those of the name', async () => {
    const expected = odd.replace('"o\\u0064d"', '"a__odd"');
    expect(await text('tools/list', { dialect: 'legacy' })).toBe(`{"tools":[${expected}]}`);
    expect(await text('tools/list', { dialect: 'legacy', endpoint: 'raw' })).toBe(
      `{"tools":[${odd}]}`,
    );
  });

  test('modern callers are not shown "execution", which their revision does not know', async () => {
    const expected = odd.replace('"execution":{"taskSupport":"required"}, ', '');
    expect(await text('tools/list', { endpoint: 'raw' })).toBe(`{"tools":[${expected}]}`);
  });
});

describe('output schemas that are no objects', () => {
  const list = '"outputSchema":{"type":"array","items":{"$ref":"#/$defs/a"},"$defs":{"a":{}}}';
  const tool = `{"name":"t",${list},"x":1.0}`;

  test.each([
    ['legacy callers get an object around it', 'modern', 'legacy'],
    ['modern callers get it as it is', 'modern', 'modern'],
    ['what a legacy server says is left to its callers', 'legacy', 'legacy'],
  ] as const)('%s', async (_name, era, dialect) => {
    world = await CatalogWorld.open({ default: {}, raw: { names: 'original' } });
    await world.start({ a: listingOf({ era, tools: [tool] }) });
    const wrapped =
      '{"type":"object","properties":{"result":{"type":"array","items":{"$ref":"#/properties/result/$defs/a"},"$defs":{"a":{}}}},"required":["result"]}';
    const expected =
      era === 'modern' && dialect === 'legacy'
        ? `{"name":"t","outputSchema":${wrapped},"x":1.0}`
        : tool;
    expect(await text('tools/list', { dialect, endpoint: 'raw' })).toBe(`{"tools":[${expected}]}`);
  });
});

describe('lists', () => {
  beforeEach(async () => {
    world = await CatalogWorld.open({ default: {}, some: { include: ['a/*'], exclude: ['a/t1'] } });
    await world.start({
      b: listingOf({ tools: ['z', 'y'] }),
      a: listingOf({ tools: numbered(3), prompts: ['p'] }),
    });
  });

  test('follow the order of the configuration, then of each upstream', async () => {
    expect(namesOf(await world.list('tools/list'))).toEqual([
      'b__z',
      'b__y',
      'a__t0',
      'a__t1',
      'a__t2',
    ]);
  });

  test('hold what the endpoint includes and this principal may see', async () => {
    expect(namesOf(await world.list('tools/list', { endpoint: 'some' }))).toEqual([
      'a__t0',
      'a__t2',
    ]);
    world.hidden.add('guest tool:a/t0');
    const principal = { ...LOCAL, id: 'guest' };
    expect(namesOf(await world.list('tools/list', { endpoint: 'some', principal }))).toEqual([
      'a__t2',
    ]);
    expect(namesOf(await world.list('tools/list', { endpoint: 'some' }))).toHaveLength(2);
  });

  test('say how long they may be kept, by this principal alone', async () => {
    expect(await world.view('tools/list')).toMatchObject({
      cache: { ttlMs: 60_000, scope: 'private' },
    });
    world.scripts.set('a', new Refusal('upstream_unavailable'));
    await world.catalog.refreshed('a');
    expect(await world.view('tools/list')).toMatchObject({
      cache: { ttlMs: 5_000, scope: 'private' },
    });
  });

  test('name nothing as missing of which this principal sees nothing', async () => {
    world.scripts.set('b', new Refusal('upstream_unavailable'));
    await world.catalog.refreshed('b');
    expect((await world.list('tools/list'))._meta).toBeDefined();
    expect((await world.list('tools/list', { endpoint: 'some' }))._meta).toBeUndefined();
    world.hidden.add('guest tool:b/z');
    world.hidden.add('guest tool:b/y');
    const principal = { ...LOCAL, id: 'guest' };
    expect((await world.list('tools/list', { principal }))._meta).toBeUndefined();
  });

  test('two names that collide: the first is listed, the other named as left out', async () => {
    // Only forged listings come here: two names of one upstream with the same hash.
    world.stage = world.newStage({ default: { names: 'original' } });
    world.catalog.configure(['a', 'c'].map((id) => ({ id, timeoutMs: 1000 })));
    world.scripts.set('c', listingOf({ tools: ['t0'] }));
    await world.catalog.refreshed('c');
    const result = await world.list('tools/list');
    expect(namesOf(result)).toEqual(['t0', 't1', 't2']);
    expect(result._meta?.['dev.drawbridge/missing']?.[0]?.why).toContain('already taken');
  });
});

describe('pages', () => {
  beforeEach(async () => {
    world = await CatalogWorld.open({ default: {}, other: {} });
    await world.start({
      a: listingOf({ tools: numbered(7) }),
      b: listingOf({ tools: numbered(5), prompts: numbered(9) }),
    });
    const endpoints = { default: {}, other: {} };
    world.stage = world.newStage(endpoints, { maxItems: 5 });
  });

  test('cover the whole list once, in order', async () => {
    const all = await pages();
    expect(all.map((page) => page.length)).toEqual([5, 5, 2]);
    expect(all.flat()).toEqual([...numbered(7, 'a__t'), ...numbered(5, 'b__t')]);
  });

  test('end before they grow too large, but hold at least one item', async () => {
    world.stage = world.newStage({ default: {} }, { maxBytes: 100 });
    expect((await pages()).map((page) => page.length)).toEqual([2, 2, 2, 2, 2, 2]);
    world.stage = world.newStage({ default: {} }, { maxBytes: 1 });
    expect(await pages()).toHaveLength(12);
  });

  test.each([
    ['the empty cursor', { cursor: '' }],
    ['made up', { cursor: 'abc' }],
    ['an offset', { cursor: '5' }],
  ])('%s was not given out', async (_case, params) => {
    expect(await world.view('tools/list', { params })).toMatchObject({ reason: 'cursor_invalid' });
  });

  test.each([[7], [null], [{}]])('a cursor that is %o is no cursor', async (cursor) => {
    expect(await world.view('tools/list', { params: { cursor } })).toMatchObject({
      reason: 'params_invalid',
    });
  });

  test('a cursor is good for its principal, endpoint and list alone, and for a day', async () => {
    const { nextCursor } = await world.list('tools/list');
    const params = { cursor: nextCursor };
    const foreign: [string, Asked][] = [
      ['tools/list', { params, endpoint: 'other' }],
      ['tools/list', { params, principal: { ...LOCAL, id: 'guest' } }],
      ['prompts/list', { params }],
      ['tools/list', { params: { cursor: `${nextCursor}A` } }],
    ];
    for (const [method, asked] of foreign) {
      expect(await world.view(method, asked)).toMatchObject({ reason: 'cursor_invalid' });
    }
    expect(namesOf(await world.list('tools/list', { params, dialect: 'legacy' }))).toHaveLength(5);
    world.stage = world.newStage({ default: { exclude: ['a/t0'] } });
    expect(await world.view('tools/list', { params })).toMatchObject({ reason: 'cursor_invalid' });
    world.stage = world.newStage({ default: {} });
    await world.list('tools/list', { params });
    await world.clock.advance(24 * 60 * 60 * 1000);
    expect(await world.view('tools/list', { params })).toMatchObject({ reason: 'cursor_invalid' });
  });

  test('nothing that stays is shown twice or not at all, whatever comes and goes in between', async () => {
    const tools = fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { maxLength: 8 });
    const lists = fc.record({ a: tools, b: tools, c: tools });
    const apply = async (state: Record<string, number[]>): Promise<string[]> => {
      const ids = ['a', 'b', 'c'].filter((id) => state[id]!.length > 0);
      for (const id of ids) {
        const names = state[id]!.toSorted((x, y) => x - y).map((n) => `t${n}`);
        world.scripts.set(id, listingOf({ tools: names }));
      }
      world.catalog.configure(ids.map((id) => ({ id, timeoutMs: 1000 })));
      for (const id of ids) await world.catalog.refreshed(id);
      return ids.flatMap((id) => state[id]!.map((n) => `${id}__t${n}`));
    };
    await fc.assert(
      fc.asyncProperty(
        lists,
        lists,
        fc.integer({ min: 1, max: 4 }),
        async (before, after, most) => {
          world.stage = world.newStage({ default: {} }, { maxItems: most });
          const was = await apply({ ...before, a: [5, ...before.a.filter((n) => n !== 5)] });
          const first = await world.list('tools/list');
          const seen = namesOf(first);
          // The last item that was shown is still there; all others may have gone.
          const last = seen.at(-1)!;
          const kept = Number(last.at(-1));
          const now: Record<string, number[]> = after;
          const rest = now[last[0]!]!.filter((n) => n !== kept);
          const is = await apply({ ...now, [last[0]!]: [...rest, kept] });
          let cursor = first.nextCursor;
          while (cursor !== undefined) {
            const next = await world.list('tools/list', { params: { cursor } });
            seen.push(...namesOf(next));
            cursor = next.nextCursor;
          }
          expect(new Set(seen).size).toBe(seen.length);
          const stayed =
            first.nextCursor === undefined ? [] : was.filter((name) => is.includes(name));
          expect(stayed.filter((name) => !seen.includes(name))).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([
    ['the last item shown', { a: ['t0', 't1', 't2', 't3', 't5', 't6'] }, 'a__t5'],
    ['its whole upstream', { b: numbered(5) }, 'b__t0'],
    ['everything behind it', { a: numbered(5) }, undefined],
  ])('go on where they would have when %s has gone', async (_case, scripts, expected) => {
    const { nextCursor } = await world.list('tools/list');
    for (const [id, names] of Object.entries(scripts)) {
      world.scripts.set(id, listingOf({ tools: names }));
    }
    world.catalog.configure(Object.keys(scripts).map((id) => ({ id, timeoutMs: 1000 })));
    for (const id of Object.keys(scripts)) await world.catalog.refreshed(id);
    const next = await world.list('tools/list', { params: { cursor: nextCursor } });
    expect(namesOf(next)[0]).toBe(expected);
  });
});

describe('what an endpoint is', () => {
  const full = {
    tools: ['t'],
    prompts: ['p'],
    resources: ['x://1'],
    instructions: 'Use t.',
    capabilities: {
      subscribe: true,
      completions: true,
      logging: true,
      extensions: '{"vendor/x": {"n":1.0}}',
    },
  };
  beforeEach(async () => {
    world = await CatalogWorld.open({
      default: {},
      one: { include: ['full/*'] },
      tools: { include: ['tool:full/*'] },
    });
    await world.start({
      full: listingOf(full),
      plain: listingOf({ tools: ['t'], instructions: 'Plain words.' }),
    });
  });

  test('discover, at an endpoint with one upstream and with several', async () => {
    expect(await text('server/discover', { endpoint: 'one' })).toBe(
      '{"supportedVersions":["2026-07-28"],"capabilities":{"tools":{"listChanged":true},' +
        '"prompts":{"listChanged":true},"resources":{"listChanged":true},"completions":{},' +
        '"logging":{},"extensions":{"vendor/x": {"n":1.0}}},"instructions":"Use t."}',
    );
    expect(await world.list('server/discover')).toEqual({
      supportedVersions: ['2026-07-28'],
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { listChanged: true },
        completions: {},
        logging: {},
      },
      instructions: '# full\n\nUse t.\n\n# plain\n\nPlain words.',
    });
  });

  test('legacy callers may subscribe where an upstream lets them', () => {
    const { capabilities } = world.stage.describe('one', LOCAL, 'legacy');
    expect(JSON.parse(capabilities).resources).toEqual({ subscribe: true, listChanged: true });
    expect(world.stage.describe('none', LOCAL, 'legacy')).toEqual({
      capabilities: '{}',
      instructions: '',
    });
  });

  test('what an endpoint cannot show it does not advertise', () => {
    const { capabilities } = world.stage.describe('tools', LOCAL, 'modern');
    expect(Object.keys(JSON.parse(capabilities))).toEqual(['tools', 'logging', 'extensions']);
  });

  test('instructions of an upstream of which nothing is seen are not shown', () => {
    world.hidden.add('tool:plain/t');
    world.stage = world.newStage({ default: {} });
    expect(world.stage.describe('default', LOCAL, 'modern').instructions).toBe('# full\n\nUse t.');
  });

  test('long instructions of one cost the others nothing, and all stay within their bound', async () => {
    world.scripts.set('full', listingOf({ ...full, instructions: '🙂'.repeat(5000) }));
    await world.catalog.refreshed('full');
    const { instructions } = world.stage.describe('default', LOCAL, 'modern');
    expect(Buffer.byteLength(instructions)).toBeLessThanOrEqual(8192);
    expect(Buffer.byteLength(instructions)).toBeGreaterThan(8150);
    expect(instructions.endsWith('# plain\n\nPlain words.')).toBe(true);
    expect(instructions.isWellFormed()).toBe(true);
    expect(instructions).not.toContain('\ufffd');
    const alone = world.stage.describe('one', LOCAL, 'modern').instructions;
    expect(alone).toBe('🙂'.repeat(5000));
  });
});
