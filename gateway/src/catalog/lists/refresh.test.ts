import { beforeEach, describe, expect, test } from 'vitest';
import { CatalogWorld, listingOf, type ViewResult } from '../../../../test/kit/catalog-world.ts';
import { settled } from '../../../../test/kit/manual-clock.ts';
import { Refusal } from '../../kernel/index.ts';
import type { CatalogChange } from '../index.ts';

let world: CatalogWorld;
let changes: CatalogChange[];
beforeEach(async () => {
  world = await CatalogWorld.open();
  changes = [];
  world.catalog.onChange((change) => changes.push(change));
});

const hang = () => new Promise<never>(() => undefined);
const down = new Refusal('upstream_unavailable');
const stateOf = (id: string) => world.catalog.snapshot().parts.find((part) => part.id === id);
const missingOf = (result: ViewResult) => result._meta?.['dev.drawbridge/missing'] ?? [];

describe('twelve upstreams, one hanging, one failing, one invalid', () => {
  const good = Array.from({ length: 9 }, (_, n) => `good-${n}`);
  beforeEach(async () => {
    await world.start({
      hanging: hang,
      failing: down,
      invalid: new Refusal('upstream_invalid'),
      ...Object.fromEntries(good.map((id) => [id, listingOf({ tools: ['a', 'b'] })])),
    });
  });

  test('the first list waits for the deadline of the slowest and no longer', async () => {
    let answered = false;
    const list = world.list('tools/list').then((result) => {
      answered = true;
      return result;
    });
    await world.clock.advance(4_999);
    expect(answered).toBe(false);
    await world.clock.advance(1);
    const result = await list;
    expect(result.tools).toHaveLength(18);
    expect(missingOf(result)).toMatchObject([
      { upstream: 'hanging', stale: false, since: '2026-01-01T00:00:00.000Z' },
      { upstream: 'failing', stale: false, since: '2026-01-01T00:00:00.000Z' },
      { upstream: 'invalid', stale: false, since: '2026-01-01T00:00:00.000Z' },
    ]);
    expect(missingOf(result).map((part) => part.why)).toEqual([
      'It has not answered yet.',
      'The server behind this item cannot be reached.',
      'The server behind this item answered with something invalid.',
    ]);
  });

  test('later lists wait for nobody, and calls of what is known never do', async () => {
    expect(
      world.stage.resolve(world.exchange('tools/call', { name: 'good-1__a' })),
    ).not.toBeInstanceOf(Promise);
    await world.clock.advance(5_000);
    const x = world.exchange('tools/list');
    expect(world.stage.resolve(x)).toBe(x);
  });

  test('the hanging one is given up after its own deadline and asked again, ever more slowly', async () => {
    const times: number[] = [];
    const start = world.clock.nowMs();
    world.scripts.set('failing', () => {
      times.push(world.clock.nowMs() - start);
      return down;
    });
    await world.clock.advance(60_000);
    expect(stateOf('hanging')?.why).toContain('did not answer in time');
    expect(times).toEqual([1000, 3000, 7000, 15000, 31000]);
    await world.clock.advance(180_000);
    expect(times.slice(5)).toEqual([63000, 123000, 183000]);
  });

  test('one that comes up late is in the list from then on', async () => {
    await world.clock.advance(5_000);
    world.scripts.set('failing', listingOf({ tools: ['late'] }));
    await world.clock.advance(2_000);
    const result = await world.list('tools/list');
    expect(result.tools.map((tool) => tool.name)).toContain('failing__late');
    expect(missingOf(result)).toHaveLength(2);
    expect(changes.at(-1)).toEqual({
      upstream: 'failing',
      tools: true,
      prompts: false,
      resources: false,
    });
  });
});

test('an invalid listing as a whole is a failure of that upstream alone', async () => {
  await world.start({ a: listingOf({ tools: ['x'] }), b: new Refusal('upstream_invalid') });
  const result = await world.list('tools/list');
  expect(result.tools.map((tool) => tool.name)).toEqual(['a__x']);
  expect(missingOf(result)[0]?.why).toContain('something invalid');
});

test('an invalid item costs only itself and is named', async () => {
  const header = '{"name":"h","inputSchema":{"type":"object","x-mcp-header":"A"}}';
  const listing = listingOf({ tools: ['x', 'x', header] });
  const odd = [
    { name: 'lies', definition: Buffer.from('{"name":"other"}') },
    { name: 'cut', definition: Buffer.from('{"name":"cut"') },
    { name: 'list', definition: Buffer.from('["list"]') },
    { name: 'twice', definition: Buffer.from('{"name":"twice","name":"twice"}') },
    { name: '', definition: Buffer.from('{"name":""}') },
    { name: 'huge', definition: Buffer.from(`{"name":"huge","d":"${'x'.repeat(1 << 20)}"}`) },
  ];
  await world.start({ a: { ...listing, tools: [...listing.tools, ...odd] } });
  const result = await world.list('tools/list');
  expect(result.tools.map((tool) => tool.name)).toEqual(['a__x']);
  const whys = missingOf(result).map((part) => part.why);
  expect(whys).toHaveLength(8);
  expect(whys[0]).toContain('tool:a/x is left out');
  expect(whys[1]).toContain('x-mcp-header');
  expect(stateOf('a')?.items?.findings.map(({ code }) => code)).toEqual([
    'name_repeated',
    'header_annotation_invalid',
    ...Array.from({ length: 6 }, () => 'definition_invalid'),
  ]);
});

test('a list that cannot be renewed stays, marked with the date', async () => {
  await world.start({ a: listingOf({ tools: ['x'] }) });
  expect((await world.list('tools/list'))._meta).toBeUndefined();
  const before = world.catalog.snapshot().epoch;
  world.scripts.set('a', down);
  await world.clock.advance(300_000);
  const result = await world.list('tools/list');
  expect(result.tools).toHaveLength(1);
  expect(missingOf(result)).toMatchObject([
    { upstream: 'a', stale: true, since: '2026-01-01T00:05:00.000Z' },
  ]);
  await world.clock.advance(10_000);
  expect(missingOf(await world.list('tools/list'))[0]?.since).toBe('2026-01-01T00:05:00.000Z');
  expect(world.catalog.snapshot().epoch).toBe(before);
  world.scripts.set('a', listingOf({ tools: ['x'] }));
  await world.clock.advance(60_000);
  expect((await world.list('tools/list'))._meta).toBeUndefined();
  expect(world.catalog.snapshot().epoch).toBe(before);
  expect(changes).toHaveLength(1);
});

test('the epoch grows, and listeners hear of it, only for what has changed', async () => {
  const full = { tools: ['x'], prompts: ['p'], resources: ['r://1'], templates: ['r://{id}'] };
  await world.start({ a: listingOf(full) });
  const cases: [Parameters<typeof listingOf>[0], Partial<CatalogChange> | undefined][] = [
    [full, undefined],
    [
      { ...full, tools: ['x', 'y'] },
      { tools: true, prompts: false, resources: false },
    ],
    [
      { ...full, tools: ['y', 'x'] },
      { tools: true, prompts: false, resources: false },
    ],
    [{ ...full, tools: ['y', '{"name":"x"}'] }, { tools: true }],
    [
      { ...full, tools: ['y', '{"name":"x"}'], prompts: [] },
      { tools: false, prompts: true },
    ],
    [{ ...full, tools: ['y', '{"name":"x"}'], prompts: [], templates: [] }, { resources: true }],
  ];
  for (const [shape, expected] of cases) {
    const { epoch } = world.catalog.snapshot();
    changes.length = 0;
    world.scripts.set(
      'a',
      listingOf({ ...shape, capabilities: { prompts: true, resources: true } }),
    );
    await world.catalog.refreshed('a');
    expect(world.catalog.snapshot().epoch - epoch).toBe(expected === undefined ? 0 : 1);
    expect(changes).toMatchObject(expected === undefined ? [] : [{ upstream: 'a', ...expected }]);
  }
});

test('changed instructions are a new epoch but no changed list', async () => {
  await world.start({ a: listingOf({ tools: ['x'] }) });
  changes.length = 0;
  const { epoch } = world.catalog.snapshot();
  world.scripts.set('a', listingOf({ tools: ['x'], instructions: 'Be kind.' }));
  await world.catalog.refreshed('a');
  expect(world.catalog.snapshot().epoch).toBe(epoch + 1);
  expect(changes).toEqual([]);
});

test('announcements are taken together, and a flood of them is bounded', async () => {
  await world.start({ a: listingOf() });
  await world.clock.advance(10_000);
  for (let n = 0; n < 100; n++) world.catalog.refresh('a');
  await world.clock.advance(49);
  expect(world.fetches.get('a')).toBe(1);
  await world.clock.advance(1);
  expect(world.fetches.get('a')).toBe(2);
  for (let n = 0; n < 1000; n++) {
    world.catalog.refresh('a');
    await world.clock.advance(10);
  }
  expect(world.fetches.get('a')).toBe(12);
});

test('an announcement while the list is read leads to one more reading', async () => {
  const answers: (() => void)[] = [];
  await world.start({
    a: () => new Promise((resolve) => answers.push(() => resolve(listingOf({ tools: ['x'] })))),
  });
  world.catalog.refresh('a');
  world.catalog.refresh('a');
  expect(answers).toHaveLength(1);
  answers[0]?.();
  await world.clock.advance(1_000);
  expect(answers).toHaveLength(2);
  answers[1]?.();
  await world.clock.advance(60_000);
  expect(answers).toHaveLength(2);
});

test('a fetch that is given up is told so, and what it brings later is ignored', async () => {
  let late: ((listing: ReturnType<typeof listingOf>) => void) | undefined;
  let isAborted = false;
  await world.start(
    {
      a: (signal) => {
        signal.addEventListener('abort', () => (isAborted = true));
        return new Promise((resolve) => (late = resolve));
      },
    },
    2_000,
  );
  await world.clock.advance(2_000);
  expect(isAborted).toBe(true);
  world.scripts.set('a', down);
  late?.(listingOf({ tools: ['x'] }));
  await settled();
  expect(stateOf('a')?.state).toBe('missing');
});

test('a bug in the port is caught, told, and counts as a failure', async () => {
  await world.start({
    a: () => {
      throw new Error('bug');
    },
    b: listingOf({ tools: ['x'] }),
  });
  expect(world.bugs).toHaveLength(1);
  expect(stateOf('a')?.state).toBe('missing');
  const result = await world.list('tools/list');
  expect(result.tools).toHaveLength(1);
  expect(JSON.stringify(result)).not.toContain('bug"');
});

test('upstreams come and go with the configuration; those that stay are not asked again', async () => {
  await world.start({ a: listingOf({ tools: ['x'] }), b: listingOf({ prompts: ['p'] }) });
  changes.length = 0;
  world.scripts.set('c', listingOf({ tools: ['z'] }));
  world.catalog.configure(['c', 'a'].map((id) => ({ id, timeoutMs: 1000 })));
  await settled();
  expect(changes).toEqual([
    { upstream: 'b', tools: false, prompts: true, resources: false },
    { upstream: 'c', tools: true, prompts: false, resources: false },
  ]);
  const { tools } = await world.list('tools/list');
  expect(tools.map((tool) => tool.name)).toEqual(['c__z', 'a__x']);
  expect(world.fetches.get('a')).toBe(1);
});

test('after close nothing is asked and nothing waits', async () => {
  await world.start({ a: listingOf(), b: hang });
  world.catalog.close();
  await world.catalog.settled(['a', 'b']);
  await world.clock.advance(600_000);
  expect(world.fetches.get('a')).toBe(1);
  expect(world.fetches.get('b')).toBe(1);
  expect(world.clock.pending).toBe(0);
});
