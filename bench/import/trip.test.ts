import { expect, test } from 'vitest';
import { argumentDifferences, toldArguments } from './same-schema.ts';
import { tripOf } from './trip.ts';

const node = {
  type: 'object',
  properties: { value: { type: 'string' }, next: { $ref: '#/components/schemas/Node' } },
};
const many = Object.fromEntries(
  Array.from({ length: 40 }, (_, at) => [`p${at}`, { type: 'integer' }]),
);
const page = {
  type: 'object',
  properties: {
    items: { type: 'array', items: { $ref: '#/components/schemas/Node' } },
    next_cursor: { type: 'string' },
  },
};
const body = (schema: object) => ({
  requestBody: { required: true, content: { 'application/json': { schema } } },
  responses: { 200: { description: 'All that is left.', content: {} } },
});
const DOCUMENT = {
  openapi: '3.0.3',
  info: { title: 'Small', version: '1' },
  paths: {
    '/nodes/{id}': {
      get: {
        summary: 'Nodes. <b>Some</b> &amp;lt;text&amp;gt;.',
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
          { name: 'cursor', in: 'query', schema: { type: 'string' } },
        ],
        responses: {
          200: { description: 'ok', content: { 'application/json': { schema: page } } },
        },
      },
      delete: { 'x-mcp': { annotations: { destructiveHint: false } }, responses: {} },
    },
    '/large': { put: { operationId: 'put-large', ...body({ type: 'object', properties: many }) } },
    '/open': {
      post: body({
        allOf: [{ $ref: '#/components/schemas/Node' }, { required: ['value'] }],
        additionalProperties: true,
      }),
    },
    '/search': { post: body({ type: 'array', items: { $ref: '#/components/schemas/Node' } }) },
  },
  components: { schemas: { Node: node } },
};

test.each([false, true])('tools survive their description; with output: %s', async (output) => {
  const trip = await tripOf('small.json', Buffer.from(JSON.stringify(DOCUMENT)), output);
  expect(trip).toEqual({ operations: 5, tools: 5, equal: 5, reworded: 0, differences: [] });
});

test.each([
  [{ properties: { a: {} } }, { properties: {} }, ['argument a is gone']],
  [{ properties: {} }, { properties: { a: {} } }, ['argument a is new']],
  [{ required: ['b', 'a'] }, { required: ['a', 'b'] }, []],
  [{ required: ['a'] }, {}, ['required: a became ']],
  [{ properties: { _page: {} } }, { properties: { _max_items: {} } }, []],
  [
    { properties: { a: { $ref: '#/$defs/x' } }, $defs: { x: { type: 'string' } } },
    { properties: { a: { type: 'string' } } },
    [],
  ],
  [
    {
      properties: { a: { $ref: '#/$defs/x' } },
      $defs: { x: { items: { $ref: '#/$defs/x' } } },
    },
    {
      properties: { a: { $ref: '#/$defs/y' } },
      $defs: { y: { items: { $ref: '#/$defs/y' } } },
    },
    [],
  ],
])('%j and %j', (before, after, expected) => {
  expect(argumentDifferences(toldArguments(before), toldArguments(after))).toEqual(expected);
});

test('a schema that differs is shown from where it does', () => {
  const [text] = argumentDifferences(
    toldArguments({ properties: { a: { type: 'string' } } }),
    toldArguments({ properties: { a: { type: 'number' } } }),
  );
  expect(text).toMatch(/^argument a: .*string.* became .*number/);
});
