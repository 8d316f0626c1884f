import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../kernel/index.ts';
import type { OpenApiVersion } from '../document.ts';
import { createSchemaConverter } from './index.ts';
import { resolverOf } from './test-resolver.ts';

type Direction = 'input' | 'output';

/** Converts one schema that stands in a document with these components. */
function convert(
  schema: unknown,
  options: { version?: OpenApiVersion; schemas?: unknown; direction?: Direction } = {},
): { schema: JsonObject; defs: JsonObject; repairs: readonly string[] } {
  const { version = '3.0', schemas = {}, direction = 'input' } = options;
  const components = version === '2.0' ? { definitions: schemas } : { components: { schemas } };
  const resolver = resolverOf({ ...components, here: schema }, version);
  const session = createSchemaConverter(resolver).session(direction);
  const added = session.add({ node: schema, source: '', pointer: '#/here' });
  return { schema: added, defs: session.defs(), repairs: resolver.repairs };
}

const ajv = new Ajv2020({ strict: false, validateFormats: false, validateSchema: true });

function compiles(schema: JsonObject, defs: JsonObject): void {
  ajv.compile({ ...schema, $defs: { ...defs } });
}

const REF = '#/components/schemas/';

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

describe('references', () => {
  const schemas = {
    Pet: { type: 'object', properties: { id: { type: 'integer' }, mother: { $ref: `${REF}Pet` } } },
    Id: { type: 'string', format: 'uuid' },
    Alias: { $ref: `${REF}Pet` },
    'Odd name/1': { type: 'object', properties: { a: { type: 'string' } } },
    Loop: { $ref: `${REF}Loop` },
  };

  test.each<[what: string, schema: unknown, expected: unknown, version?: OpenApiVersion]>([
    ['to a component', { $ref: `${REF}Pet` }, { $ref: '#/$defs/Pet' }],
    ['to another reference', { $ref: `${REF}Alias` }, { $ref: '#/$defs/Pet' }],
    ['to something small', { $ref: `${REF}Id` }, { type: 'string', format: 'uuid' }],
    ['by a name alone', { $ref: 'Pet' }, { $ref: '#/$defs/Pet' }],
    ['in the other version’s place', { $ref: '#/definitions/Pet' }, { $ref: '#/$defs/Pet' }],
    ['as a type', { type: 'Pet' }, { $ref: '#/$defs/Pet' }],
    [
      'with keywords beside it, ignored',
      { $ref: `${REF}Pet`, description: 'Mine', required: ['id'] },
      { $ref: '#/$defs/Pet', description: 'Mine' },
      '3.0',
    ],
    [
      'with keywords beside it, counted',
      { $ref: `${REF}Pet`, description: 'Mine', required: ['id'] },
      { required: ['id'], description: 'Mine', allOf: [{ $ref: '#/$defs/Pet' }] },
      '3.1',
    ],
    [
      'with only words beside it',
      { $ref: `${REF}Pet`, description: 'Mine', title: 'T' },
      { $ref: '#/$defs/Pet', description: 'Mine', title: 'T' },
      '3.1',
    ],
    [
      'as the only part',
      { allOf: [{ $ref: `${REF}Pet` }], description: 'Mine' },
      { $ref: '#/$defs/Pet', description: 'Mine' },
    ],
    [
      'as the only part, or null',
      { allOf: [{ $ref: `${REF}Pet` }], nullable: true },
      { anyOf: [{ $ref: '#/$defs/Pet' }, { type: 'null' }] },
    ],
    [
      'to nothing',
      { $ref: `${REF}Nope` },
      { description: `The API's document does not contain "${REF}Nope"; any value is taken.` },
    ],
  ])('%s', (_, schema, expected, version = '3.0') => {
    const { schema: converted, defs } = convert(schema, { version, schemas });
    expect(converted).toEqual(expected);
    compiles(converted, defs);
  });

  test('a schema that contains itself refers to itself', () => {
    const { defs } = convert({ $ref: `${REF}Pet` }, { schemas });
    expect(defs).toEqual({
      Pet: {
        type: 'object',
        properties: { id: { type: 'integer' }, mother: { $ref: '#/$defs/Pet' } },
      },
    });
  });

  test('a reference that leads to itself is left open', () => {
    const { schema, repairs } = convert({ $ref: `${REF}Loop` }, { schemas });
    expect(Object.keys(schema)).toEqual(['description']);
    expect(repairs).toHaveLength(1);
  });

  test('a name that clients would not take is changed and stays the same', () => {
    const names = ['input', 'output'].map((direction) =>
      Object.keys(
        convert(
          { type: 'object', properties: { a: { $ref: `${REF}Odd name~11` } } },
          { schemas, direction: direction === 'input' ? 'input' : 'output' },
        ).defs,
      ),
    );
    expect(names[0]?.[0]).toMatch(/^Odd_name_1_[0-9a-f]{6}$/);
    expect(names[1]).toEqual(names[0]);
  });

  test('a pointer to any place is a definition of its own', () => {
    const { schema, defs } = convert({
      type: 'object',
      properties: {
        a: { type: 'object', properties: { next: { $ref: '#/here/properties/a' } } },
      },
    });
    const [name = ''] = Object.keys(defs);
    expect(name).toMatch(/^here_a_[0-9a-f]{6}$/);
    expect(JSON.stringify(schema)).toContain(`"$ref":"#/$defs/${name}"`);
    compiles(schema, defs);
  });

  test('definitions of a schema that was pasted in whole are found', () => {
    const { schema, defs, repairs } = convert(
      {
        $defs: { Part: { type: 'object', properties: { p: { $ref: '#/$defs/Part' } } } },
        type: 'object',
        properties: { part: { $ref: '#/$defs/Part' } },
      },
      { version: '3.1' },
    );
    expect(Object.keys(defs)).toHaveLength(1);
    expect(repairs.length).toBeGreaterThan(0);
    compiles(schema, defs);
  });
});

describe('directions', () => {
  const schemas = {
    Base: {
      type: 'object',
      properties: {
        id: { type: 'integer', readOnly: true },
        secret: { type: 'string', writeOnly: true },
      },
    },
    Made: { allOf: [{ $ref: `${REF}Base` }, { required: ['id', 'secret'] }] },
  };

  test.each<[Direction, string]>([
    ['input', 'secret'],
    ['output', 'id'],
  ])('of an %s only %s stays, and may be required', (direction, name) => {
    const { defs } = convert({ $ref: `${REF}Made` }, { schemas, direction });
    expect(defs['Made']).toMatchObject({ required: [name] });
    expect(Object.keys(Object(defs['Made']).properties)).toEqual([name]);
  });
});

describe('discriminators', () => {
  const schemas = {
    Shape: {
      type: 'object',
      discriminator: { propertyName: 'kind', mapping: { round: 'Circle', flat: `${REF}Square` } },
      required: ['kind'],
      properties: { kind: { type: 'string' } },
    },
    Circle: {
      allOf: [
        { $ref: `${REF}Shape` },
        { properties: { radius: { type: 'number' } }, required: ['radius'] },
      ],
    },
    Square: { allOf: [{ $ref: `${REF}Shape` }, { properties: { side: { type: 'number' } } }] },
  };

  test('variants that only a mapping names become optional properties and a sentence', () => {
    const { defs } = convert({ $ref: `${REF}Shape` }, { schemas });
    expect(defs['Shape']).toEqual({
      type: 'object',
      properties: {
        kind: { type: 'string' },
        radius: { type: 'number' },
        side: { type: 'number' },
      },
      required: ['kind'],
      description:
        '`kind` says which variant it is: round, flat. round takes `radius`; flat takes `side`.',
    });
  });

  test('a variant takes only what is its own', () => {
    const { defs } = convert({ $ref: `${REF}Circle` }, { schemas });
    expect(defs['Circle']).toEqual({
      type: 'object',
      properties: { kind: { type: 'string' }, radius: { type: 'number' } },
      required: ['kind', 'radius'],
    });
  });

  test('without a mapping the components built on it are its variants', () => {
    const place = '#/definitions/';
    const definitions = {
      Shape: { type: 'object', discriminator: 'kind', properties: { kind: { type: 'string' } } },
      Circle: {
        allOf: [{ $ref: `${place}Shape` }, { properties: { radius: { type: 'number' } } }],
      },
    };
    const { defs } = convert({ $ref: `${place}Shape` }, { schemas: definitions, version: '2.0' });
    expect(Object.keys(Object(defs['Shape']).properties)).toEqual(['kind', 'radius']);
  });
});

describe('bounds', () => {
  test('depth ends somewhere', () => {
    let deep: unknown = { type: 'string' };
    for (let i = 0; i < 500; i++) deep = { type: 'object', properties: { a: deep } };
    const { schema, defs, repairs } = convert(deep);
    expect(JSON.stringify(schema).length).toBeLessThan(5000);
    expect(repairs).toHaveLength(1);
    compiles(schema, defs);
  });

  test('parts that double at every level stay small', () => {
    const schemas: Record<string, unknown> = {
      L0: { type: 'object', properties: { x: { type: 'string' } } },
    };
    for (let i = 1; i <= 60; i++) {
      const part = {
        allOf: [{ $ref: `${REF}L${i - 1}` }, { properties: { y: { type: 'string' } } }],
      };
      schemas[`L${i}`] = { type: 'object', properties: { a: part, b: part, c: part } };
    }
    const { schema, defs } = convert({ $ref: `${REF}L60` }, { schemas });
    expect(JSON.stringify(defs).length).toBeLessThan(1_000_000);
    compiles(schema, defs);
  });

  test('chains of a thousand definitions do no harm', () => {
    const schemas: Record<string, unknown> = {};
    for (let i = 0; i < 1000; i++) {
      schemas[`C${i}`] = {
        allOf: [{ $ref: `${REF}C${(i + 1) % 1000}` }, { properties: { [`p${i}`]: {} } }],
      };
    }
    const { schema, defs } = convert({ $ref: `${REF}C0` }, { schemas });
    expect(Object.keys(defs).length).toBeGreaterThan(0);
    expect(schema).toEqual({ $ref: '#/$defs/C0' });
  });

  test('a property may be named like a prototype', () => {
    const schema: unknown = JSON.parse(
      '{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"int"}},"required":["__proto__"]}',
    );
    const converted = convert(schema);
    expect(JSON.stringify(converted.schema)).toBe(
      '{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"integer"}},"required":["__proto__"]}',
    );
    compiles(converted.schema, converted.defs);
  });
});

const name = fc.constantFrom('a', 'b', '__proto__', 'constructor', '$ref', 'type');
const odd = fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), fc.string(), fc.constant([]));
const keyword: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  type: fc.oneof(
    fc.constantFrom('string', 'integer', 'object', 'array', 'int', 'any', 'file', 'A', 'null'),
    fc.constant(['string', 'null']),
    odd,
  ),
  nullable: fc.oneof(fc.boolean(), odd),
  enum: fc.oneof(fc.array(odd, { maxLength: 4 }), odd),
  required: fc.oneof(fc.boolean(), fc.array(name, { maxLength: 3 }), odd),
  pattern: fc.oneof(fc.constantFrom('^a', '(?i)a', '[', '\\-', '/^a$/'), odd),
  minimum: fc.oneof(fc.integer(), odd),
  exclusiveMinimum: fc.oneof(fc.boolean(), fc.integer(), odd),
  maxLength: fc.oneof(fc.integer(), odd),
  multipleOf: fc.oneof(fc.integer(), odd),
  format: fc.oneof(fc.constantFrom('date', 'x'), odd),
  default: odd,
  const: odd,
  readOnly: fc.boolean(),
  discriminator: fc.oneof(
    fc.constant('a'),
    fc.constant({ propertyName: 'a', mapping: { x: 'A', y: 'B' } }),
    odd,
  ),
  description: odd,
  $ref: fc.oneof(fc.constantFrom(`${REF}A`, `${REF}B`, '#/nope', '#/here', 'A', ''), odd),
  $dynamicRef: fc.constantFrom('#a', '#'),
  $anchor: odd,
  $id: odd,
};

const { schema: oddSchema } = fc.letrec((tie) => {
  const inner = fc.oneof({ maxDepth: 3, depthSize: 'small' }, odd, tie('schema'));
  const list = fc.oneof(fc.array(inner, { maxLength: 3 }), inner);
  const map = fc.oneof(fc.dictionary(name, inner, { maxKeys: 3 }), odd);
  const nested = {
    properties: map,
    patternProperties: fc.oneof(fc.dictionary(fc.constantFrom('^a', '('), inner), odd),
    additionalProperties: inner,
    items: list,
    prefixItems: list,
    allOf: list,
    oneOf: list,
    anyOf: list,
    not: inner,
    if: inner,
    then: inner,
    contains: inner,
    propertyNames: inner,
    dependencies: map,
    $defs: map,
  };
  return { schema: fc.record({ ...keyword, ...nested }, { requiredKeys: [] }) };
});

describe('whatever stands in a document', () => {
  test.each<OpenApiVersion>(['2.0', '3.0', '3.1', '3.2'])(
    '%s becomes a valid schema',
    (version) => {
      fc.assert(
        fc.property(oddSchema, oddSchema, oddSchema, (here, A, B) => {
          for (const direction of ['input', 'output'] as const) {
            const { schema, defs } = convert(here, { version, schemas: { A, B }, direction });
            const again = convert(here, { version, schemas: { A, B }, direction });
            expect(JSON.stringify(again)).toBe(JSON.stringify({ ...again, schema, defs }));
            compiles(schema, defs);
          }
        }),
        { numRuns: 20 },
      );
    },
  );
});
