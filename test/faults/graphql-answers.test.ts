/** Answers of GraphQL APIs that mean harm or come to no end: contained, and explained in words. */
import { createServer, type RequestListener } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { startGateway } from '../kit/gateway.ts';
import { callerOf, type Caller } from '../journeys/apis/world.ts';

const SDL = 'type Query { hello: A again: Int } type A { id: ID } type Mutation { write: Int }';
const SECRET = 'swordfish-of-the-operator';

type Answer = (...given: Parameters<RequestListener>) => void;

/** An API whose schema is known and whose answers are these. */
async function callerTo(answer: Answer, more: object = {}): Promise<Caller & { asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      asked.push(body);
      response.on('error', () => undefined);
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const schema = createServer((_request, response) => void response.end(SDL));
  await new Promise<void>((resolve) => schema.listen(0, '127.0.0.1', resolve));
  const where = schema.address();
  const port = typeof where === 'object' ? where?.port : 0;
  const graphql = {
    url: `${origin}/graphql`,
    schema: `http://127.0.0.1:${port}/schema.graphql`,
    dynamic: true,
  };
  const gateway = await startGateway({
    upstreams: { api: { graphql, auth: { bearer: SECRET }, ...more } },
    policy: { default: 'allow' },
  });
  const caller = await callerOf('modern', gateway);
  onTestFinished(async () => {
    await caller[Symbol.asyncDispose]();
    await gateway.close();
    for (const each of [server, schema]) {
      each.closeAllConnections();
      each.close();
    }
  });
  return { ...caller, asked };
}

const JSON_TYPE = { 'content-type': 'application/json' };

test('an answer of a gigabyte is left when enough has come', async () => {
  let sent = 0;
  const caller = await callerTo((_request, response) => {
    response.writeHead(200, JSON_TYPE);
    response.write('{"data":{"hello":{"id":"');
    const chunk = 'x'.repeat(1024 * 1024);
    const more = (): void => {
      while (sent < 1024 && !response.destroyed) {
        sent++;
        if (!response.write(chunk)) return void response.once('drain', more);
      }
      response.end('"}}}');
    };
    more();
  });
  const told = await caller.call('api__hello');
  expect(told.isError).toBe(true);
  expect(told.text).toMatch(/more than \d+ bytes/);
  expect(sent).toBeLessThan(512);
});

test('an answer that does not come, or not to its end, is not waited for', async () => {
  const slow = await callerTo(() => undefined, { timeoutMs: 300 });
  expect((await slow.call('api__hello')).isError).toBe(true);
  const drips = await callerTo(
    (_request, response) => {
      response.writeHead(200, JSON_TYPE);
      response.write('{"data":');
    },
    { timeoutMs: 300 },
  );
  expect((await drips.call('api__hello')).text).toMatch(/in time/);
});

test.each([
  ['nested beyond any stack', `{"data":{"hello":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`],
  ['nested deeper than anybody reads', `{"data":${'{"a":'.repeat(500)}1${'}'.repeat(500)}}`],
  ['with a name of prototypes', '{"data":{"hello":{"__proto__":{"admin":true}}}}'],
  ['with one name twice', '{"data":{"hello":null},"data":{"hello":{"id":"1"}}}'],
  ['that is many answers', '[{"data":{"hello":{"id":"1"}}},{"data":{"hello":{"id":"2"}}}]'],
])('an answer %s harms nothing', async (_what, body) => {
  const caller = await callerTo((_request, response) => {
    response.writeHead(200, JSON_TYPE).end(body);
  });
  const told = await caller.call('api__hello');
  expect(told.text.length + JSON.stringify(told.value ?? '').length).toBeLessThan(20_000);
  expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
  expect((await caller.call('api__again')).text).not.toContain('swordfish');
});

test('of tens of thousands of errors some are told', async () => {
  const error = {
    message: 'no '.repeat(20),
    path: ['hello', 0],
    extensions: { code: 'FORBIDDEN' },
  };
  const errors = Array.from({ length: 40_000 }, () => error);
  const caller = await callerTo((_request, response) => {
    response
      .writeHead(200, JSON_TYPE)
      .end(JSON.stringify({ data: { hello: { id: '1' } }, errors }));
  });
  const told = await caller.call('api__hello');
  expect(told.text.length).toBeLessThan(5000);
  expect(told.text + JSON.stringify(told.value ?? '')).toContain('Part of the answer is missing');
});

test.each([200, 400, 401, 500])(
  'what an error of %i says of our credentials is not told',
  async (status) => {
    const spelled = SECRET.replace(/./g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
    const basic = Buffer.from(SECRET).toString('base64');
    const message = `you came with Bearer ${SECRET} and ${basic}`;
    const body = `{"data":null,"errors":[{"message":${JSON.stringify(message)},"extensions":{"code":"FORBIDDEN","headers":{"authorization":"Bearer ${spelled}"}}}]}`;
    const caller = await callerTo((_request, response) => {
      response.writeHead(status, JSON_TYPE).end(body);
    });
    const told = await caller.call('api__hello');
    const all = told.text + JSON.stringify(told.value ?? '');
    expect(all).not.toContain(SECRET);
    expect(told.isError).toBe(true);
  },
);

test('a query of a caller says nothing that a mutation is needed for, however it hides one', async () => {
  const caller = await callerTo((_request, response) => {
    response.writeHead(200, JSON_TYPE).end('{"data":{"again":1}}');
  });
  const attempts = [
    { query: 'mutation { write }' },
    { query: '#query\nmutation { write }' },
    { query: 'query A { again } mutation B { write }', operationName: 'B' },
    { query: 'query A { again } mutation B { write }', variables: { operationName: 'B' } },
    { query: 'query A { again } query B { again }' },
    { query: '{ again } mutation { write }' },
    { query: 'fragment F on Mutation { write } { ...F }' },
    { query: '{ ... on Mutation { write } }' },
    { query: '\uFEFFmutation { write }' },
    { query: 'subscription { write }' },
    { query: '[{"query":"mutation { write }"}]' },
    { query: ['mutation { write }'] },
    { query: '{ again }', extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } },
  ];
  for (const attempt of attempts) {
    expect((await caller.call('api__execute', attempt)).isError).toBe(true);
  }
  expect(caller.asked).toEqual([]);
  // Nor does the tool for mutations run a query that policies know as a read.
  expect((await caller.call('api__execute_mutation', { query: '{ again }' })).isError).toBe(true);
  expect((await caller.call('api__execute', { query: 'query A { again }' })).isError).toBe(false);
  expect(JSON.parse(caller.asked.join())).toEqual({
    query: 'query A { again }',
    operationName: 'A',
    variables: {},
  });
});

const fan = (count: number, each: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => each(at)).join(' ');

test.each<[string, string, RegExp]>([
  ['directives', `{ again ${'@include(if: true) '.repeat(60)} }`, /60 directives; 50 are allowed/],
  ['one field again and again', `{ ${'again '.repeat(3000)} }`, /same things 2999 times/],
  ['one field in fragments', `{ ${'... { hello { id } } '.repeat(300)} }`, /same things 299 times/],
  ['spreads', `{ ${'...F '.repeat(500)} } fragment F on Query { again }`, /same things 499 times/],
  [
    'fragments',
    `{ again } ${fan(60, (at) => `fragment F${at} on Query { again }`)}`,
    /60 fragments/,
  ],
  ['values', `{ again(x: ${'['.repeat(3000)}`, /cannot be read|nested too deep/],
])('a query with too many %s is refused before it costs anything', async (_what, query, said) => {
  const caller = await callerTo((_request, response) => void response.end());
  const told = await caller.call('api__execute', { query });
  expect(told.isError).toBe(true);
  expect(told.text).toMatch(said);
  expect(caller.asked).toEqual([]);
});
