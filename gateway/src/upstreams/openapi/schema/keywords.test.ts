import { describe, expect, test } from 'vitest';
import type { OpenApiVersion } from '../document.ts';
import { compiles, convert } from './test-convert.ts';

describe('a single schema', () => {
  test.each<[what: string, schema: unknown, expected: unknown, version?: OpenApiVersion]>([
    ['nothing', {}, {}],
    ['true', true, {}],
    ['false', false, { not: {} }],
    ['null where a schema is expected', null, {}],
    ['a type name where a schema is expected', 'integer', { type: 'integer' }],
    ['nullable', { type: 'string', nullable: true }, { type: ['string', 'null'] }],
    [
      'x-nullable of 2.0',
      { type: 'string', 'x-nullable': true },
      { type: ['string', 'null'] },
      '2.0',
    ],
    [
      'nullable and enum',
      { type: 'string', nullable: true, enum: ['a'] },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    ['nullable without a type', { nullable: true }, {}],
    [
      'nullable variants',
      { nullable: true, oneOf: [{ type: 'string' }, { type: 'integer' }] },
      { anyOf: [{ oneOf: [{ type: 'string' }, { type: 'integer' }] }, { type: 'null' }] },
    ],
    ['a type list', { type: ['string', 'null', 'null'] }, { type: ['string', 'null'] }, '3.1'],
    ['int', { type: 'int' }, { type: 'integer' }],
    ['long', { type: 'Long' }, { type: 'integer', format: 'int64' }],
    ['float', { type: 'float' }, { type: 'number', format: 'float' }],
    ['file', { type: 'file' }, { type: 'string', format: 'binary' }, '2.0'],
    ['any', { type: 'any' }, {}],
    ['a type nobody knows', { type: 'sprocket' }, {}],
    ['a type in brackets', { type: 'string[]' }, { type: 'array', items: { type: 'string' } }],
    ['types with a bar', { type: 'string|null' }, { type: ['string', 'null'] }],
    ['a type that is a mapping', { type: { type: 'string' } }, {}],
    [
      'an exclusive flag',
      { type: 'number', minimum: 1, exclusiveMinimum: true },
      { type: 'number', exclusiveMinimum: 1 },
    ],
    [
      'an exclusive flag that is off',
      { type: 'number', maximum: 9, exclusiveMaximum: false },
      { type: 'number', maximum: 9 },
    ],
    [
      'an exclusive bound',
      { type: 'number', exclusiveMinimum: 0 },
      { type: 'number', exclusiveMinimum: 0 },
      '3.1',
    ],
    ['a bound as text', { type: 'integer', minimum: '3' }, { type: 'integer', minimum: 3 }],
    [
      'counts that are none',
      { type: 'string', minLength: -1, maxLength: 'many' },
      { type: 'string' },
    ],
    ['a multiple of nothing', { type: 'number', multipleOf: 0 }, { type: 'number' }],
    ['an array without items', { type: 'array' }, { type: 'array', items: {} }],
    [
      'items as a list',
      { type: 'array', items: [{ type: 'string' }, { type: 'int' }], additionalItems: false },
      { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }], items: false },
    ],
    ['enum twice', { type: 'string', enum: ['a', 'a', 'b'] }, { type: 'string', enum: ['a', 'b'] }],
    [
      'enum of numbers in a string',
      { type: 'string', enum: [1, true] },
      { type: 'string', enum: ['1', 'true'] },
    ],
    [
      'enum of texts in an integer',
      { type: 'integer', enum: ['1', 2] },
      { type: 'integer', enum: [1, 2] },
    ],
    [
      'enum that contradicts its type',
      { type: 'integer', enum: ['low', 'high'] },
      { type: 'string', enum: ['low', 'high'] },
    ],
    ['an empty enum', { type: 'string', enum: [] }, { type: 'string' }],
    ['enum without a type', { enum: ['a', 1] }, { type: ['string', 'integer'], enum: ['a', 1] }],
    [
      'enum of the items at the array',
      { type: 'array', items: { type: 'string' }, enum: ['a', 'b'] },
      { type: 'array', items: { type: 'string', enum: ['a', 'b'] } },
    ],
    ['a pattern', { type: 'string', pattern: '^a+$' }, { type: 'string', pattern: '^a+$' }],
    [
      'a pattern with needless escapes',
      { type: 'string', pattern: '^a\\-b\\_[\\w\\-]+\\Z' },
      { type: 'string', pattern: '^a-b_[\\w\\-]+$' },
    ],
    [
      'a pattern between slashes',
      { type: 'string', pattern: '/^a$/' },
      { type: 'string', pattern: '^a$' },
    ],
    [
      'a pattern that cannot be kept',
      { type: 'string', description: 'Name', pattern: '(?i)^a' },
      { type: 'string', description: 'Name. Must match the pattern (?i)^a.' },
    ],
    [
      'a known format',
      { type: 'string', format: 'date-time' },
      { type: 'string', format: 'date-time' },
    ],
    [
      'an unknown format',
      { type: 'string', format: 'DD.MM.' },
      { type: 'string', description: 'Format: DD.MM..' },
    ],
    [
      'a default of another type',
      { type: 'boolean', default: 'false' },
      { type: 'boolean', default: false },
    ],
    ['a default that cannot be', { type: 'integer', default: 'none' }, { type: 'integer' }],
    [
      'what only documents know',
      {
        type: 'string',
        example: 'x',
        xml: {},
        externalDocs: {},
        'x-y': 1,
        title: 'T',
        deprecated: true,
      },
      { type: 'string', title: 'T', deprecated: true },
    ],
    [
      'required at a property',
      {
        type: 'object',
        properties: { a: { type: 'string', required: true }, b: { required: false } },
      },
      { type: 'object', properties: { a: { type: 'string' }, b: {} }, required: ['a'] },
    ],
    [
      'properties without a type',
      { properties: { a: {} } },
      { type: 'object', properties: { a: {} } },
    ],
    ['a map', { additionalProperties: {} }, { additionalProperties: true }],
    [
      'names that only look like keywords',
      {
        type: 'object',
        properties: {
          $ref: { type: 'string' },
          enum: { type: 'string' },
          required: { type: 'int' },
        },
      },
      {
        type: 'object',
        properties: {
          $ref: { type: 'string' },
          enum: { type: 'string' },
          required: { type: 'integer' },
        },
      },
    ],
    [
      'dependencies of older drafts',
      { dependencies: { a: ['b', 'b'], c: { required: ['d'] } } },
      { dependentRequired: { a: ['b'] }, dependentSchemas: { c: { required: ['d'] } } },
      '3.1',
    ],
    [
      'patterns of names that cannot be read',
      { type: 'object', additionalProperties: false, patternProperties: { '(': {}, '^x': {} } },
      { type: 'object', patternProperties: { '^x': {} } },
      '3.1',
    ],
    ['one variant', { oneOf: [{ type: 'string' }] }, { type: 'string' }],
    ['a variant twice', { oneOf: [{ type: 'string' }, { type: 'string' }] }, { type: 'string' }],
    ['an open variant', { oneOf: [{ type: 'string' }, {}] }, { anyOf: [{ type: 'string' }, {}] }],
    [
      'parts that do not conflict',
      {
        allOf: [
          { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
          { type: 'object', properties: { b: { type: 'integer' } }, required: ['b'] },
        ],
        description: 'Both',
      },
      {
        type: 'object',
        properties: { a: { type: 'string' }, b: { type: 'integer' } },
        required: ['a', 'b'],
        description: 'Both',
      },
    ],
    [
      'parts of which a later one says more',
      {
        allOf: [
          { properties: { a: { type: 'number' } } },
          { properties: { a: { type: 'integer', minimum: 1 } } },
        ],
      },
      { type: 'object', properties: { a: { type: 'integer', minimum: 1 } } },
    ],
    [
      'closed parts',
      {
        allOf: [{ properties: { a: {} }, additionalProperties: false }, { properties: { b: {} } }],
      },
      { type: 'object', properties: { a: {}, b: {} }, additionalProperties: false },
    ],
    [
      'choices in two parts',
      {
        allOf: [
          { anyOf: [{ required: ['a'] }, { required: ['b'] }] },
          { anyOf: [{ required: ['c'] }, { required: ['d'] }] },
        ],
      },
      {
        anyOf: [{ required: ['a'] }, { required: ['b'] }],
        allOf: [{ anyOf: [{ required: ['c'] }, { required: ['d'] }] }],
      },
    ],
    ['a constant', { const: 5 }, { const: 5 }, '3.1'],
  ])('%s', (_, schema, expected, version = '3.0') => {
    const { schema: converted, defs } = convert(schema, { version });
    expect(converted).toEqual(expected);
    compiles(converted, defs);
  });
});
