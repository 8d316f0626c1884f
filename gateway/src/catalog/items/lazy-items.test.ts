import { beforeEach, describe, expect, test } from 'vitest';
import { CatalogWorld, listingOf, original } from '../../../../test/kit/catalog-world.ts';
import { lazyTool, type LazyTool } from '../../../../test/kit/lazy-tools.ts';
import type { Listing } from '../../kernel/index.ts';

let world: CatalogWorld;

beforeEach(async () => {
  world = await CatalogWorld.open();
});

const lazyListing = (tools: readonly LazyTool[], shape: Partial<Listing> = {}): Listing => ({
  ...listingOf({ capabilities: { tools: true } }),
  ...shape,
  tools,
});

const built = (tools: readonly LazyTool[]): number =>
  tools.reduce((sum, tool) => sum + tool.built, 0);

describe('definitions made on first use', () => {
  test('are made for the page that shows them and for no other', async () => {
    const tools = Array.from({ length: 30 }, (_, n) => lazyTool(`t${n}`));
    await world.start({ a: lazyListing(tools) });
    world.stage = world.newStage(undefined, { maxItems: 10 });
    expect(built(tools)).toBe(0);
    const { tools: shown, nextCursor } = await world.list('tools/list');
    expect(shown.map(({ name }) => name)).toEqual(tools.slice(0, 10).map((t) => `a__${t.name}`));
    expect(tools.map((tool) => tool.built > 0)).toEqual(tools.map((_, n) => n < 10));
    expect(nextCursor).toBeTypeOf('string');
  });

  test('are not made to compare: the digest tells', async () => {
    const changes: unknown[] = [];
    const first = [lazyTool('x'), lazyTool('y')];
    await world.start({ a: lazyListing(first) });
    world.catalog.onChange((change) => changes.push(change));
    const second = [lazyTool('x'), lazyTool('y')];
    world.scripts.set('a', lazyListing(second));
    await world.catalog.refreshed('a');
    expect(changes).toEqual([]);
    const third = [lazyTool('x'), lazyTool('y', { digest: 'other' })];
    world.scripts.set('a', lazyListing(third));
    await world.catalog.refreshed('a');
    expect(changes).toHaveLength(1);
    expect(built([...first, ...second, ...third])).toBe(0);
    await world.list('tools/list');
    expect(built(first) + built(second)).toBe(0);
    expect(third.map((tool) => tool.built > 0)).toEqual([true, true]);
  });

  test('that turn out not to be usable are left out of the page with their reason', async () => {
    const tools = [
      lazyTool('good'),
      lazyTool('empty', { definition: '', problem: 'Its reference leads nowhere.' }),
      lazyTool('wrong', { definition: '{"name":"other"}' }),
      lazyTool('broken', { definition: new Error('a bug') }),
    ];
    await world.start({ a: lazyListing(tools) });
    const { tools: shown, _meta } = await world.list('tools/list');
    expect(shown.map(({ name }) => name)).toEqual(['a__good']);
    expect(_meta?.['dev.drawbridge/missing']?.map(({ why }) => why)).toEqual([
      'tool:a/empty is left out: Its reference leads nowhere.',
      expect.stringContaining('tool:a/wrong is left out: It is no valid definition'),
      expect.stringContaining('tool:a/broken is left out: No definition could be made'),
    ]);
    expect(original(await world.found('tools/call', { name: 'a__empty' }))).toBe('tool:a/empty');
  });
});
