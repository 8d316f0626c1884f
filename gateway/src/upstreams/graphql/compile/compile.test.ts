import { parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from '../../../kernel/index.ts';
import type { OperationPlan } from '../../api/model.ts';
import { graphQlConfig } from '../config-schema.ts';
import { readDocument, type GraphQlDocument } from '../index/document.ts';

function read(sdl: string, operations: readonly string[] = [], more: object = {}): GraphQlDocument {
  const sources = {
    schema: Buffer.from(sdl),
    operations: operations.map((text, at) => ({
      location: `${at}.graphql`,
      bytes: Buffer.from(text),
    })),
  };
  const config = { ...graphQlConfig('./x.graphql'), ...more };
  const document = readDocument(sources, config, new Map());
  if (!('index' in document)) throw new Error(document.text);
  return document;
}

function planOf(document: GraphQlDocument, key: string): OperationPlan {
  const plan = document.plan(key);
  if (typeof plan === 'string') throw new Error(plan);
  return plan;
}

/** What is asked of the field `a` of a root with these types. */
function selection(sdl: string): string {
  const document = read(sdl);
  const text = String(planOf(document, 'gql:query.a').request['document']);
  expect(validate(document.schema, parse(text))).toEqual([]);
  return text.replace(/^query a\S*.*?\{ a\S* ?/, '').replace(/ ?\}$/, '');
}

const many = (count: number, prefix = 'f'): string =>
  Array.from({ length: count }, (_, at) => `${prefix}${at}: String`).join(' ');

describe('what is asked of a field where nobody says it', () => {
  test.each([
    ['a scalar', 'type Query { a: Int }', ''],
    ['an enumeration in lists', 'enum E { X } type Query { a: [[E!]!]! }', ''],
    [
      'scalars and ids at two levels',
      'type Query { a: A } type A { id: ID b: B } type B { c: Int d: D } type D { e: Int }',
      '{ id b { c } }',
    ],
    [
      'nothing that needs an argument',
      'type Query { a: A } type A { id: ID b(x: Int!): Int c(x: Int! = 1): Int d(x: Int): Int }',
      '{ id c d }',
    ],
    [
      'nothing that is deprecated',
      'type Query { a: A } type A { id: ID b: Int @deprecated }',
      '{ id }',
    ],
    [
      'nothing that leads back',
      'type Query { a: A } type A { id: ID self: A list: [A] }',
      '{ id }',
    ],
    [
      'what it is, where nothing else can be',
      'type Query { a: A } type A { b(x: Int!): Int }',
      '{ __typename }',
    ],
    [
      'an interface by its own fields, and some of what it may be',
      'type Query { a: I } interface I { id: ID } type X implements I { id: ID! x: Int }',
      '{ __typename id ... on X { x } }',
    ],
    [
      'an interface with fields enough by these',
      'type Query { a: I } interface I { a: ID b: ID c: ID d: ID e: ID } type X implements I { a: ID b: ID c: ID d: ID e: ID x: Int }',
      '{ __typename a b c d e }',
    ],
    [
      'a union by its members',
      'type Query { a: U } union U = X | Y type X { id: ID } type Y { id: ID n: Int }',
      '{ __typename ... on X { id } ... on Y { id n } }',
    ],
    [
      'members that call other things alike',
      'type Query { a: U } union U = X | Y type X { v: Int } type Y { v: String w: Int }',
      '{ __typename ... on X { v } ... on Y { v_Y: v w } }',
    ],
    [
      'an interface that nothing implements',
      'type Query { a: I } interface I { b(x: Int!): Int }',
      '{ __typename }',
    ],
    [
      'a page by its nodes',
      'type Query { a: P } type P { nodes: [N] pageInfo: PageInfo } type N { id: ID } type PageInfo { hasNextPage: Boolean endCursor: String }',
      '{ nodes { id } pageInfo { hasNextPage endCursor } }',
    ],
    [
      'a page by its edges',
      'type Query { a: P } type P { edges: [E] pageInfo: PageInfo! totalCount: Int } type E { node: N } type N { id: ID } type PageInfo { hasNextPage: Boolean endCursor: String }',
      '{ edges { node { id } } pageInfo { hasNextPage endCursor } totalCount }',
    ],
    [
      'what an edge leads to',
      'type Query { a: A } type A { added: E } type E { cursor: String node: N } type N { id: ID }',
      '{ added { node { id } } }',
    ],
    [
      'a page of scalars',
      'type Query { a: P } type P { nodes: [Int] pageInfo: PageInfo } type PageInfo { hasNextPage: Boolean endCursor: String }',
      '{ nodes pageInfo { hasNextPage endCursor } }',
    ],
  ])('%s', (_, sdl, expected) => {
    expect(selection(sdl)).toBe(expected);
  });

  test('no more than 40 leaves, those first that tell most, with room for what it holds', () => {
    const text = selection(
      `type Query { a: A } type A { ${many(90)} id: ID b: B } type B { ${many(30, 'g')} name: String }`,
    );
    expect(text.match(/\w+/g)?.length).toBeLessThanOrEqual(41);
    expect(text).toMatch(/ id b \{ .*name/);
  });
});

function argument(sdl: string): JsonObject {
  const { input } = planOf(read(`scalar BigInt scalar JSON scalar Odd ${sdl}`), 'gql:query.a');
  const properties = input['properties'];
  const own = isJsonObject(properties ?? null) ? { ...(properties as JsonObject) }['x'] : undefined;
  return { ...(own as JsonObject) };
}

describe('arguments', () => {
  test.each([
    ['Int!', { type: 'integer' }],
    ['Int', { type: ['integer', 'null'] }],
    ['Float! = 0.5', { type: 'number', default: 0.5 }],
    ['ID!', { type: ['string', 'integer'] }],
    ['Boolean! = true', { type: 'boolean', default: true }],
    ['[String!]!', { type: 'array', items: { type: 'string' } }],
    ['[String]', { type: ['array', 'null'], items: { type: ['string', 'null'] } }],
    ['BigInt!', { type: ['integer', 'string'], description: 'BigInt' }],
    ['JSON!', { description: 'JSON' }],
    ['Odd', { description: 'Odd' }],
    ['E!', { type: 'string', enum: ['P', 'Q'] }],
    ['E = P', { type: ['string', 'null'], enum: ['P', 'Q', null], default: 'P' }],
    ['I!', { $ref: '#/$defs/I' }],
    ['I', { $ref: '#/$defs/I-nullable' }],
  ])('%s', (type, schema) => {
    const sdl = `enum E { P Q } input I { i: I j: Int! } type Query { a(x: ${type}): Int }`;
    expect(argument(sdl)).toEqual(schema);
  });

  test('an input type that takes exactly one field says so', () => {
    const plan = planOf(
      read('input I @oneOf { a: Int b: I } type Query { a(x: I!): Int }'),
      'gql:query.a',
    );
    expect(plan.input).toMatchObject({
      $defs: { I: { minProperties: 1, maxProperties: 1, properties: { a: { type: 'integer' } } } },
    });
  });

  test('what a list says stays within its budget where a filter holds everything', () => {
    const fields = Array.from({ length: 60 }, (_, at) => `f${at}: F${at % 20} g${at}: [String!]`);
    const inputs = Array.from({ length: 20 }, (_, at) => `input F${at} { ${fields.join(' ')} }`);
    const plan = planOf(
      read(`${inputs.join(' ')} type Query { a(x: F0, id: ID!): Int }`),
      'gql:query.a',
    );
    expect(JSON.stringify(plan.listed).length).toBeLessThan(12_000);
    expect(plan.listed).toMatchObject({ required: ['id'] });
  });
});

const SDL = `
type Query { orders(first: Int = 5, status: [Status!]): [Order!]! order(id: ID!): Order }
type Mutation { addOrder(note: String): Order }
type Subscription { added: Order }
enum Status { OPEN PAID }
type Order { id: ID! note: String }
`;

describe('operations of files', () => {
  const PAGED = `type Query { orders(first: Int, after: String): Orders } type Orders { nodes: [Order] pageInfo: PageInfo }
    type Order { id: ID } type PageInfo { hasNextPage: Boolean endCursor: String }`;
  const way = { style: 'token', argument: 'from', next: '/orders/pageInfo/endCursor' };

  test.each<[string, string, object | null]>([
    [
      'whose list comes in pages',
      'query Q($from: String) { orders(after: $from) { nodes { id } pageInfo { endCursor hasNextPage } } }',
      { ...way, items: '/orders/nodes', more: '/orders/pageInfo/hasNextPage' },
    ],
    [
      'whose list is called otherwise',
      'query Q($from: String) { all: orders(after: $from) { list: nodes { id } pageInfo { to: endCursor } } }',
      { ...way, items: '/all/list', next: '/all/pageInfo/to' },
    ],
    [
      'that asks not where it goes on',
      'query Q($from: String) { orders(after: $from) { nodes { id } } }',
      null,
    ],
    [
      'whose cursor is written down',
      'query Q { orders(after: "1") { nodes { id } pageInfo { endCursor } } }',
      null,
    ],
    [
      'with two lists',
      'query Q($from: String) { orders(after: $from) { nodes { id } pageInfo { endCursor } } b: orders { nodes { id } } }',
      null,
    ],
  ])('%s', (_, text, pages) => {
    expect(planOf(read(PAGED, [text]), 'gql:operation.Q').pagination).toEqual(pages);
  });

  test('are tools with variables as arguments, described by the comment above', () => {
    const document = read(SDL, [
      `# not this

# Orders that are open,
# the newest first.
query OpenOrders($status: [Status!] = [OPEN], $first: Int!) { orders(status: $status, first: $first) { ...F } }`,
      'fragment F on Order { id ...G } fragment G on Order { note } fragment H on Order { id }',
    ]);
    expect(document.index.operations.map(({ name }) => name)).toContain('open_orders');
    const plan = planOf(document, 'gql:operation.OpenOrders');
    expect(plan.description).toMatch(/^Orders that are open,\nthe newest first\./);
    expect(plan.input).toMatchObject({
      required: ['first'],
      properties: { status: { default: ['OPEN'] } },
    });
    const text = String(plan.request['document']);
    expect(validate(document.schema, parse(text))).toEqual([]);
    expect(text).not.toContain('fragment H');
  });

  test('that cannot be used are left out, each with its file, line and reason', () => {
    const { index } = read(
      SDL,
      [
        '{ orders { id } }\nquery A { gone }\nquery B { ...Missing }\nsubscription S { added { id } }\nmutation M { addOrder { id } }',
        'query {{{',
        'query C { ...X } fragment X on Query { ...Y } fragment Y on Query { ...X }',
      ],
      { mutations: false },
    );
    const told = index.skipped.map(
      ({ what, why, at }) => `${at.source}:${at.line} ${what}: ${why}`,
    );
    expect(told).toEqual(
      expect.arrayContaining([
        '0.graphql:1 query: it has no name',
        '0.graphql:2 query A: Cannot query field "gone" on type "Query".',
        '0.graphql:3 query B: Unknown fragment "Missing".',
        '0.graphql:4 subscription S: subscriptions are no tools; graphql.subscriptions makes resources of them',
        '0.graphql:5 mutation M: mutations is false',
        expect.stringMatching(/^1\.graphql:1 1\.graphql: Syntax Error/),
        expect.stringMatching(/^2\.graphql:1 query C: Cannot spread fragment/),
      ]),
    );
  });
});

test('names stay as they were, and two that want the same are told apart', () => {
  const document = read('type Query { a: Int } type Mutation { a: Int }');
  const names = document.index.operations.map(({ name }) => name);
  expect(new Set(names).size).toBe(2);
});

test('only fields that are included and not excluded become tools', () => {
  const names = (more: object): string[] =>
    read(SDL, [], more).index.operations.map(({ place }) => place);
  expect(names({ include: ['order*'] })).toEqual(['orders', 'order']);
  expect(names({ exclude: ['query.*s', 'mutation.*'] })).toEqual(['order']);
  expect(names({ mutations: false })).toEqual(['orders', 'order']);
});
