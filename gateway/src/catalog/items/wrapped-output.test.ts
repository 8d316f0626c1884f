import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { wrapOutput } from './wrapped-output.ts';

const wrapped = (schema: string): string | undefined => wrapOutput(Buffer.from(schema));
const around = (inner: string, members = ''): string =>
  `{${members}"type":"object","properties":{"result":${inner}},"required":["result"]}`;

test.each(['{"type":"object"}', '{ "type" : "object" , "properties" : {} }'])(
  '%s is an object already',
  (schema) => {
    expect(wrapped(schema)).toBeUndefined();
  },
);

test.each<[string, string]>([
  ['{"type":"array","items":{"type":"string"}}', '{"type":"array","items":{"type":"string"}}'],
  ['{"type": ["object","null"]}', '{"type": ["object","null"]}'],
  ['{}', '{}'],
  ['true', '{}'],
  ['false', '{"not":{}}'],
  ['{"const":1.0e3}', '{"const":1.0e3}'],
  ['{"$ref":"#"}', '{"$ref":"#/properties/result"}'],
  ['{"$dynamicRef":"#/$defs/a"}', '{"$dynamicRef":"#/properties/result/$defs/a"}'],
  [
    '{"anyOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"items":{"$ref":"#/$defs/a"}}}}',
    '{"anyOf":[{"$ref":"#/properties/result/$defs/a"}],"$defs":{"a":{"items":{"$ref":"#/properties/result/$defs/a"}}}}',
  ],
  // Anchors, other documents, and what only looks like a reference.
  ['{"$ref":"#a","$defs":{"a":{"$anchor":"a"}}}', '{"$ref":"#a","$defs":{"a":{"$anchor":"a"}}}'],
  ['{"$ref":"https://x.example/s#/a"}', '{"$ref":"https://x.example/s#/a"}'],
  ['{"enum":[{"$ref":"#/a"}]}', '{"enum":[{"$ref":"#/a"}]}'],
  ['{"properties":{"$ref":{"default":"#/a"}}}', '{"properties":{"$ref":{"default":"#/a"}}}'],
  [
    '{"properties":{"default":{"$ref":"#/$defs/a"}}}',
    '{"properties":{"default":{"$ref":"#/properties/result/$defs/a"}}}',
  ],
  ['{"$id":"#a","$ref":"#/b"}', '{"$id":"#a","$ref":"#/properties/result/b"}'],
  // Identifiers make a document of their own.
  ['{"$id":"urn:a","$ref":"#/$defs/b"}', '{"$id":"urn:a","$ref":"#/$defs/b"}'],
  [
    '{"items":{"$id":"urn:a","$ref":"#/$defs/b"},"not":{"$ref":"#/x"}}',
    '{"items":{"$id":"urn:a","$ref":"#/$defs/b"},"not":{"$ref":"#/properties/result/x"}}',
  ],
])('%s', (schema, inner) => {
  expect(wrapped(schema)).toBe(around(inner));
});

test('the dialect is said at the root', () => {
  const dialect = '"$schema":"https://json-schema.org/draft/2020-12/schema"';
  expect(wrapped(`{${dialect},"type":"array"}`)).toBe(around('{"type":"array"}', `${dialect},`));
});

describe('what is valid stays valid', () => {
  const schema = {
    type: ['array', 'null'],
    items: { $ref: '#/$defs/node' },
    $defs: {
      node: {
        type: 'object',
        properties: { name: { type: 'string' }, children: { $ref: '#' } },
        required: ['name'],
      },
    },
  };
  const validate = new Ajv2020().compile(JSON.parse(wrapped(JSON.stringify(schema)) ?? ''));

  test.each<[unknown, boolean]>([
    [null, true],
    [[], true],
    [[{ name: 'a', children: [{ name: 'b', children: null }] }], true],
    [[{ name: 'a', children: [{ children: [] }] }], false],
    ['text', false],
  ])('%j: %s', (result, expected) => {
    expect(validate({ result })).toBe(expected);
  });

  test('without a result nothing is', () => {
    expect(validate({})).toBe(false);
  });
});
