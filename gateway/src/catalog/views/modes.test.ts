import { beforeEach, describe, expect, test } from 'vitest';
import { CatalogWorld, listingOf, original, sent } from '../../../../test/kit/catalog-world.ts';
import { lazyTool } from '../../../../test/kit/lazy-tools.ts';
import type { Dialect, Listing, ListMode } from '../../kernel/index.ts';

let world: CatalogWorld;

const offering = (mode: ListMode, tools: Listing['tools']): Listing => ({
  ...listingOf({ capabilities: { tools: true } }),
  mode,
  tools,
});

const namesOf = async (params?: Record<string, unknown>): Promise<string[]> =>
  (await world.list('tools/list', { ...(params && { params }) })).tools.map(({ name }) => name);

beforeEach(async () => {
  world = await CatalogWorld.open();
});

describe('what is listed', () => {
  test.each([
    ['full', 'full', ['a__x', 'b__y']],
    ['full', 'compact', ['describe_tool', 'a__x', 'b__y']],
    ['full', 'search', ['search_tools', 'describe_tool', 'call_tool', 'a__x']],
    ['compact', 'search', ['search_tools', 'describe_tool', 'call_tool', 'a__x']],
    ['search', 'search', ['search_tools', 'describe_tool', 'call_tool']],
  ] as const)('modes %s and %s: %j', async (a, b, expected) => {
    await world.start({ a: offering(a, [lazyTool('x')]), b: offering(b, [lazyTool('y')]) });
    expect(await namesOf()).toEqual(expected);
  });

  test.each([
    ['full', ['a__x', 'b__y']],
    ['compact', ['describe_tool', 'a__x', 'b__y']],
    ['search', ['search_tools', 'describe_tool', 'call_tool']],
    ['auto', ['search_tools', 'describe_tool', 'call_tool', 'b__y']],
  ])('an endpoint of mode %s: %j', async (mode, expected) => {
    world = await CatalogWorld.open({ default: { mode } });
    await world.start({
      a: offering('search', [lazyTool('x')]),
      b: offering('full', [lazyTool('y')]),
    });
    expect(await namesOf()).toEqual(expected);
  });

  test('own tools stand there only for those who can use them', async () => {
    await world.start({
      a: offering('search', [lazyTool('x')]),
      b: offering('full', [lazyTool('y')]),
    });
    world.hidden.add('tool:a/x');
    expect(await namesOf()).toEqual(['b__y']);
    expect((await world.refused('tools/call', { name: 'search_tools' })).reason).toBe(
      'item_unknown',
    );
  });

  test('they stand on the first page only', async () => {
    const tools = Array.from({ length: 5 }, (_, n) => lazyTool(`t${n}`));
    await world.start({ a: offering('compact', tools) });
    world.stage = world.newStage(undefined, { maxItems: 2 });
    const pages: string[][] = [];
    let cursor: string | undefined;
    do {
      const params = cursor === undefined ? {} : { cursor };
      const page = await world.list('tools/list', { params });
      pages.push(page.tools.map(({ name }) => name));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(pages).toEqual([['describe_tool', 'a__t0', 'a__t1'], ['a__t2', 'a__t3'], ['a__t4']]);
  });

  test('a compact tool has its line, an open schema and nothing else', async () => {
    const lazy = lazyTool('x', { brief: { title: 'X', line: 'Does x.' }, required: ['id'] });
    const eager = listingOf({
      tools: [
        '{"name":"y","description":" First line.\\n\\nMore.","inputSchema":{"type":"object"}}',
      ],
    });
    await world.start({
      a: offering('compact', [lazy]),
      b: { ...eager, mode: 'compact' },
    });
    const { tools } = await world.list('tools/list');
    const inputSchema = { type: 'object' };
    expect(tools.slice(1)).toEqual([
      { name: 'a__x', description: 'Does x.', inputSchema },
      { name: 'b__y', description: 'First line.', inputSchema },
    ]);
    expect(lazy.built).toBe(0);
  });

  test('resources and prompts are always listed', async () => {
    const rest = listingOf({ tools: ['t'], prompts: ['p'], resources: ['r:1'] });
    await world.start({ a: { ...rest, mode: 'search' } });
    expect((await world.list('prompts/list')).prompts).toHaveLength(1);
    expect((await world.list('resources/list')).resources).toHaveLength(1);
  });

  test('a change of mode is a change of the list', async () => {
    const changes: unknown[] = [];
    await world.start({ a: offering('full', [lazyTool('x')]) });
    world.catalog.onChange((change) => changes.push(change));
    world.scripts.set('a', offering('search', [lazyTool('x')]));
    await world.catalog.refreshed('a');
    expect(changes).toEqual([{ upstream: 'a', tools: true, prompts: false, resources: false }]);
    expect(await namesOf()).toEqual(['search_tools', 'describe_tool', 'call_tool']);
  });
});

describe('names of own tools', () => {
  const own = { default: { names: 'original', mode: 'search' } };

  test('give way to a visible tool of the same name', async () => {
    world = await CatalogWorld.open(own);
    const tools = [lazyTool('call_tool'), lazyTool('x', { aliases: ['describe_tool'] })];
    await world.start({ a: offering('full', tools) });
    expect(await namesOf()).toEqual([
      'search_tools',
      'drawbridge_describe_tool',
      'drawbridge_call_tool',
    ]);
    const theirs = await world.found('tools/call', { name: 'call_tool' });
    expect(original(theirs)).toBe('tool:a/call_tool');
    const x = await world.found('tools/call', {
      name: 'drawbridge_call_tool',
      params: { arguments: { name: 'call_tool', arguments: { n: 1 } } },
    });
    expect(original(x)).toBe('tool:a/call_tool');
    expect(x.via).toBe('drawbridge_call_tool');
  });

  test('do not give a hidden one away', async () => {
    world = await CatalogWorld.open(own);
    await world.start({ a: offering('full', [lazyTool('call_tool'), lazyTool('x')]) });
    world.hidden.add('tool:a/call_tool');
    expect(await namesOf()).toEqual(['search_tools', 'describe_tool', 'call_tool']);
    const x = await world.found('tools/call', {
      name: 'call_tool',
      params: { arguments: { name: 'x' } },
    });
    expect(original(x)).toBe('tool:a/x');
  });
});

describe('calls', () => {
  test.each(['full', 'compact', 'search'] as const)(
    'in mode %s a tool answers to its public name and to its aliases',
    async (mode) => {
      await world.start({ a: offering(mode, [lazyTool('x', { aliases: ['old_x'] })]) });
      for (const name of ['a__x', 'a__old_x']) {
        const x = await world.found('tools/call', { name, params: { arguments: { id: 1 } } });
        expect(original(x)).toBe('tool:a/x');
        expect(sent(x)).toMatchObject({ name: 'x', arguments: { id: 1 } });
      }
      world.hidden.add('tool:a/x');
      expect((await world.refused('tools/call', { name: 'a__old_x' })).reason).toBe('item_unknown');
    },
  );

  test("another tool's own name wins over an alias", async () => {
    const tools = [lazyTool('x', { aliases: ['y'] }), lazyTool('y')];
    await world.start({ a: offering('full', tools) });
    expect(original(await world.found('tools/call', { name: 'a__y' }))).toBe('tool:a/y');
  });

  test.each(['modern', 'legacy'] as const)(
    'what is wrapped in call_tool becomes the call (%s)',
    async (dialect: Dialect) => {
      await world.start({ a: offering('search', [lazyTool('x')]) });
      const params = {
        _meta: { k: 1 },
        arguments: { arguments: { id: 7, deep: { er: [1, 'ü'] } }, name: 'a__x' },
      };
      const x = await world.found('tools/call', { name: 'call_tool', dialect, params });
      expect(original(x)).toBe('tool:a/x');
      expect([x.via, x.asked, x.call?.name]).toEqual(['call_tool', 'a__x', 'a__x']);
      expect(x.call?.view.value(x.call.arguments)).toEqual({ id: 7, deep: { er: [1, 'ü'] } });
      expect(sent(x)).toEqual({
        _meta: { k: 1 },
        name: 'x',
        arguments: { id: 7, deep: { er: [1, 'ü'] } },
      });
    },
  );

  test('without arguments the inner call has none', async () => {
    await world.start({ a: offering('search', [lazyTool('x')]) });
    const params = { arguments: { name: 'a__x' } };
    const x = await world.found('tools/call', { name: 'call_tool', params });
    expect(x.call?.arguments).toBe(-1);
    expect(sent(x)).toEqual({ name: 'x', arguments: {} });
  });

  test('a state that comes back belongs to the inner call', async () => {
    await world.start({ a: offering('search', [lazyTool('x')]) });
    const params = { requestState: 'sealed:inner', arguments: { name: 'a__x', arguments: {} } };
    const x = await world.found('tools/call', { name: 'call_tool', params });
    expect(sent(x)).toEqual({ name: 'x', arguments: {}, requestState: 'inner' });
  });

  test('hidden, unknown and own tools inside it are all the same', async () => {
    await world.start({ a: offering('search', [lazyTool('x'), lazyTool('secret')]) });
    world.hidden.add('tool:a/secret');
    const answers = await Promise.all(
      ['a__secret', 'a__nothing', 'search_tools', 'call_tool', ''].map(async (name) => {
        const params = { arguments: { name, arguments: {} } };
        const { reason, text, detail } = await world.refused('tools/call', {
          name: 'call_tool',
          params,
        });
        return { reason, text, detail };
      }),
    );
    expect(answers[0]?.reason).toBe('item_unknown');
    expect(answers).toEqual(answers.map(() => answers[0]));
  });

  test('a tool of an upstream that has not answered yet is waited for', async () => {
    let answer: (listing: Listing) => void = () => undefined;
    const late = new Promise<Listing>((resolve) => {
      answer = resolve;
    });
    await world.start({ a: offering('search', [lazyTool('x')]), b: () => late });
    const params = { arguments: { name: 'b__y', arguments: { n: 2 } } };
    const found = world.found('tools/call', { name: 'call_tool', params });
    answer(offering('search', [lazyTool('y')]));
    const x = await found;
    expect(original(x)).toBe('tool:b/y');
    expect(sent(x)).toEqual({ name: 'y', arguments: { n: 2 } });
    expect(x.via).toBe('call_tool');
  });

  test.each([
    [undefined, 'It needs arguments.'],
    [[], 'It needs arguments.'],
    [{}, '"name" must be the name of a tool.'],
    [{ name: 7 }, '"name" must be the name of a tool.'],
    [{ name: 'a__x', arguments: '{}' }, 'not a string; write the object itself'],
    [{ name: 'a__x', arguments: [1] }, 'must be an object, not array'],
    [{ name: 'a__x', id: 7 }, 'It does not know "id"; what the tool takes goes into "arguments".'],
  ])('wrapped as %j: %s', async (args, text) => {
    await world.start({ a: offering('search', [lazyTool('x')]) });
    const answer = await world.toolResult('call_tool', args);
    expect(answer.isError).toBe(true);
    expect(answer.content[0]?.text).toContain(text);
    expect(answer.content[0]?.text).toContain('Example:');
  });
});

describe('describe_tool', () => {
  beforeEach(async () => {
    const tools = [lazyTool('x', { required: ['id'], aliases: ['old'] }), lazyTool('secret')];
    await world.start({ a: offering('compact', tools) });
    world.hidden.add('tool:a/secret');
  });

  test.each([[{ name: 'a__x' }], [{ names: ['a__x', 'a__x'] }], [{ name: 'a__old' }]])(
    '%j gives the whole definition under the public name',
    async (args) => {
      const { structuredContent, content, isError } = await world.toolResult('describe_tool', args);
      expect(isError).toBeUndefined();
      expect(structuredContent).toEqual({
        tools: [
          {
            name: 'a__x',
            description: 'All of x.',
            inputSchema: {
              type: 'object',
              properties: { id: { type: 'string' } },
              required: ['id'],
            },
          },
        ],
      });
      expect(JSON.parse(content[0]?.text ?? '')).toEqual(structuredContent);
    },
  );

  test('what is hidden is missing like what is unknown', async () => {
    const { structuredContent } = await world.toolResult('describe_tool', {
      names: ['a__secret', 'a__x', 'a__nothing'],
    });
    const why = 'There is no tool of this name here.';
    expect(structuredContent).toMatchObject({
      missing: [
        { name: 'a__secret', why },
        { name: 'a__nothing', why },
      ],
    });
    const alone = await world.toolResult('describe_tool', { name: 'a__secret' });
    expect(alone.isError).toBe(true);
    expect(alone.content[0]?.text).toBe(`"a__secret": ${why}`);
  });

  test.each([
    [{}, 'either "name" or "names"'],
    [{ name: 'a', names: ['b'] }, 'either "name" or "names"'],
    [{ name: 7 }, 'must be a list of names'],
    [{ names: 'a__x' }, 'must be a list of names'],
    [{ names: [] }, '1 to 20 names, not 0'],
    [{ names: Array.from({ length: 21 }, String) }, '1 to 20 names, not 21'],
    [{ tool: 'x' }, 'does not know "tool"'],
    ['x', 'needs the name of a tool'],
  ])('%j is answered with %s', async (args, text) => {
    const answer = await world.toolResult('describe_tool', args);
    expect(answer.isError).toBe(true);
    expect(answer.content[0]?.text).toContain(text);
  });

  test('many long definitions are not all given at once', async () => {
    const long = (name: string) =>
      lazyTool(name, { definition: JSON.stringify({ name, description: 'x'.repeat(200_000) }) });
    await world.start({ b: offering('compact', ['p', 'q', 'r', 's'].map(long)) });
    const { structuredContent } = await world.toolResult('describe_tool', {
      names: ['b__p', 'b__q', 'b__r', 'b__s'],
    });
    const { tools, missing } = structuredContent as Record<string, readonly { name: string }[]>;
    expect(tools?.map(({ name }) => name)).toEqual(['b__p', 'b__q']);
    expect(missing?.map(({ name }) => name)).toEqual(['b__r', 'b__s']);
  });
});
