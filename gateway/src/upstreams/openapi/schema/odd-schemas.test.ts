import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OpenApiVersion } from '../document.ts';
import { PROFILES, relaxOutput, toProfile, trimToBudget } from '../../api/schema/index.ts';
import { compiles, convert } from './test-convert.ts';

const REF = '#/components/schemas/';

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
  const inner = fc.oneof({ maxDepth: 3, withCrossShrink: true }, odd, tie('schema'));
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
    contains: inner,
    propertyNames: inner,
    dependencies: map,
    $defs: map,
  };
  const members = Object.entries({ ...keyword, ...nested }).map(([key, value]) =>
    fc.tuple(fc.constant(key), value),
  );
  return { schema: fc.array(fc.oneof(...members), { maxLength: 5 }).map(Object.fromEntries) };
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
            const root = { ...schema, $defs: defs };
            for (const profile of PROFILES) {
              const profiled = toProfile(root, profile);
              expect(profiled.schema).toMatchObject({ type: 'object' });
              expect(Object.keys(profiled.schema)).not.toContain('anyOf');
              compiles(profiled.schema, {});
            }
            const listed = trimToBudget(toProfile(root, 'default').schema, 60);
            if (listed !== null) compiles(listed, {});
            compiles(relaxOutput(root), {});
          }
        }),
        { numRuns: 100 },
      );
    },
  );
});
