import { beforeEach, describe, expect, test } from 'vitest';
import { CatalogWorld, listingOf, original, sent } from '../../../../test/kit/catalog-world.ts';
import { LOCAL } from '../../../../test/kit/exchange.ts';
import { endpointProblems, endpointsSchema } from '../config.ts';

const GET =
  '{ "name":"get","annotations":{"title":"Old","x":1.0},"inputSchema":{"type":"object"} }';
const ITEMS = {
  'crm/get': { name: 'fetch', title: 'New', description: 'Ours.\nMore.' },
  'prompt:crm/get': { name: 'fetch' },
  'resource:crm/x://1': { description: 'A page.' },
};

describe('items in other words', () => {
  let world: CatalogWorld;

  beforeEach(async () => {
    world = await CatalogWorld.open({
      default: { items: ITEMS },
      other: {},
      short: { items: ITEMS, mode: 'compact' },
      search: { items: ITEMS, mode: 'search' },
      raw: { include: ['crm/*'], names: 'original', items: { 'crm/get': { name: 'set' } } },
    });
    await world.start({
      crm: listingOf({ tools: [GET, 'set'], prompts: ['get'], resources: ['x://1'] }),
      shop: listingOf({ tools: ['fetch'] }),
    });
  });

  test('every byte that is not said otherwise stays', async () => {
    const { tools } = await world.list('tools/list');
    expect(tools.map(({ name }) => name)).toEqual(['fetch', 'crm__set', 'shop__fetch']);
    const found = await world.view('tools/list');
    expect('result' in found ? found.result : '').toContain(
      '{"title":"New","description":"Ours.\\nMore.", "name":"fetch","annotations":{"title":"New","x":1.0},"inputSchema":{"type":"object"} }',
    );
    const resources = await world.list('resources/list');
    expect(resources.resources).toMatchObject([{ uri: 'x://1', description: 'A page.' }]);
  });

  test.each([
    ['tools/call', 'tool:crm/get'],
    ['prompts/get', 'prompt:crm/get'],
  ])('%s of the given name is the same item, and leaves under its own', async (method, item) => {
    const x = await world.found(method, { name: 'fetch' });
    expect(original(x)).toBe(item);
    expect(sent(x)['name']).toBe('get');
    expect((await world.refused(method, { name: 'crm__get' })).reason).toBe('item_unknown');
    expect((await world.refused(method, { name: 'fetch', endpoint: 'other' })).reason).toBe(
      'item_unknown',
    );
    expect(world.stage.toolName('default', LOCAL, 'crm', 'get')).toBe('fetch');
  });

  test('are searched and listed in one line by them', async () => {
    const { tools } = await world.list('tools/list', { endpoint: 'short' });
    expect(tools.find(({ name }) => name === 'fetch')).toMatchObject({ description: 'Ours.' });
    const found = await world.toolResult(
      'search_tools',
      { query: 'fetch' },
      { endpoint: 'search' },
    );
    expect(found.structuredContent).toMatchObject({
      tools: [{ name: 'fetch', line: 'Ours.' }, { name: 'shop__fetch' }],
    });
  });

  test('a given name is never the name of another item, whatever its upstream lists', async () => {
    const { tools, _meta } = await world.list('tools/list', { endpoint: 'raw' });
    expect(tools.map(({ name }) => name)).toEqual(['set']);
    expect(original(await world.found('tools/call', { endpoint: 'raw', name: 'set' }))).toBe(
      'tool:crm/get',
    );
    expect(JSON.stringify(_meta)).toContain('tool:crm/set is left out');
    world.scripts.set('crm', listingOf({ tools: ['set'] }));
    await world.catalog.refreshed('crm');
    const gone = await world.refused('tools/call', { endpoint: 'raw', name: 'set' });
    expect(gone.reason).toBe('item_unknown');
  });
});

describe('what is refused at load', () => {
  test.each<[string, object, string]>([
    ['no item', { get: { name: 'x' } }, 'names no item'],
    ['no kind', { 'thing:crm/get': { name: 'x' } }, 'names no item'],
    ['a name that could be made', { 'crm/get': { name: 'shop__get' } }, 'looks like a name'],
    ['a name like a hash', { 'crm/get': { name: 'get_abcdefghi2' } }, 'looks like a name'],
    [
      'a name twice',
      { 'crm/get': { name: 'x' }, 'crm/set': { name: 'x' } },
      '"x" is "crm/get" already',
    ],
    [
      'an item twice',
      { 'crm/get': { title: 'x' }, 'tool:crm/get': { title: 'y' } },
      'is the same item',
    ],
    ['a resource by another name', { 'resource:crm/x:1': { name: 'x' } }, 'only tools and prompts'],
    [
      'a name that is too long',
      { 'crm/get': { name: 'x'.repeat(21) } },
      'longer than maxNameLength',
    ],
  ])('%s', (_case, items, text) => {
    const config = endpointsSchema.parse({ a: { items, maxNameLength: 20 } });
    const [problem] = endpointProblems(config, ['crm']);
    expect(problem?.text).toContain(text);
    expect(problem?.path.slice(0, 3)).toEqual(['endpoints', 'a', 'items']);
  });

  test('a tool and a prompt may have the same name', () => {
    expect(endpointProblems(endpointsSchema.parse({ a: { items: ITEMS } }), ['crm'])).toEqual([]);
  });
});
