import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { CatalogWorld, listingOf } from '../../../../test/kit/catalog-world.ts';
import { lazyTool, type LazyTool } from '../../../../test/kit/lazy-tools.ts';
import { Refusal, type Dialect, type Listing } from '../../kernel/index.ts';

interface Hit {
  readonly name: string;
  readonly [member: string]: unknown;
}

let world: CatalogWorld;

beforeEach(async () => {
  world = await CatalogWorld.open({ default: { mode: 'search' } });
});

const offering = (tools: Listing['tools']): Listing => ({
  ...listingOf({ capabilities: { tools: true } }),
  tools,
});

const hits = async (args: object, from = world): Promise<readonly Hit[]> => {
  const { structuredContent } = await from.toolResult('search_tools', args);
  return structuredContent?.['tools'] as readonly Hit[];
};

const names = async (args: object, from = world): Promise<string[]> =>
  (await hits(args, from)).map(({ name }) => name);

describe('search_tools', () => {
  beforeEach(async () => {
    await world.start({
      crm: offering([
        lazyTool('create_contact', { brief: { line: 'Adds a person.', tags: ['Contacts'] } }),
        lazyTool('listContacts', { brief: { line: 'Lists people.', tags: ['Contacts'] } }),
        lazyTool('delete_invoice', { brief: { title: 'Void a bill', tags: ['Billing'] } }),
      ]),
      mail: listingOf({
        tools: [
          '{"name":"send","description":"Sends a message to a contact.\\nAt once.","inputSchema":{}}',
        ],
      }),
    });
  });

  test.each([
    ['create contact', 'crm__create_contact'],
    ['contacts list', 'crm__listContacts'],
    ['how do I void a bill?', 'crm__delete_invoice'],
    ['delete invoces', 'crm__delete_invoice'],
    ['send message', 'mail__send'],
    ['billing', 'crm__delete_invoice'],
    ['mail', 'mail__send'],
  ])('%s finds %s first', async (query, expected) => {
    expect((await names({ query }))[0]).toBe(expected);
  });

  test.each([
    [{ upstream: 'mail' }, ['mail__send']],
    [{ upstream: 'none' }, []],
    [{ tag: 'contacts' }, ['crm__create_contact', 'crm__listContacts']],
    [{ tag: 'contacts', upstream: 'mail' }, []],
    [{ limit: 1 }, ['crm__create_contact']],
  ])('filtered by %j', async (filter, expected) => {
    expect(await names({ query: 'create contact', ...filter })).toEqual(expected);
  });

  test('says how many match, and what to do next', async () => {
    const found = await world.toolResult('search_tools', { query: 'contact', limit: 1 });
    expect(found.structuredContent).toMatchObject({
      matches: 3,
      next: expect.stringContaining('call_tool'),
    });
    expect(JSON.parse(found.content[0]?.text ?? '')).toEqual(found.structuredContent);
    const none = await world.toolResult('search_tools', { query: 'zebra' });
    expect(none.isError).toBeUndefined();
    expect(none.structuredContent).toEqual({
      tools: [],
      matches: 0,
      next: expect.stringContaining('Nothing matches.'),
    });
  });

  test.each([
    [undefined, 'needs a query'],
    [{}, '"query" must say'],
    [{ query: ' ' }, '"query" must say'],
    [{ query: 7 }, '"query" must say'],
    [{ query: 'x'.repeat(401) }, 'has 401 characters; the limit is 400'],
    [{ query: 'x', limit: 0 }, '"limit" must be a whole number from 1 to 20'],
    [{ query: 'x', limit: '5' }, '"limit" must be a whole number from 1 to 20'],
    [{ query: 'x', limit: 1.5 }, '"limit" must be a whole number from 1 to 20'],
    [{ query: 'x', tag: ['a'] }, '"tag" must be a string'],
    [{ query: 'x', upstream: null }, '"upstream" must be a string'],
    [{ q: 'x' }, 'does not know "q"'],
  ])('%j is answered with %s', async (args, text) => {
    const answer = await world.toolResult('search_tools', args);
    expect(answer.isError).toBe(true);
    expect(answer.content[0]?.text).toContain(text);
    expect(answer.content[0]?.text).toContain('Example:');
  });

  test('its description counts what is not listed', async () => {
    const { tools } = await world.list('tools/list');
    expect(JSON.stringify(tools[0])).toContain('4 tools are not listed');
    expect(JSON.stringify(tools[0])).toContain('crm (3), mail (1)');
  });

  test('a change of the list is found', async () => {
    expect(await names({ query: 'zebra' })).toEqual([]);
    world.scripts.set('mail', offering([lazyTool('feed_zebra')]));
    await world.catalog.refreshed('mail');
    expect(await names({ query: 'zebra' })).toEqual(['mail__feed_zebra']);
  });
});

describe('a hit', () => {
  test('has what a call needs', async () => {
    const definition = JSON.stringify({
      name: 'x',
      annotations: { readOnlyHint: true },
      inputSchema: {
        type: 'object',
        properties: {
          id: { type: 'integer' },
          state: { enum: ['open', 'closed'] },
          when: { $ref: '#/$defs/When' },
          ids: { type: 'array', items: { type: 'string', format: 'uuid' } },
          either: { anyOf: [{ type: 'string' }, { type: 'null' }] },
          kind: { const: 'a' },
          many: { type: ['string', 'number'] },
          page: { type: 'integer' },
        },
        required: ['id', 'state', 'when', 'ids', 'either', 'kind', 'many', 'nowhere', 7],
        $defs: { When: { type: 'string', format: 'date' } },
      },
    });
    await world.start({ a: offering([lazyTool('x', { definition, brief: { title: 'An X' } })]) });
    expect(await hits({ query: 'x' })).toEqual([
      {
        name: 'a__x',
        title: 'An X',
        line: 'Does x.',
        required: {
          id: 'integer',
          state: '"open"|"closed"',
          when: 'string (date)',
          ids: 'string (uuid)[]',
          either: 'string|null',
          kind: '"a"',
          many: 'string|number',
          nowhere: 'any',
        },
        optional: ['page'],
        effect: 'read',
      },
    ]);
  });

  test.each([
    [{ readOnlyHint: true, destructiveHint: true }, 'read'],
    [{ destructiveHint: true }, 'destroy'],
    [{ destructiveHint: false }, 'write'],
    [{}, 'unknown'],
    [undefined, 'unknown'],
  ])('annotated %j: %s', async (annotations, effect) => {
    const definition = JSON.stringify({ name: 'x', annotations, inputSchema: { $ref: '#' } });
    await world.start({ a: offering([lazyTool('x', { definition })]) });
    expect((await hits({ query: 'x' }))[0]?.['effect']).toBe(effect);
  });

  test('is replaced by the next where its definition turns out not to be usable', async () => {
    const tools = [lazyTool('same_one', { definition: '' }), lazyTool('same_two')];
    await world.start({ a: offering(tools) });
    expect(await names({ query: 'same', limit: 1 })).toEqual(['a__same_two']);
  });
});

describe('twelve thousand operations', () => {
  test('are listed, searched and called without making their definitions', async () => {
    const tools: LazyTool[] = Array.from({ length: 12_000 }, (_, n) => lazyTool(`op_${n}`));
    const built = (): number => tools.reduce((sum, tool) => sum + tool.built, 0);
    await world.start({ a: offering(tools) });
    const { tools: listed, nextCursor } = await world.list('tools/list');
    expect([listed.length, nextCursor]).toEqual([3, undefined]);
    expect((await world.found('tools/call', { name: 'a__op_7' })).via).toBe('');
    expect(built()).toBe(0);
    expect(await names({ query: 'op 11999', limit: 2 })).toContain('a__op_11999');
    expect(tools.filter((tool) => tool.built > 0)).toHaveLength(2);
  });

  test('in one line each are listed without them too', async () => {
    world = await CatalogWorld.open({ default: { mode: 'compact' } });
    const tools: LazyTool[] = Array.from({ length: 1200 }, (_, n) => lazyTool(`op_${n}`));
    await world.start({ a: offering(tools) });
    expect((await world.list('tools/list')).tools).toHaveLength(501);
    expect(tools.every((tool) => tool.built === 0)).toBe(true);
  });
});

describe('what is searched', () => {
  const tool = (name: string, description: string, parameter = 'x', said = ''): string => {
    const properties = { [parameter]: { type: 'string', description: said } };
    return JSON.stringify({ name, description, inputSchema: { type: 'object', properties } });
  };
  const whole = listingOf({
    tools: [
      tool('alpha', 'Handles one.\n\nAlso makes a walrus happy.', 'walrusCount'),
      tool('beta', 'Handles two.', 'narwhal', 'Length of the tusk.'),
      tool('gamma', 'Handles the tusk of an elephant.'),
      tool('getLogs', 'Reads what happened.'),
      tool('get_logs_of_walrus', 'Reads get logs, get logs and get logs again.'),
      tool('remove_directory', 'Takes it away.'),
    ],
  });

  beforeEach(async () => {
    await world.start({ zoo: whole });
  });

  test.each([
    ['happy', 'zoo__alpha'],
    ['narwhals', 'zoo__beta'],
    ['tusk', 'zoo__gamma'],
    ['get logs', 'zoo__getLogs'],
    ['zoo__get_logs_of_walrus', 'zoo__get_logs_of_walrus'],
    ['delete a folder', 'zoo__remove_directory'],
    ['elehpant', 'zoo__gamma'],
  ])('%s finds %s first', async (query, expected) => {
    expect((await names({ query }))[0]).toBe(expected);
  });

  test('both eras are answered the same, and so is a second question', async () => {
    const query = 'get logs of the walrus';
    const answer = (dialect: Dialect) =>
      world.toolResult('search_tools', { query, limit: 20 }, { dialect });
    const first = await answer('modern');
    expect(await answer('legacy')).toEqual(first);
    expect(await answer('modern')).toEqual(first);
    expect((await hits({ query })).length).toBeGreaterThan(2);
  });

  test('tools that one may not see change neither order nor counts of others', async () => {
    const hidden = Array.from({ length: 40 }, (_, n) => `walrus_${n}`);
    const other = await CatalogWorld.open({ default: { mode: 'search' } });
    for (const name of hidden) other.hidden.add(`tool:zoo/${name}`);
    const secret = hidden.map((name) => tool(name, 'A walrus with a tusk, happy.', 'narwhal'));
    const more = listingOf({ tools: secret });
    await other.start({ zoo: { ...whole, tools: [...more.tools, ...whole.tools] } });
    for (const query of ['walrus tusk', 'happy narwhal', 'walrus_1', 'logs of a walrus']) {
      expect(await other.toolResult('search_tools', { query })).toEqual(
        await world.toolResult('search_tools', { query }),
      );
    }
  });

  test('a query of nothing but noise matches nothing', async () => {
    for (const query of ['which tool is it?', '?!', 'x'.repeat(400)]) {
      expect(await names({ query })).toEqual([]);
    }
  });
});

describe('what policy hides', () => {
  const words = ['get', 'list', 'contact', 'order', 'secret', 'invoice'];
  const word = fc.constantFrom(...words);
  const tool = fc.record({
    upstream: fc.constantFrom('a', 'b'),
    name: fc.array(word, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('_')),
    line: fc.array(word, { maxLength: 4 }).map((parts) => parts.join(' ')),
    isHidden: fc.boolean(),
  });
  const scenes = fc.record({
    tools: fc.uniqueArray(tool, {
      selector: ({ upstream, name }) => `${upstream}/${name}`,
      minLength: 1,
      maxLength: 14,
    }),
    mode: fc.constantFrom('full', 'compact', 'search'),
    names: fc.constantFrom('prefixed', 'original'),
    query: fc.array(word, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(' ')),
  });
  type Scene = typeof scenes extends fc.Arbitrary<infer T> ? T : never;

  const open = async ({ tools, mode, names: naming }: Scene, whole: boolean) => {
    const include = naming === 'original' ? ['a/*'] : ['*'];
    const its = await CatalogWorld.open({ default: { mode, names: naming, include } });
    const lists: Record<string, LazyTool[]> = { a: [], b: [] };
    for (const each of tools) {
      if (!whole && each.isHidden) continue;
      lists[each.upstream]?.push(lazyTool(each.name, { brief: { line: each.line } }));
      if (each.isHidden) its.hidden.add(`tool:${each.upstream}/${each.name}`);
    }
    await its.start({ a: offering(lists['a'] ?? []), b: offering(lists['b'] ?? []) });
    return its;
  };

  /** Everything that a caller can learn of every name there is. */
  const everything = async (its: CatalogWorld, { tools, query }: Scene): Promise<unknown[]> => {
    const seen: unknown[] = [await its.list('tools/list')];
    const own = async (name: string, args: unknown): Promise<void> => {
      const x = await its.resolve('tools/call', { name, params: { arguments: args } });
      if (x instanceof Refusal) seen.push([x.reason, x.text, x.detail]);
      else if (x.target?.kind === 'item') seen.push([x.target.item.id, x.via]);
      else seen.push(await its.toolResult(name, args));
    };
    await own('search_tools', { query, limit: 20 });
    for (const { upstream, name } of tools) {
      for (const shown of [`${upstream}__${name}`, name]) {
        await own(shown, {});
        await own('call_tool', { name: shown });
        await own('describe_tool', { name: shown });
      }
    }
    return seen;
  };

  test('is as if it were not there, whatever is asked in whatever mode', async () => {
    await fc.assert(
      fc.asyncProperty(scenes, async (scene) => {
        const hidden = await open(scene, true);
        const absent = await open(scene, false);
        expect(await everything(hidden, scene)).toEqual(await everything(absent, scene));
        hidden.catalog.close();
        absent.catalog.close();
      }),
      { numRuns: 60 },
    );
  });
});
