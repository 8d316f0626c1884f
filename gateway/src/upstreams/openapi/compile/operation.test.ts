import { describe, expect, test } from 'vitest';
import { compile, compileAll, json, names, query, send } from './test-compile.ts';

describe('arguments', () => {
  test('stand flat, path first, and a clash is settled by a suffix', async () => {
    const plan = await compile('/pets/{id}', 'put', {
      parameters: [
        query('id'),
        { name: 'id', in: 'path', required: true, schema: { type: 'integer' } },
      ],
      requestBody: {
        required: true,
        ...json({
          type: 'object',
          required: ['id'],
          properties: { id: { type: 'string' }, name: { type: 'string' } },
        }),
      },
    });
    expect(plan.arguments).toEqual([
      { name: 'id', wire: 'id', location: 'path', isRequired: true, role: 'value' },
      { name: 'id_query', wire: 'id', location: 'query', isRequired: false, role: 'value' },
      { name: 'id_body', wire: '/id', location: 'body_property', isRequired: true, role: 'value' },
      { name: 'name', wire: '/name', location: 'body_property', isRequired: false, role: 'value' },
    ]);
    expect(plan.input).toMatchObject({ type: 'object', required: ['id', 'id_body'] });
    const sent = send(plan, { id: 1, id_query: '2', id_body: '3' });
    expect([sent.path, sent.body!.toString()]).toEqual(['/pets/1?id=2', '{"id":"3"}']);
  });

  test('are never credentials or fields of the connection, and constants need not be given', async () => {
    const header = (name: string) => ({
      name,
      in: 'header',
      required: true,
      schema: { type: 'string' },
    });
    const plan = await compile(
      '/a',
      'get',
      {
        security: [{ k: [] }],
        parameters: [
          ...['Authorization', 'content-type', 'Accept', 'Cookie', 'Transfer-Encoding'].map(header),
          header('X-Key'),
          header('X-Trace'),
          query('v', { required: true, schema: { const: '2' } }),
          query('w', { schema: { enum: ['1'] } }),
        ],
      },
      { components: { securitySchemes: { k: { type: 'apiKey', in: 'header', name: 'x-key' } } } },
    );
    expect(names(plan).toSorted()).toEqual(['X-Trace', 'v', 'w']);
    expect(plan.input['required']).toEqual(['X-Trace']);
    expect(send(plan, {}).path).toBe('/a?v=2');
  });

  test('own names of the gateway stay free', async () => {
    const plan = await compile('/a', 'get', { parameters: [query('_page'), query('_fields')] });
    expect(names(plan)).toEqual(['_page_query', '_fields_query']);
    expect(send(plan, { _page_query: 'x' }).path).toBe('/a?_page=x');
  });

  test('an undeclared variable and one that is named otherwise are still filled', async () => {
    const plan = await compile('/a/{x}/{PetId}', 'get', {
      parameters: [{ name: 'petId', in: 'path', required: true, schema: { type: 'string' } }],
    });
    expect(send(plan, { x: '1', petId: '2' }).path).toBe('/a/1/2');
    const other = await compile('/a/{id}', 'get', {
      parameters: [{ name: 'petId', in: 'path', required: true, schema: { type: 'string' } }],
    });
    expect(send(other, { petId: '2' }).path).toBe('/a/2');
  });

  test('a path that climbs makes no tool', async () => {
    expect(await compileAll({ '/a/../b': { get: {} } })).toEqual([expect.stringContaining('".."')]);
  });

  test('lists written as deep objects get brackets', async () => {
    const list = { type: 'array', items: { type: 'string' } };
    const plan = await compile('/a', 'get', {
      parameters: [query('expand', { style: 'deepObject', explode: true, schema: list })],
    });
    expect(send(plan, { expand: ['a', 'b'] }).path).toBe('/a?expand%5B%5D=a&expand%5B%5D=b');
  });
});

describe('bodies', () => {
  const body = (contents: object, over: object = {}) => ({
    requestBody: { required: true, content: contents, ...over },
  });
  const object = (count: number) => ({
    type: 'object',
    properties: Object.fromEntries(
      Array.from({ length: count }, (_, at) => [`p${at}`, { type: 'string' }]),
    ),
  });

  test.each([
    [object(24), 24],
    [object(25), 1],
    [{ ...object(2), additionalProperties: false }, 2],
    [{ ...object(2), additionalProperties: true }, 1],
    [{ ...object(2), oneOf: [{ required: ['p0'] }, { required: ['p1'] }] }, 1],
    [{ type: 'array', items: object(1) }, 1],
    [{}, 1],
  ])('%j', async (schema, count) => {
    const plan = await compile('/a', 'post', body({ 'application/json': { schema } }));
    expect(plan.arguments).toHaveLength(count);
    const whole = plan.arguments.filter((one) => one.name === 'body' && one.location === 'body');
    expect(whole).toHaveLength(count === 1 ? 1 : 0);
  });

  test('JSON goes before forms, text and XML, and a vendor type keeps its name', async () => {
    const schema = object(1);
    const type = async (...types: string[]) => {
      const contents = Object.fromEntries(types.map((one) => [one, { schema }]));
      const plan = await compile('/a', 'post', body(contents));
      return send(plan, { p0: 'x' }).headers[3];
    };
    expect(await type('application/xml', 'multipart/form-data', 'application/json')).toBe(
      'application/json',
    );
    expect(await type('application/xml', 'application/vnd.a+json')).toBe('application/vnd.a+json');
    expect(await type('application/xml', 'application/x-www-form-urlencoded')).toBe(
      'application/x-www-form-urlencoded',
    );
    expect(await type('application/json-patch+json', 'application/merge-patch+json')).toBe(
      'application/merge-patch+json',
    );
    expect(await type('*/*')).toBe('application/json');
  });

  test('what only is read leaves the arguments; what has one value is sent by itself', async () => {
    const schema = {
      type: 'object',
      required: ['kind'],
      properties: {
        kind: { const: 'cat' },
        id: { type: 'string', readOnly: true },
        name: { type: 'string' },
      },
    };
    const plan = await compile('/a', 'post', body({ 'application/json': { schema } }));
    expect(names(plan)).toEqual(['name']);
    expect(send(plan, { name: 'x' }).body!.toString()).toBe('{"name":"x","kind":"cat"}');
  });

  test('files are arguments of their own', async () => {
    const schema = {
      type: 'object',
      required: ['file'],
      properties: {
        file: { type: 'string', format: 'binary' },
        photo: { anyOf: [{ type: 'string', format: 'binary' }, { type: 'null' }] },
        meta: { type: 'object', properties: { a: { type: 'string' } } },
      },
    };
    const plan = await compile('/a', 'post', body({ 'multipart/form-data': { schema } }));
    const roles = Object.fromEntries(plan.arguments.map((one) => [one.name, one.role]));
    expect(roles).toEqual({ meta: 'value', file: 'file', photo: 'file' });
    const file = { bytes: Buffer.from('hi'), filename: 'a.txt', mimeType: 'text/plain' };
    const sent = send(plan, { meta: { a: '1' } }, new Map([['file', file]]));
    expect(sent.headers[3]).toMatch(/^multipart\/form-data; boundary=part-[0-9a-f]{48}$/);
    expect(sent.body!.toString()).toContain(
      'name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nhi',
    );
  });

  test('bytes are one file', async () => {
    const plan = await compile('/a', 'put', body({ 'application/octet-stream': {} }));
    expect(plan.arguments).toEqual([
      { name: 'body', wire: '', location: 'body', isRequired: true, role: 'file' },
    ]);
  });

  test('XML is written by its hints, and given as text where nothing is known of it', async () => {
    const schema = { ...object(1), xml: { name: 'thing' } };
    const plan = await compile('/a', 'put', body({ 'application/xml': { schema } }));
    expect(send(plan, { p0: '<' }).body!.toString()).toContain('<thing><p0>&lt;</p0></thing>');
    const raw = await compile('/a', 'put', body({ 'application/xml': {} }));
    expect(send(raw, { body: '<a/>' }).body!.toString()).toBe('<a/>');
  });

  test('form fields of 2.0', async () => {
    const field = (name: string, over: object) => ({ name, in: 'formData', ...over });
    const plan = await compile(
      '/a',
      'post',
      {
        consumes: ['application/x-www-form-urlencoded'],
        parameters: [
          field('a', { type: 'string', required: true }),
          field('b', { type: 'array', items: { type: 'string' }, collectionFormat: 'pipes' }),
        ],
      },
      { swagger: '2.0' },
    );
    expect(send(plan, { a: '1 2', b: ['x', 'y'] }).body!.toString()).toBe('a=1+2&b=x%7Cy');
  });

  test('a field of a form follows its encoding', async () => {
    const schema = { type: 'object', properties: { f: { type: 'object' } } };
    const encoding = { f: { style: 'deepObject', explode: true } };
    const plan = await compile(
      '/a',
      'post',
      body({ 'application/x-www-form-urlencoded': { schema, encoding } }),
    );
    expect(send(plan, { f: { a: 1 } }).body!.toString()).toBe('f%5Ba%5D=1');
  });
});

describe('answers', () => {
  const list = { type: 'array', items: { type: 'object', properties: { id: { type: 'string' } } } };
  const answer = (schema: object, over: object = {}) => ({
    responses: { 200: { description: 'OK', ...json(schema), ...over } },
  });
  const text = { type: 'string' };

  test('are told in one line, with summary and deprecation', async () => {
    const plan = await compile('/a', 'get', {
      summary: 'List things',
      description: '<p>All of <b>them</b>.</p>',
      deprecated: true,
      ...answer(list),
    });
    expect(plan.description).toBe(
      'Deprecated: do not use it where there is another way.\nList things.\nAll of them.\nReturns a list of objects with id.',
    );
    expect(plan.output).toMatchObject({ type: 'array' });
  });

  test('nothing is known of an answer without JSON', async () => {
    const plan = await compile('/a', 'get', {
      responses: { 200: { description: 'OK', content: { 'application/pdf': {} } } },
    });
    expect(plan.output).toBeNull();
    expect(send(plan, {}).headers[1]).toBe('application/pdf, application/json;q=0.5, */*;q=0.1');
  });

  const integer = { schema: { type: 'integer' } };
  const object = (properties: object) => ({ type: 'object', properties });
  test.each<[string, object, object | null]>([
    [
      'a token',
      { parameters: [query('pageToken')], ...answer(object({ items: list, nextPageToken: text })) },
      { style: 'token', items: '/items', next: '/nextPageToken', argument: 'pageToken' },
    ],
    [
      'a cursor in an object about the answer',
      {
        parameters: [query('cursor')],
        ...answer(object({ data: list, meta: object({ next_cursor: text }) })),
      },
      { style: 'token', items: '/data', next: '/meta/next_cursor', argument: 'cursor' },
    ],
    [
      'an OData link',
      answer(object({ value: list, '@odata.nextLink': text })),
      { style: 'next_url', items: '/value', next: '/@odata.nextLink' },
    ],
    [
      'a pageable extension',
      { 'x-ms-pageable': { nextLinkName: 'more' }, ...answer(object({ value: list })) },
      { style: 'next_url', items: '/value', next: '/more' },
    ],
    [
      'a single page',
      { 'x-ms-pageable': { nextLinkName: null }, ...answer(object({ value: list })) },
      null,
    ],
    [
      'an address under links',
      answer(object({ data: list, links: object({ next: text }) })),
      { style: 'next_url', items: '/data', next: '/links/next' },
    ],
    [
      'the Link header',
      answer(list, { headers: { Link: { schema: text } } }),
      { style: 'link', items: '', next: '' },
    ],
    [
      'pages',
      { parameters: [query('page', integer), query('per_page', integer)], ...answer(list) },
      { style: 'page', items: '', argument: 'page', sizeArgument: 'per_page', first: 1 },
    ],
    [
      'pages from zero',
      {
        parameters: [query('page', { schema: { type: 'integer', default: 0 } })],
        ...answer(object({ content: list })),
      },
      { style: 'page', items: '/content', argument: 'page', sizeArgument: '', first: 0 },
    ],
    [
      'offsets',
      {
        parameters: [query('$skip', integer), query('$top', integer)],
        ...answer(object({ value: list })),
      },
      { style: 'offset', items: '/value', argument: 'skip', sizeArgument: 'top', first: 0 },
    ],
    ['a start without a size', { parameters: [query('start', integer)], ...answer(list) }, null],
    ['no list', { parameters: [query('page', integer)], ...answer(object({ id: text })) }, null],
  ])('pages are recognised: %s', async (_what, operation, expected) => {
    expect((await compile('/a', 'get', operation)).pagination).toEqual(expected);
  });

  test('a write is never paged', async () => {
    const operation = { parameters: [query('page', integer)], ...answer(list) };
    expect((await compile('/a', 'post', operation)).pagination).toBeNull();
  });
});

test('a plan is plain JSON', async () => {
  const plan = await compile('/a/{id}', 'get', { parameters: [query('q')] });
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
});
