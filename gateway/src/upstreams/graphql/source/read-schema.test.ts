import { describe, expect, test } from 'vitest';
import { graphQlConfig } from '../config-schema.ts';
import { readDocument } from '../index/document.ts';

function read(text: string) {
  const sources = { schema: Buffer.from(text), operations: [] };
  const document = readDocument(sources, graphQlConfig('./x.graphql'), new Map());
  if (!('index' in document)) return { fault: document.text };
  const { index } = document;
  const documents = index.operations.map(({ key }) => {
    const plan = document.plan(key);
    return typeof plan === 'string' ? plan : String(plan.request['document']);
  });
  return { documents, repairs: index.repairs.map(({ what, at }) => `${at.line}: ${what}`) };
}

describe('SDL that is whole only with what its server adds', () => {
  test.each<[string, string, readonly string[], readonly string[]]>([
    [
      'a service of a federation',
      `extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key"])
       extend type Query { order(id: ID!): Order  _service: _Service! _entities(representations: [_Any!]!): [_Entity]! }
       extend type Order @key(fields: "id") { id: ID! @external note: String }
       type _Service { sdl: String } union _Entity = Order`,
      ['query order($id: ID!) { order(id: $id) { id note } }'],
      [],
    ],
    [
      'one type in several places',
      `type Query { a: A } type Query { b: Int a: A } extend type A { y: Int } type A { x: Int }
       enum E { P } extend enum E { Q } input I { a: E } extend input I { b: Int } union U = A extend union U = B
       type B { z: Int } extend type Query { u(i: I, e: E = Q): U }`,
      [
        'query a { a { y x } }',
        'query b { b }',
        'query u($i: I, $e: E) { u(i: $i, e: $e) { __typename ... on A { y x } ... on B { z } } }',
      ],
      [],
    ],
    [
      'scalars that nobody declares',
      'type Query { a(when: AWSDateTime!): AWSJSON }',
      ['query a($when: AWSDateTime!) { a(when: $when) }'],
      [],
    ],
    [
      'types that are not there',
      `type Query {
        a: A
        b: Gone
        c(x: Gone, y: Int): Int
        d(x: Gone!): Int
      }
      type A implements Gone & I { a: Int, g: [Gone!]! } interface I { a: Int } union U = A | Gone
      input In { a: Int, g: Gone }`,
      ['query a { a { a } }', 'query c($y: Int) { c(y: $y) }'],
      [
        '3: Query.b is left out: its type is not defined',
        '4: Query.c.x is left out: its type is not defined',
        '5: Query.d.x is left out: its type is not defined',
        '5: Query.d is left out: it needs x, whose type is not defined',
        '7: A.g is left out: its type is not defined',
        '8: In.g is left out: its type is not defined',
      ],
    ],
    [
      'interfaces of interfaces, repeatable directives, one of several inputs',
      `directive @tag(name: String!) repeatable on FIELD_DEFINITION
       interface Node { id: ID! } interface Named implements Node { id: ID! name: String }
       type A implements Named & Node { id: ID! name: String @tag(name: "a") @tag(name: "b") }
       input By @oneOf { id: ID name: String }
       type Query { find(by: By!): Named }`,
      ['query find($by: By!) { find(by: $by) { __typename id name } }'],
      [],
    ],
  ])('%s', (_what, sdl, documents, repairs) => {
    expect(read(sdl)).toEqual({ documents, repairs });
  });

  test('more types than anybody has are not looked at', () => {
    expect(
      read('type Query { a: Int }' + 'extend type Query { b: Int }'.repeat(50_000)).fault,
    ).toBe('It has more than 50000 types.');
  });

  test.each([
    ['type A @entity { id: ID! }', /no queries and no mutations/],
    ['type Query { a: Gone }', /no queries.*Query\.a is left out/],
  ])('%s cannot be used', (sdl, why) => {
    expect(read(sdl).fault).toMatch(why);
  });
});

const scalar = (name: string) => ({ kind: 'SCALAR', name });
const text = { kind: 'SCALAR', name: 'String' };

describe('introspection that tells less than it should', () => {
  test.each<[string, object, readonly string[], readonly string[]]>([
    [
      'by an old server',
      {
        queryType: { name: 'Query' },
        types: [
          {
            kind: 'OBJECT',
            name: 'Query',
            fields: [{ name: 'n', type: { kind: 'INTERFACE', name: 'N' } }],
          },
          {
            kind: 'INTERFACE',
            name: 'N',
            fields: [{ name: 'id', type: { kind: 'SCALAR', name: 'ID' } }],
          },
        ],
      },
      ['query n { n { __typename id } }'],
      [],
    ],
    [
      'to somebody who may see a part',
      {
        queryType: { name: 'Query' },
        mutationType: null,
        directives: [
          { name: 'x', locations: ['FIELD'], args: [{ name: 'a', type: scalar('Gone') }] },
        ],
        types: [
          scalar('String'),
          {
            kind: 'OBJECT',
            name: 'Query',
            interfaces: [{ kind: 'INTERFACE', name: 'Gone' }],
            fields: [
              {
                name: 'a',
                args: [],
                type: { kind: 'LIST', ofType: { kind: 'OBJECT', name: 'Gone' } },
              },
              {
                name: 'b',
                args: [{ name: 'x', type: { kind: 'NON_NULL', ofType: scalar('Gone') } }],
                type: text,
              },
              { name: 'c', args: [{ name: 'x', type: scalar('Gone') }], type: text },
              { name: 'd', args: [], type: { kind: 'UNION', name: 'U' } },
            ],
          },
          {
            kind: 'OBJECT',
            name: 'A',
            fields: [{ name: 'old', args: [], type: text, isDeprecated: true }],
          },
          { kind: 'UNION', name: 'U', possibleTypes: [{ name: 'A' }, { name: 'Gone' }] },
        ],
      },
      ['query c { c }', 'query d { d { __typename } }'],
      [
        '0: directive @x.a is left out: its type Gone is not told',
        '0: Query.a is left out: its type Gone is not told',
        '0: Query.b.x is left out: its type Gone is not told',
        '0: Query.b is left out: it needs x, whose type is not told',
        '0: Query.c.x is left out: its type Gone is not told',
      ],
    ],
  ])('%s', (_what, schema, documents, repairs) => {
    expect(read(JSON.stringify({ data: { __schema: schema } }))).toEqual({ documents, repairs });
  });
});
