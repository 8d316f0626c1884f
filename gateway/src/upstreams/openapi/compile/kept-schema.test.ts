import { describe, expect, test } from 'vitest';
import { resolverOf } from '../schema/test-resolver.ts';
import { keptSchema } from './kept-schema.ts';

const HERE = '#/paths/~1tools~1a%20b/post';

function kept(schema: unknown, version: '3.0' | '3.1' = '3.1') {
  const document = { paths: { '/tools/a b': { post: schema } } };
  const resolver = resolverOf(document, version);
  const root = { node: document, source: '', pointer: '#' };
  return keptSchema(resolver, resolver.child(root, 'paths', '/tools/a b', 'post'));
}

const object = (properties: object, more: object = {}) => ({
  type: 'object',
  properties,
  ...more,
});
const refer = (name: string) => ({ $ref: `${HERE}/$defs/${name}` });

describe('a schema of listed tools', () => {
  test.each([
    object({ a: { type: 'string', pattern: '^a$', minLength: 1 }, b: {} }),
    object({ a: { type: ['null', 'integer'], minimum: 0, enum: [1, null] } }, { required: ['a'] }),
    object({ a: { anyOf: [{ type: 'array', items: {} }, { not: {} }], default: [1] } }),
    object({}, { additionalProperties: { type: 'string' } }),
  ])('stays as it is: %j', (schema) => expect(kept(schema)).toEqual(schema));

  test('refers to its own definitions', () => {
    const schema = object(
      { a: { ...refer('Node'), description: 'A' } },
      { $defs: { Node: object({ next: refer('Node') }) } },
    );
    expect(kept(schema)).toEqual(
      object(
        { a: { $ref: '#/$defs/Node', description: 'A' } },
        { $defs: { Node: object({ next: { $ref: '#/$defs/Node' } }) } },
      ),
    );
  });
});

describe('everything else has to be converted', () => {
  const alias = { a: { $ref: `${HERE}/$defs/b` }, b: { $ref: `${HERE}/$defs/a` } };
  let deep: object = {};
  for (let at = 0; at < 100; at++) deep = { items: deep };

  test.each<[string, unknown]>([
    ['no schema', 7],
    ['no object', { type: 'string' }],
    ['no properties', { type: 'object' }],
    ['a choice at the root', object({}, { anyOf: [{ required: ['a'] }] })],
    ['a boolean for a schema', object({ a: true })],
    ['a format of few', object({ a: { format: 'int64' } })],
    [
      'keywords beside a reference',
      object({ a: { ...refer('A'), type: 'object' } }, { $defs: { A: {} } }),
    ],
    ['a reference to another place', object({ a: { $ref: '#/components/schemas/A' } })],
    ['a reference to another document', object({ a: { $ref: 'https://example.com/#/$defs/A' } })],
    ['a reference to itself', object({ a: { $ref: HERE } })],
    ['a reference to nothing', object({ a: refer('Gone') })],
    ['definitions that are only each other', object({ a: refer('a') }, { $defs: alias })],
    [
      'a definition that is a part of itself',
      object({ a: refer('a') }, { $defs: { a: { allOf: [refer('a')] } } }),
    ],
    ['definitions further down', object({ a: { $defs: {} } })],
    ['another keyword', object({ a: { if: {} } })],
    ['a type that is none', object({ a: { type: 'text' } })],
    ['a pattern that is none', object({ a: { pattern: '(' } })],
    ['a name that is no pattern', object({}, { patternProperties: { '(': {} } })],
    ['a very long pattern', object({ a: { pattern: 'a'.repeat(1001) } })],
    ['a bound that is no number', object({ a: { minimum: '1' } })],
    ['a list that is none', object({ a: { anyOf: {} } })],
    ['an empty list', object({ a: { anyOf: [] } })],
    ['required that is no list', object({}, { required: 'a' })],
    ['depth', object({ a: deep })],
  ])('%s', (_, schema) => expect(kept(schema)).toBeUndefined());

  test('an older dialect', () => expect(kept(object({}), '3.0')).toBeUndefined());
});
