/** Schemas, answers and queries that mean harm: refused or contained, in little time and space. */
import { createServer, type RequestListener } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { startShop } from '../kit/graphql-shop.ts';
import { systemClock } from '../../gateway/src/kernel/index.ts';
import { previewSource } from '../../gateway/src/upstreams/index.ts';
import { startGateway, type TestGateway } from '../kit/gateway.ts';
import { callerOf, type Caller } from '../journeys/apis/world.ts';

async function callerTo(graphql: object | string): Promise<Caller & { gateway: TestGateway }> {
  const gateway = await startGateway({
    upstreams: { api: { graphql } },
    policy: { default: 'allow' },
  });
  onTestFinished(() => gateway.close());
  const caller = await callerOf('modern', gateway);
  onTestFinished(() => caller[Symbol.asyncDispose]());
  return { ...caller, gateway };
}

async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/graphql`;
}

const nest = (depth: number): string =>
  `{ orders ${'{ edges { node { customer { orders '.repeat(depth)}{ totalCount }${' } } } }'.repeat(depth)} }`;
const fan = Array.from(
  { length: 20 },
  (_, at) =>
    `fragment F${at} on OrderPage { ${at === 19 ? 'totalCount' : `...F${at + 1} edges { node { customer { orders { ...F${at + 1} } } } }`} }`,
).join(' ');

const BOMBS: readonly (readonly [string, string, RegExp])[] = [
  ['depth', nest(20), /levels deep; 8 are allowed/],
  ['depth beyond any stack', `{ ${'a { '.repeat(100_000)}`, /query/],
  [
    'aliases',
    `{ ${Array.from({ length: 200 }, (_, at) => `a${at}: hello`).join(' ')} }`,
    /200 aliases/,
  ],
  ['cost', '{ orders(first: 1000000) { edges { node { id } } } }', /may ask for 3000001 fields/],
  ['cost by fragments', `{ orders { ...F0 } } ${fan}`, /levels deep|may ask for/],
  [
    'a cycle of fragments',
    '{ orders { ...A } } fragment A on OrderPage { ...B } fragment B on OrderPage { ...A }',
    /uses itself/,
  ],
  [
    'a fragment within itself',
    '{ orders { ...A } } fragment A on OrderPage { edges { node { customer { orders { ...A } } } } }',
    /uses itself/,
  ],
  ['introspection', '{ __schema { types { name } } }', /not allowed here/],
  [
    'introspection by a fragment',
    '{ ...A } fragment A on Query { __schema { types { name } } }',
    /not allowed here/,
  ],
  ['a write', 'mutation { deleteOrder(id: "1") }', /must be a query/],
  [
    'a write beside a read',
    'query A { hello } mutation B { deleteOrder(id: "1") }',
    /exactly one operation/,
  ],
  ['a subscription', 'subscription { orderAdded { id } }', /must not be a subscription/],
  ['no GraphQL', '\u0000{{{', /cannot be read/],
  [
    'a field that is left out',
    '{ search(text: "a") { __typename } }',
    /asks for search, which is not allowed/,
  ],
];

test.each(BOMBS)('a query with %s is not sent', async (_, query, said) => {
  await using shop = await startShop();
  const caller = await callerTo({ url: shop.url, dynamic: true, exclude: ['search'] });
  const told = await caller.call('api__execute', { query });
  expect(told.isError).toBe(true);
  expect(told.text).toMatch(said);
  expect(shop.seen).toEqual([]);
});

test.each([
  '} evil: deleteOrder(id: "1") { id',
  'id } } mutation X { deleteOrder(id: "1") ',
  'id # } { \n',
  '...A } fragment A on Order { ...A',
  'id secret(key: "}") note } hello { x',
  `customer { orders { edges { node { customer { orders { edges { node { id } } } } } } } }`,
])('a selection %j never leaves its field', async (selection) => {
  await using shop = await startShop();
  const caller = await callerTo(shop.url);
  const told = await caller.call('api__order', { id: '1', _fields: selection });
  const sent = shop.seen.map(({ body }) => (JSON.parse(body) as { query: string }).query);
  expect(sent.filter((query) => /mutation|evil|hello/.test(query))).toEqual([]);
  expect(told.isError || sent.length === 1).toBe(true);
});

test('mutations can be left out altogether', async () => {
  await using shop = await startShop();
  const caller = await callerTo({ url: shop.url, dynamic: true, mutations: false });
  const tools = await caller.tools();
  expect(tools).toContain('api__execute');
  expect(tools.filter((name) => /order$|mutation|attach/.test(name))).toEqual(['api__order']);
});

const type = (name: string, fields: readonly object[]): object => ({
  kind: 'OBJECT',
  name,
  fields,
  interfaces: [],
  enumValues: null,
  inputFields: null,
  possibleTypes: null,
});
const text = { kind: 'SCALAR', name: 'String', ofType: null };
const field = (name: string, of: object = text, more: object = {}): object => ({
  name,
  description: null,
  args: [],
  type: of,
  isDeprecated: false,
  deprecationReason: null,
  ...more,
});
const schemaOf = (types: readonly object[]): string =>
  JSON.stringify({
    data: {
      __schema: {
        queryType: { name: 'Query' },
        mutationType: null,
        subscriptionType: null,
        directives: [],
        types: [...types, { kind: 'SCALAR', name: 'String' }, { kind: 'SCALAR', name: 'Boolean' }],
      },
    },
  });
/** Written as text: nothing here can walk it either. */
const deepSchema = (levels: number): string =>
  schemaOf([type('Query', [field('a', { kind: 'DEEP' })])]).replace(
    '{"kind":"DEEP"}',
    `${'{"kind":"LIST","name":null,"ofType":'.repeat(levels)}null${'}'.repeat(levels)}`,
  );

const SCHEMAS: readonly (readonly [string, string, RegExp])[] = [
  [
    'names that break out of a query',
    schemaOf([type('Query', [field('a { b } } mutation { c')])]),
    /cannot be read/,
  ],
  ['types nested beyond any stack', deepSchema(60_000), /cannot be had/],
  [
    'types that are not there',
    schemaOf([type('Query', [field('a', { kind: 'OBJECT', name: 'Gone' })])]),
    /has no queries/,
  ],
  ['no types', '{"data":{"__schema":{"types":[]}}}', /cannot be/],
  ['nothing of GraphQL', '<html>', /introspection|GraphQL/],
  [
    'an answer without end',
    `{"data":{"__schema":{"types":["${'x'.repeat(70 * 1024 * 1024)}"]}}}`,
    /more than/,
  ],
];

test.each(SCHEMAS)('an introspection with %s is refused in words', async (_, body, said) => {
  const url = await serving((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(body);
  });
  const previewed = await previewSource(
    { source: url, budgetTokens: 1000 },
    { clock: systemClock, directory: '/' },
  );
  expect(previewed.kind === 'fault' ? previewed.text : 'it was read').toMatch(said);
  const caller = await callerTo(url);
  expect((await caller.call('api__anything', {})).isError).toBe(true);
});

test('descriptions bring nothing that nobody sees, and no more than their share', async () => {
  const hidden = `Orders.\u202e\u200b${'<script>x</script>'}${'!'.repeat(100_000)}`;
  const fields = [
    field('orders', text, { description: hidden }),
    field('__proto__'),
    field('constructor'),
  ];
  const url = await serving((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(schemaOf([type('Query', fields)]));
  });
  const { client } = await callerTo(url);
  const { tools = [] } = (await client?.listTools()) ?? {};
  const orders = tools.find(({ name }) => name === 'api__orders');
  expect(orders?.description?.length).toBeLessThan(1300);
  expect(orders?.description).not.toMatch(/[\u202e\u200b]|<script/);
  expect(tools.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['api__proto', 'api__constructor']),
  );
});

test.each([
  ['no GraphQL', 'text/html', '<html>hello</html>', /not as GraphQL does/],
  ['a list', 'application/json', '[]', /not as GraphQL does/],
  [
    'errors that are none',
    'application/json',
    '{"errors":[null,7,{"message":{}}]}',
    /did not carry/,
  ],
  [
    'a path of any kind',
    'application/json',
    '{"data":{"hello":null},"errors":[{"message":"x","path":[{},[],1e999]}]}',
    /x/,
  ],
  [
    'a very long error',
    'application/json',
    `{"errors":[{"message":"${'y'.repeat(300_000)}"}]}`,
    /y{200}/,
  ],
])('an answer with %s is contained', async (_, contentType, body, said) => {
  const url = await serving((request, response) => {
    let asked = '';
    request.on('data', (chunk) => (asked += String(chunk)));
    request.on('end', () => {
      const isSchema = asked.includes('__schema');
      response.writeHead(200, { 'content-type': isSchema ? 'application/json' : contentType });
      response.end(isSchema ? schemaOf([type('Query', [field('hello')])]) : body);
    });
  });
  const caller = await callerTo(url);
  const told = await caller.call('api__hello');
  expect(told.isError).toBe(true);
  expect(told.text).toMatch(said);
  expect(told.text.length).toBeLessThan(4000);
});
