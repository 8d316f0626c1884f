import { describe, expect, test } from 'vitest';
import type { OpenApiVersion } from '../document.ts';
import type { Direction } from './run.ts';
import { compiles, convert } from './test-convert.ts';

const REF = '#/components/schemas/';

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

  test('a schema whose type is itself refers to itself', () => {
    const { schema, defs } = convert(
      { not: { type: 'A' } },
      { schemas: { A: { items: { type: 'A' } } } },
    );
    compiles(schema, defs);
    expect(defs['A']).toEqual({ type: 'array', items: { $ref: '#/$defs/A' } });
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
