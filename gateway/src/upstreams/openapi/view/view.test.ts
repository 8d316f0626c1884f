import { describe, expect, test } from 'vitest';
import { viewFirst } from '../test-documents.ts';

const legacy = (operation: object, more: object = {}): object => ({
  swagger: '2.0',
  host: 'h.example',
  paths: { '/a/{id}': { post: operation } },
  ...more,
});
const modern = (operation: object, item: object = {}, more: object = {}): object => ({
  openapi: '3.2.0',
  paths: { '/a/{id}': { ...item, post: operation } },
  ...more,
});
const id = { name: 'id', in: 'path', required: true, schema: { type: 'integer' } };

describe('parameters', () => {
  test('of the path are merged with those of the operation', async () => {
    const shared = [id, { name: 'q', in: 'query', description: 'shared' }];
    const own = [{ $ref: '#/components/parameters/Q', description: 'beside' }];
    const components = { parameters: { Q: { name: 'q', in: 'query', required: true } } };
    const { view } = await viewFirst(
      modern({ parameters: own }, { parameters: shared }, { components }),
    );
    expect(
      view.parameters.map((one) => [one.name, one.in, one.isRequired, one.description]),
    ).toEqual([
      ['id', 'path', true, ''],
      ['q', 'query', true, 'beside'],
    ]);
  });

  test.each([
    [{ in: 'query' }, 'form', true],
    [{ in: 'query', explode: false }, 'form', false],
    [{ in: 'query', style: 'deepObject' }, 'deepObject', false],
    [{ in: 'query', style: 'pipeDelimited' }, 'pipeDelimited', false],
    [{ in: 'query', style: 'label' }, 'form', true],
    [{ in: 'header' }, 'simple', false],
    [{ in: 'cookie' }, 'form', true],
    [{ in: 'cookie', style: 'cookie' }, 'cookie', true],
    [{ in: 'query', collectionFormat: 'multi' }, 'form', true],
  ])('3.x: %j has the style %s, exploded %s', async (parameter, style, explode) => {
    const { view } = await viewFirst(modern({ parameters: [id, { name: 'x', ...parameter }] }));
    expect(view.parameters[1]).toMatchObject({ name: 'x', style, explode });
  });

  test.each([
    ['query', undefined, 'form', false],
    ['query', 'multi', 'form', true],
    ['query', 'ssv', 'spaceDelimited', false],
    ['query', 'tsv', 'tabDelimited', false],
    ['query', 'pipes', 'pipeDelimited', false],
    ['query', 'odd', 'form', false],
    ['path', 'csv', 'simple', false],
    ['header', 'multi', 'simple', false],
  ])('2.0: in %s, %s is %s, exploded %s', async (place, collectionFormat, style, explode) => {
    const one = { name: 'id', in: place, required: true, type: 'array', collectionFormat };
    const { view } = await viewFirst(legacy({ parameters: [one] }));
    expect(view.parameters[0]).toMatchObject({ style, explode });
    expect(view.parameters[0]?.schema?.pointer).toBe('#/paths/~1a~1{id}/post/parameters/0');
  });

  test('described by content, and the whole query string', async () => {
    const content = { 'application/json': { schema: { type: 'object' } } };
    const parameters = [
      id,
      { name: 'f', in: 'query', content },
      { in: 'querystring', name: 'all', content },
    ];
    const { view } = await viewFirst(modern({ parameters }));
    const rows = view.parameters.slice(1).map((one) => [one.in, one.mediaType, one.schema?.node]);
    expect(rows).toEqual([
      ['query', 'application/json', { type: 'object' }],
      ['querystring', 'application/json', { type: 'object' }],
    ]);
  });

  test('that are wrong are repaired, and that is told', async () => {
    const parameters = [
      { name: 'ID', in: 'path' },
      { name: 'x', in: 'query', type: 'string' },
      { name: 'x', in: 'query' },
      { in: 'query' },
      { name: 'y' },
      { name: 'z', in: 'nowhere' },
      { $ref: '#/nothing' },
      7,
    ];
    const { document, view } = await viewFirst(modern({ parameters }));
    expect(view.parameters.map((one) => [one.name, one.in])).toEqual([
      ['ID', 'path'],
      ['x', 'query'],
      ['y', 'query'],
    ]);
    expect(document.repairs).toHaveLength(8);
    expect(
      document.repairs.every(({ at }) => at.pointer.startsWith('#/paths/~1a~1{id}/post')),
    ).toBe(true);
    const count = document.repairs.length;
    document.view(view.operation);
    expect(document.repairs).toHaveLength(count);
  });

  test('nobody describes are texts', async () => {
    const { view } = await viewFirst(modern({}));
    expect(view.parameters).toMatchObject([
      { name: 'id', in: 'path', isRequired: true, schema: undefined },
    ]);
  });
});

describe('bodies', () => {
  test('3.x: media types, encodings and streams', async () => {
    const content = {
      'multipart/form-data': {
        schema: { type: 'object' },
        encoding: {
          a: {
            contentType: 'text/csv',
            style: 'form',
            headers: { 'X-A': { schema: { type: 'string' } } },
          },
        },
      },
      'application/jsonl': { itemSchema: { type: 'object' }, examples: { one: { value: 1 } } },
    };
    const components = { requestBodies: { B: { description: 'B', required: true, content } } };
    const { view } = await viewFirst(
      modern({ requestBody: { $ref: '#/components/requestBodies/B' } }, {}, { components }),
    );
    const [form, lines] = view.body?.contents ?? [];
    expect(view.body).toMatchObject({ isRequired: true, description: 'B' });
    expect(form?.encoding.get('a')).toMatchObject({ contentType: 'text/csv', style: 'form' });
    expect(form?.encoding.get('a')?.headers.get('X-A')?.node).toEqual({ type: 'string' });
    expect(lines).toMatchObject({ mediaType: 'application/jsonl', schema: undefined, example: 1 });
    expect(lines?.itemSchema?.node).toEqual({ type: 'object' });
  });

  test.each([[{ $ref: '#/nowhere' }], [{ content: {} }], [{}]])(
    '%j is any JSON',
    async (requestBody) => {
      const { view, document } = await viewFirst(modern({ requestBody }));
      expect(view.body?.contents).toMatchObject([
        { mediaType: 'application/json', schema: undefined },
      ]);
      expect(document.repairs.length).toBeGreaterThan(0);
    },
  );

  test('2.0: a body has the types that are consumed', async () => {
    const parameters = [
      { name: 'b', in: 'body', required: true, schema: { $ref: '#/definitions/X' } },
    ];
    const { view } = await viewFirst(
      legacy(
        { parameters },
        { consumes: ['application/xml', 'text/json'], definitions: { X: {} } },
      ),
    );
    expect(view.body?.isRequired).toBe(true);
    expect(view.body?.contents.map(({ mediaType, schema }) => [mediaType, schema?.node])).toEqual([
      ['application/xml', { $ref: '#/definitions/X' }],
      ['text/json', { $ref: '#/definitions/X' }],
    ]);
    expect(view.parameters.map(({ name }) => name)).toEqual(['id']);
  });

  test.each([
    [[{ name: 'f', type: 'string' }], undefined, 'application/x-www-form-urlencoded'],
    [[{ name: 'f', type: 'file' }], undefined, 'multipart/form-data'],
    [[{ name: 'f', type: 'string' }], ['multipart/form-data'], 'multipart/form-data'],
    [[{ name: 'f', type: 'file' }], ['application/x-www-form-urlencoded'], 'multipart/form-data'],
  ])('2.0: %j with consumes %j is sent as %s', async (fields, consumes, mediaType) => {
    const parameters = fields.map((field) => ({
      in: 'formData',
      required: true,
      collectionFormat: 'multi',
      ...field,
    }));
    const { view } = await viewFirst(legacy({ parameters, consumes }));
    const [form] = view.body?.contents ?? [];
    expect(form?.mediaType).toBe(mediaType);
    expect(form?.schema?.node).toMatchObject({
      type: 'object',
      properties: { f: {} },
      required: ['f'],
    });
    expect(form?.encoding.get('f')).toMatchObject({ style: 'form', explode: true });
  });
});

describe('responses', () => {
  test('2.0: schemas with the types that are produced', async () => {
    const responses = {
      200: {
        description: 'ok',
        schema: { type: 'string' },
        examples: { 'text/plain': 'x' },
        headers: { 'X-N': { type: 'integer' } },
      },
      default: { $ref: '#/responses/E' },
      odd: {},
    };
    const more = { produces: ['text/plain'], responses: { E: { description: 'e', schema: {} } } };
    const { view } = await viewFirst(legacy({ responses }, more));
    expect(
      view.responses.map((one) => [
        one.status,
        one.description,
        one.contents.map(({ mediaType, example }) => [mediaType, example]),
      ]),
    ).toEqual([
      ['200', 'ok', [['text/plain', 'x']]],
      ['default', 'e', [['text/plain', undefined]]],
    ]);
    expect(view.responses[0]?.headers.get('X-N')?.node).toEqual({ type: 'integer' });
  });

  test('3.x: ranges, references and headers', async () => {
    const responses = {
      '2xx': {
        content: { 'application/json': { schema: { type: 'object' } } },
        headers: { Link: { schema: { type: 'string' } } },
      },
      404: { $ref: '#/nowhere' },
      'x-more': 1,
    };
    const { view, document } = await viewFirst(modern({ responses }));
    expect(view.responses).toMatchObject([
      { status: '2XX', contents: [{ mediaType: 'application/json' }] },
    ]);
    expect(view.responses[0]?.headers.get('Link')?.node).toEqual({ type: 'string' });
    expect(document.repairs.map(({ what }) => what)).toContainEqual(
      expect.stringMatching(/404 is left out/),
    );
  });
});

test('servers of the operation go first, then those of its path', async () => {
  const server = (url: string): object => ({ servers: [{ url }] });
  const { view } = await viewFirst(modern(server('/op'), server('/item'), server('/all')));
  expect(view.servers).toEqual(['/op', '/item', '/all']);
  const { view: old } = await viewFirst(legacy({ schemes: ['http'] }));
  expect(old.servers).toEqual(['http://h.example', 'https://h.example']);
});

test('descriptions for models go before those for people', async () => {
  const own = { summary: 's', description: 'd', 'x-mcp': { description: 'm' }, 'x-other': 1 };
  const { view } = await viewFirst(modern(own));
  expect(view.description).toBe('m');
  expect(view.extensions).toEqual({ 'x-mcp': { description: 'm' }, 'x-other': 1 });
});
