import { describe, expect, test } from 'vitest';
import { compile, json, names, query, send } from './test-compile.ts';

test('what the query of a path says is no argument and cannot be overwritten', async () => {
  const plan = await compile('/do?action=list&q={q}#1', 'get', {
    parameters: [
      query('action'),
      query('q'),
      query('more', { schema: { type: 'object', additionalProperties: { type: 'string' } } }),
    ],
    responses: {},
  });
  expect(names(plan)).toEqual(['q', 'more']);
  expect(send(plan, { q: 'a&b', more: { c: 'd' } }).path).toBe('/do?action=list&q=a%26b&c=d');
  expect(() => send(plan, { q: 'a', more: { action: 'delete' } })).toThrow(/"action"/);
});

test('a multipart form that is described as one file has it as its field', async () => {
  const schema = { type: 'string', format: 'binary' };
  const plan = await compile('/f', 'post', {
    requestBody: { required: true, content: { 'multipart/form-data': { schema } } },
    responses: {},
  });
  expect(plan.arguments).toEqual([
    { name: 'file', wire: '/file', location: 'body_property', isRequired: true, role: 'file' },
  ]);
  const file = { bytes: Buffer.from('x'), filename: 'a.txt', mimeType: 'text/plain' };
  const sent = send(plan, {}, new Map([['file', file]]));
  expect(sent.body!.toString()).toContain('name="file"; filename="a.txt"');
});

describe('a body that is the object of arguments', () => {
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`a${at}`, {}]));
  const operation = (extension: unknown, schema: object) => ({
    'x-mcp': extension,
    requestBody: json(schema),
    responses: {},
  });
  const open = {
    type: 'object',
    required: ['_fields'],
    properties: { ...many, _fields: { type: 'string' } },
    additionalProperties: { type: 'integer' },
  };

  test('gives each member its name, in whatever number, and stays open', async () => {
    const plan = await compile('/t', 'post', operation({ arguments: 'body' }, open));
    expect(names(plan)).toEqual([...Object.keys(many), '_fields']);
    expect(plan.input).toMatchObject({
      required: ['_fields'],
      additionalProperties: { type: 'integer' },
    });
    const sent = send(plan, { _fields: 'x', more: 1 });
    expect(sent.body!.toString()).toBe('{"_fields":"x","more":1}');
    expect(send(plan, {}).body!.toString()).toBe('{}');
  });

  test.each([
    ['says nothing of it', undefined, open],
    ['says something else', { arguments: 'query' }, open],
    ['is no object', { arguments: 'body' }, { type: 'array' }],
  ])('is none where the document %s', async (_, extension, schema) => {
    const plan = await compile('/t', 'post', operation(extension, schema));
    expect(names(plan)).toEqual(['body']);
  });

  test('is none beside parameters', async () => {
    const operationWithQuery = {
      ...operation({ arguments: 'body' }, open),
      parameters: [query('q')],
    };
    expect(names(await compile('/t', 'post', operationWithQuery))).toEqual(['q', 'body']);
  });
});
