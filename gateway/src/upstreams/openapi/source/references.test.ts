import { describe, expect, test } from 'vitest';
import type { Ref } from '../document.ts';
import { readDocument, viewFirst } from '../test-documents.ts';
import { resolveLocation } from './location.ts';

const schemas = {
  Pet: { type: 'object', properties: { name: { type: 'string' } } },
  Chain: { $ref: '#/components/schemas/Link' },
  Link: { $ref: '#/components/schemas/Pet' },
  Loop: { $ref: '#/components/schemas/Loop' },
  'a/b~c d': { title: 'odd' },
  Named: {
    $id: 'https://example.com/named',
    $anchor: 'top',
    $defs: { in: { title: 'inside', $ref: '#/$defs/x' }, x: { title: 'x' } },
  },
  Data: { example: { $anchor: 'no', $id: 'https://example.com/no' } },
};
const document = { openapi: '3.1.0', paths: {}, components: { schemas } };

describe('references', () => {
  const follow = async (reference: string, pointer = '#'): Promise<Ref | string> => {
    const { resolver } = await readDocument(document);
    return resolver.follow(reference, { node: {}, source: '', pointer });
  };

  test.each([
    ['#/components/schemas/Pet', '#/components/schemas/Pet'],
    ['#/components/schemas/Pet/properties/name', '#/components/schemas/Pet/properties/name'],
    ['#/components/schemas/Chain', '#/components/schemas/Pet'],
    ['#/components/schemas/Chain/properties/name', '#/components/schemas/Pet/properties/name'],
    ['#/components/schemas/a~1b~0c%20d', '#/components/schemas/a~1b~0c d'],
    ['#/components/schemas/a~1b~0c d', '#/components/schemas/a~1b~0c d'],
    ['https://example.com/named', '#/components/schemas/Named'],
    ['https://example.com/named#top', '#/components/schemas/Named'],
    ['https://example.com/named#/$defs/x', '#/components/schemas/Named/$defs/x'],
    ['api.json#/components/schemas/Pet', '#/components/schemas/Pet'],
    ['#', '#'],
  ])('%s', async (reference, pointer) => {
    expect(await follow(reference)).toMatchObject({ source: '', pointer });
  });

  test('within a schema that has an id, pointers begin at it', async () => {
    const found = await follow('#/$defs/x', '#/components/schemas/Named/$defs/in');
    expect(found).toMatchObject({ pointer: '#/components/schemas/Named/$defs/x' });
  });

  test.each([
    ['#/components/schemas/None', /nothing at/],
    ['#/components/schemas/Loop', /itself/],
    ['#no', /nothing at/],
    ['https://example.com/no', /not loaded/],
    ['other.json', /not loaded/],
    ['#/components/schemas/constructor', /nothing at/],
  ])('%s leads nowhere', async (reference, why) => {
    expect(await follow(reference)).toMatch(why);
  });
});

describe('other files', () => {
  const files: Readonly<Record<string, string>> = {
    'folder/parts/pet.yaml': 'type: object\nproperties:\n  owner: {$ref: "../owner.json#/Owner"}\n',
    'folder/owner.json': '{"Owner": {"properties": {"pet": {"$ref": "parts/pet.yaml"}}}}',
    'folder/paths.yaml':
      'pets:\n  get:\n    parameters:\n      - $ref: "api.json#/components/parameters/Id"\n    responses:\n      200: {content: {application/json: {schema: {$ref: parts/pet.yaml}}}}\n',
    'folder/bad.yaml': 'a: b: c',
  };
  const load = (asked: string[]) => (location: string) => {
    asked.push(location);
    const text = files[location];
    return Promise.resolve(text === undefined ? 'it does not exist' : Buffer.from(text));
  };
  const api = {
    openapi: '3.0.0',
    paths: { '/pets': { $ref: './paths.yaml#/pets' } },
    components: {
      parameters: { Id: { name: 'id', in: 'query' } },
      schemas: { Gone: { $ref: 'gone.json' }, Bad: { $ref: 'bad.yaml#/x' } },
    },
  };

  test('are loaded once, and lead into each other and back', async () => {
    const asked: string[] = [];
    const { document: read, view } = await viewFirst(api, { load: load(asked) });
    expect(asked.toSorted()).toEqual(
      ['bad.yaml', 'gone.json', 'owner.json', 'parts/pet.yaml', 'paths.yaml'].map(
        (name) => `folder/${name}`,
      ),
    );
    expect(view.operation).toMatchObject({
      key: 'http:GET /pets',
      at: { source: 'folder/paths.yaml', line: 2 },
    });
    expect(view.parameters.map(({ name, at }) => [name, at.source])).toEqual([['id', '']]);
    const { resolver } = read;
    let schema = view.responses[0]?.contents[0]?.schema;
    for (const key of ['owner', 'pet', 'owner']) {
      const at = schema === undefined ? 'none' : resolver.settle(schema);
      if (typeof at === 'string') throw new Error(at);
      schema = resolver.child(at, 'properties', key);
    }
    expect(schema?.source).toBe('folder/parts/pet.yaml');
  });

  test('that are not there break only what needs them', async () => {
    const read = await readDocument(api, { load: load([]) });
    const from: Ref = { node: {}, source: '', pointer: '#' };
    expect(read.resolver.follow('gone.json', from)).toMatch(/does not exist/);
    expect(read.resolver.follow('bad.yaml#/x', from)).toMatch(/line 1/);
    expect(read.operations).toHaveLength(1);
    expect(read.skipped.map(({ what }) => what).toSorted()).toEqual([
      'folder/bad.yaml',
      'folder/gone.json',
    ]);
  });

  test('nothing is loaded for references within the document', async () => {
    const asked: string[] = [];
    await readDocument(document, { load: load(asked) });
    expect(asked).toEqual([]);
  });

  test('references in examples and extensions are data', async () => {
    const asked: string[] = [];
    const schema = {
      properties: { default: { $ref: 'one.json' }, a: { default: { $ref: 'no1' } } },
    };
    const responses = { default: { $ref: 'two.json#/x' } };
    const examples = { e: { $ref: './no2.json' } };
    const get = { responses, 'x-ms-examples': examples };
    const components = { schemas: { schema, example: { example: { $ref: './no3.json' } } } };
    await readDocument(
      { openapi: '3.0.0', paths: { '/a': { get } }, components },
      { load: load(asked) },
    );
    expect(asked.toSorted()).toEqual(['folder/one.json', 'folder/two.json']);
  });

  test('schemas that have the address in them are not looked for elsewhere', async () => {
    const asked: string[] = [];
    const user = { $ref: 'https://example.com/named' };
    const more = { ...document, components: { schemas: { ...schemas, user } } };
    await readDocument(more, { load: load(asked) });
    expect(asked).toEqual([]);
  });

  test.each([
    ['./b.yaml', 'dir/a.yaml', 'dir/b.yaml'],
    ['../b.yaml', 'dir/sub/a.yaml', 'dir/b.yaml'],
    ['../../b.yaml', 'dir/a.yaml', '../b.yaml'],
    ['../b.yaml', '/a.yaml', '/b.yaml'],
    ['/x/b.yaml', 'dir/a.yaml', '/x/b.yaml'],
    ['b.yaml', 'https://h.example/d/a.yaml', 'https://h.example/d/b.yaml'],
    ['https://o.example/b', 'dir/a.yaml', 'https://o.example/b'],
  ])('%s in %s is %s', (target, base, location) => {
    expect(resolveLocation(target, base)).toBe(location);
  });
});
