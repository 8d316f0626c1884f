import { expect, describe, test } from 'vitest';
import type { JsonObject } from '../../../kernel/index.ts';
import { defaultProfile } from './default-profile.ts';
import { relaxOutput } from './relax.ts';

describe('the root', () => {
  test.each<[what: string, root: JsonObject, expected: JsonObject]>([
    ['without anything', {}, { type: 'object', properties: {} }],
    [
      'that is a reference',
      {
        $ref: '#/$defs/A',
        $defs: { A: { type: 'object', properties: { a: { $ref: '#/$defs/A' } } } },
      },
      {
        type: 'object',
        properties: { a: { $ref: '#/$defs/A' } },
        $defs: { A: { type: 'object', properties: { a: { $ref: '#/$defs/A' } } } },
      },
    ],
    [
      'with parts',
      {
        allOf: [{ $ref: '#/$defs/A' }, { properties: { b: { type: 'integer' } }, required: ['b'] }],
        $defs: { A: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] } },
      },
      {
        type: 'object',
        properties: { a: { type: 'string' }, b: { type: 'integer' } },
        required: ['a', 'b'],
      },
    ],
    [
      'with variants',
      {
        type: 'object',
        oneOf: [
          { properties: { k: { enum: ['x'] }, a: { type: 'string' } }, required: ['k', 'a'] },
          { properties: { k: { enum: ['y'] }, b: { type: 'string' } }, required: ['k', 'b'] },
        ],
      },
      {
        type: 'object',
        description: 'Give one of these: a; or b.',
        properties: {
          k: { anyOf: [{ enum: ['x'] }, { enum: ['y'] }] },
          a: { type: 'string' },
          b: { type: 'string' },
        },
        required: ['k'],
      },
    ],
    [
      'that is no object',
      { type: 'array', items: { type: 'string' } },
      {
        type: 'object',
        properties: { value: { type: 'array', items: { type: 'string' } } },
        required: ['value'],
      },
    ],
    [
      'that may be null',
      { type: ['object', 'null'], properties: { a: {} } },
      { type: 'object', properties: { a: {} } },
    ],
    [
      'with conditions',
      { type: 'object', properties: { a: {} }, not: { required: ['a'] }, if: {}, enum: [{}] },
      { type: 'object', properties: { a: {} } },
    ],
  ])('%s', (_, root, expected) => {
    expect(defaultProfile(root)).toEqual(expected);
  });
});

describe('a schema inside', () => {
  test.each<[what: string, schema: JsonObject | boolean, expected: JsonObject | boolean]>([
    ['true', true, {}],
    ['false', false, { not: {} }],
    [
      'an open object',
      { type: 'object', additionalProperties: true },
      { type: 'object', additionalProperties: true },
    ],
    [
      'a format nobody refuses',
      { type: 'string', format: 'date' },
      { type: 'string', format: 'date' },
    ],
    ['another format', { type: 'integer', format: 'int64' }, { type: 'integer' }],
    [
      'bytes',
      { type: 'string', format: 'byte', description: 'Data' },
      { type: 'string', description: 'Data (Base64.)' },
    ],
    ['a constant', { const: 'a' }, { enum: ['a'] }],
    [
      'variants',
      { oneOf: [{ type: 'string' }, { type: 'integer' }] },
      { anyOf: [{ type: 'string' }, { type: 'integer' }] },
    ],
    [
      'one type or null',
      {
        description: 'It',
        anyOf: [{ type: 'string', enum: ['a'], description: 'x' }, { type: 'null' }],
      },
      { description: 'It', type: ['string', 'null'], enum: ['a', null] },
    ],
    [
      'deprecation',
      { type: 'string', deprecated: true, description: 'Old' },
      { type: 'string', description: 'Deprecated. Old' },
    ],
    ['a title', { type: 'string', title: 'Name' }, { type: 'string', description: 'Name' }],
    ['an array without items', { type: ['array', 'null'] }, { type: ['array', 'null'], items: {} }],
    [
      'what no client reads',
      { type: 'object', $id: 'x', $comment: 'y', if: {}, propertyNames: {} },
      { type: 'object' },
    ],
  ])('%s', (_, schema, expected) => {
    const root = { type: 'object', properties: { it: schema, __proto__x: true } };
    expect(defaultProfile(root)['properties']).toEqual({ it: expected, __proto__x: {} });
  });

  test('beside a reference only words stay', () => {
    const $defs = { A: { type: 'object' } };
    const it = { $ref: '#/$defs/A', description: 'It', required: ['a'] };
    const profile = defaultProfile({ type: 'object', properties: { it }, $defs });
    expect(profile['properties']).toEqual({
      it: { description: 'It', required: ['a'], allOf: [{ $ref: '#/$defs/A' }] },
    });
    expect(profile['$defs']).toEqual($defs);
  });

  test('definitions that nobody uses leave', () => {
    expect(defaultProfile({ type: 'object', $defs: { A: {} } })).toEqual({
      type: 'object',
      properties: {},
    });
  });

  test('names may be those of a prototype', () => {
    const root = JSON.parse('{"properties":{"__proto__":{"const":1}},"required":["__proto__"]}');
    expect(JSON.stringify(defaultProfile(root))).toBe(
      '{"properties":{"__proto__":{"enum":[1]}},"required":["__proto__"],"type":"object"}',
    );
  });
});

test('a relaxed answer keeps names and types', () => {
  const schema: JsonObject = {
    type: 'object',
    additionalProperties: false,
    required: ['id'],
    properties: {
      id: { type: 'integer', minimum: 1 },
      state: { type: 'string', enum: ['a'], pattern: '^a$', format: 'uuid', description: 'State' },
      next: { $ref: '#/$defs/Next' },
      any: { oneOf: [{ type: 'string', maxLength: 2 }, { const: 5 }] },
    },
    $defs: { Next: { type: 'object', required: ['x'] }, Unused: {} },
  };
  expect(relaxOutput(schema)).toEqual({
    type: 'object',
    properties: {
      id: { type: ['number', 'null'] },
      state: { type: ['string', 'null'], description: 'State' },
      next: { $ref: '#/$defs/Next' },
      any: { anyOf: [{ type: ['string', 'null'] }, {}] },
    },
    $defs: { Next: { type: ['object', 'null'] } },
  });
});
