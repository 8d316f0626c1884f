import { expect, test } from 'vitest';
import { testSubject } from '../test-subject.ts';
import { diffApis } from './diff.ts';

const LIMIT = { name: 'limit', in: 'query', schema: { type: 'integer' } };
const STATE = { name: 'state', in: 'query', schema: { enum: ['open', 'done'] } };
const GET = { operationId: 'listOrders', summary: 'Lists orders.', security: [{ key: [] }] };
const BODY = (schema: object) => ({ content: { 'application/json': { schema } } });
const POST = (schema: object) => ({
  '/orders': {
    post: { operationId: 'createOrder', summary: 'Creates.', requestBody: BODY(schema) },
  },
});
const BUYER = (name: object) => ({
  type: 'object',
  properties: { buyer: { type: 'object', properties: { name } } },
});

interface Case {
  readonly before: object;
  readonly after: object;
  readonly moreAfter?: object;
  /** Kind, tool, beginning of the text, `!` for a risky one. */
  readonly changes: readonly (readonly [kind: string, tool: string, text: string, risky?: '!'])[];
}

const get = (more: object): object => ({ '/orders': { get: { ...GET, ...more } } });

const CASES: Readonly<Record<string, Case>> = {
  nothing: { before: get({}), after: get({ description: 'In other words.' }), changes: [] },
  'an operation comes': {
    before: get({}),
    after: { ...get({}), '/b': { get: { operationId: 'b', summary: 'Is new.' } } },
    changes: [['added', 'b', 'GET /b: Is new.']],
  },
  'an operation goes': {
    before: { ...get({}), '/b': { get: { operationId: 'b' } } },
    after: get({}),
    changes: [['removed', 'b', 'GET /b is gone.']],
  },
  'an operation moves': {
    before: get({}),
    after: { '/v2/orders': { get: GET } },
    changes: [['moved', 'list_orders', 'It was GET /orders and is GET /v2/orders.']],
  },
  'an operation is called something else': {
    before: get({}),
    after: get({ operationId: 'findOrders' }),
    changes: [['renamed', 'list_orders', 'It is called find_orders in the document now']],
  },
  'it becomes more destructive': {
    before: get({ 'x-mcp': { annotations: { readOnlyHint: true } } }),
    after: get({ 'x-mcp': { annotations: { readOnlyHint: false, destructiveHint: true } } }),
    changes: [['effect', 'list_orders', 'Its effect was "read" and is "destroy".', '!']],
  },
  'an argument comes': {
    before: get({}),
    after: get({ parameters: [LIMIT] }),
    changes: [['input', 'list_orders', 'The optional argument limit is new.']],
  },
  'a required argument comes': {
    before: get({}),
    after: get({ parameters: [{ ...LIMIT, required: true }] }),
    changes: [['input', 'list_orders', 'The required argument limit is new.', '!']],
  },
  'an argument becomes required': {
    before: get({ parameters: [LIMIT] }),
    after: get({ parameters: [{ ...LIMIT, required: true }] }),
    changes: [['input', 'list_orders', 'The argument limit is required now.', '!']],
  },
  'an argument goes': {
    before: get({ parameters: [LIMIT] }),
    after: get({}),
    changes: [['input', 'list_orders', 'The argument limit is gone.']],
  },
  'a type changes': {
    before: get({ parameters: [LIMIT] }),
    after: get({ parameters: [{ ...LIMIT, schema: { type: 'string' } }] }),
    changes: [['input', 'list_orders', 'The argument limit was a whole number and is a string.']],
  },
  'a value is no longer taken': {
    before: get({ parameters: [STATE] }),
    after: get({ parameters: [{ ...STATE, schema: { enum: ['open', 'new'] } }] }),
    changes: [['input', 'list_orders', 'The argument state no longer takes "done".']],
  },
  'it is sent elsewhere': {
    before: get({ parameters: [LIMIT] }),
    after: get({ parameters: [{ ...LIMIT, in: 'header' }] }),
    changes: [['input', 'list_orders', 'The argument limit was sent in the query']],
  },
  'deep in a body': {
    before: POST(BUYER({ type: 'string' })),
    after: POST(BUYER({ type: 'boolean' })),
    changes: [
      ['input', 'create_order', 'The argument buyer.name was a string and is true or false'],
    ],
  },
  'a credential is no longer needed': {
    before: get({}),
    after: get({ security: [] }),
    changes: [['auth', 'list_orders', 'It needed key and needs no credential any more.', '!']],
  },
  'a credential is needed': {
    before: get({ security: [] }),
    after: get({}),
    changes: [['auth', 'list_orders', 'It needed no credential and needs key.']],
  },
  'more scopes are needed': {
    before: get({}),
    after: get({ security: [{ key: ['orders.read'] }] }),
    changes: [['auth', 'list_orders', 'It needs further scopes: orders.read.']],
  },
  'the API moves to another host': {
    before: get({}),
    after: get({}),
    moreAfter: { servers: [{ url: 'https://shop.example.org' }] },
    changes: [['server', '', 'It names a server at another host: shop.example.org.', '!']],
  },
  'the API moves on its host': {
    before: get({}),
    after: get({}),
    moreAfter: { servers: [{ url: 'https://shop.example.com/v2' }] },
    changes: [['server', '', 'Its server was https://shop.example.com and is']],
  },
  'one operation goes to another host': {
    before: get({}),
    after: get({ servers: [{ url: 'https://elsewhere.example.net' }] }),
    changes: [['server', 'list_orders', 'It is sent to elsewhere.example.net instead of', '!']],
  },
  'a credential is sent elsewhere': {
    before: get({}),
    after: get({}),
    moreAfter: {
      components: {
        securitySchemes: {
          key: { type: 'apiKey', in: 'query', name: 'key' },
          more: { type: 'http', scheme: 'bearer' },
        },
      },
    },
    changes: [
      ['auth', '', 'The scheme key wanted API key in the header X-Key and wants', '!'],
      ['auth', '', 'The scheme more is new: bearer token.'],
    ],
  },
};

test.each(Object.entries(CASES))('%s', async (_, { before, after, moreAfter, changes }) => {
  const old = await testSubject(before);
  const names = new Map(old.index.operations.map(({ key, name }) => [key, name]));
  const diff = diffApis(old, await testSubject(after, moreAfter, names));
  expect(diff.changes.map(({ kind, tool }) => [kind, tool])).toEqual(
    changes.map(([kind, tool]) => [kind, tool]),
  );
  for (const [at, [, , text, risky]] of changes.entries()) {
    expect(diff.changes[at]?.text).toContain(text);
    expect(diff.changes[at]?.isRisky).toBe(risky === '!');
  }
  expect(diff.risky).toBe(changes.filter(([, , , risky]) => risky === '!').length);
});
