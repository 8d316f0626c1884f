/** Where the schema comes from: servers of every age, and those that do not tell it. */
import { createServer } from 'node:http';
import { buildSchema, graphqlSync, introspectionFromSchema } from 'graphql';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../gateway/src/kernel/index.ts';
import { previewSource } from '../../../gateway/src/upstreams/index.ts';
import { SHOP_SDL } from '../../kit/graphql-shop.ts';

type Answer = readonly [status: number, body: string, type?: string];

async function serving(
  answer: (query: string) => Answer,
): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      // Looked at as other documents are, too, which is a GET.
      if (request.method !== 'POST') return void response.writeHead(405).end();
      const { query } = JSON.parse(body) as { query: string };
      asked.push(query);
      const [status, text, type = 'application/json'] = answer(query);
      response.writeHead(status, { 'content-type': type }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return { url: `http://127.0.0.1:${port}/graphql`, asked };
}

async function preview(source: string): Promise<string> {
  const deps = { clock: systemClock, directory: '/' };
  const previewed = await previewSource({ source, budgetTokens: 8000 }, deps);
  return previewed.kind === 'fault'
    ? previewed.text
    : previewed.report.tools.map(({ name }) => name).join(' ');
}

const SHOP = buildSchema(SHOP_SDL);
const error = (message: string, extensions = {}): string =>
  JSON.stringify({ errors: [{ message, extensions }] });
const TOOLS = 'orders order search echo hello add_order delete_order attach';

test.each<[string, RegExp, number]>([
  ['knows nothing of one of several inputs', /isOneOf/, 2],
  ['knows no deprecated inputs', /isOneOf|includeDeprecated: true\) \{\s+\.\.\.InputValue/, 3],
  ['bounds how deep it is asked', /isOneOf|description|(?:ofType \{[^{}]*){5}/, 4],
])('a server that %s is asked in another way', async (_what, refused, times) => {
  const { url, asked } = await serving((query) => {
    if (refused.test(query)) return [400, error('Cannot query that')];
    return [200, JSON.stringify(graphqlSync({ schema: SHOP, source: query }))];
  });
  expect(await preview(url)).toBe(TOOLS);
  expect(asked).toHaveLength(times);
});

test('a service of a federation tells what it is by _service', async () => {
  const { url } = await serving((query) =>
    query.includes('_service')
      ? [
          200,
          JSON.stringify({
            data: { _service: { sdl: `extend type Query { a: Int } ${SHOP_SDL}` } },
          }),
        ]
      : [200, error('introspection is disabled', { code: 'INTROSPECTION_DISABLED' })],
  );
  expect(await preview(url)).toBe(`a ${TOOLS}`);
});

test.each<[string, number, string, RegExp]>([
  [
    'switched off',
    400,
    error(
      'GraphQL introspection is not allowed by Apollo Server, but the query contained __schema',
    ),
    /introspection is switched off there: "GraphQL introspection is not allowed.*graphql\.schema, or drawbridge add \.\/schema\.graphql --url/,
  ],
  [
    'said so by a code only',
    200,
    JSON.stringify({ errors: [{ message: '', extensions: { code: 'INTROSPECTION_DISABLED' } }] }),
    /switched off there: "INTROSPECTION_DISABLED"/,
  ],
  [
    'said so by validation',
    200,
    error('Cannot query field "__schema" on type "Query".'),
    /switched off there/,
  ],
  ['for somebody else', 401, error('who are you?'), /answered 401.*Give it credentials.*--header/],
  ['not had', 503, '{}', /answered 503 to an introspection\./],
])('introspection that is %s is explained with the way on', async (_what, status, body, said) => {
  const { url } = await serving(() => [status, body]);
  expect(await preview(url)).toMatch(said);
});

test('an address of something else is told', async () => {
  const { url } = await serving(() => [200, '<html>', 'text/html']);
  expect(await preview(url)).toMatch(/no answer of GraphQL: look whether the address is right/);
});

test('what stands in the answer of an introspection is read whatever else there is', async () => {
  const whole = introspectionFromSchema(SHOP);
  const { url } = await serving(() => [
    200,
    JSON.stringify({ data: whole, errors: [{ message: 'slow' }], extensions: { ms: 5 } }),
    'application/graphql-response+json; charset=utf-8',
  ]);
  expect(await preview(url)).toBe(TOOLS);
});
