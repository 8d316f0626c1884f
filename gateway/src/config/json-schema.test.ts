import { expect, test } from 'vitest';
import { z } from 'zod';
import { jsonSchemaOf } from './index.ts';

const head = { id: 'https://example.com/schema.json', title: 'T', description: 'D' };

test('names itself, takes x- keys in sections but not in free tables, and holds no formats', () => {
  const schema = z.strictObject({
    url: z.url().optional(),
    headers: z.record(z.string(), z.string()).default({}),
  });
  expect(jsonSchemaOf(schema, head)).toEqual({
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: head.id,
    title: 'T',
    description: 'D',
    type: 'object',
    properties: {
      url: { type: 'string' },
      headers: {
        type: 'object',
        default: {},
        propertyNames: { type: 'string' },
        additionalProperties: { type: 'string' },
      },
    },
    additionalProperties: false,
    patternProperties: { '^x-': {} },
  });
});

test('is the same bytes every time', () => {
  const make = () => z.strictObject({ b: z.number().min(1), a: z.union([z.string(), z.null()]) });
  expect(JSON.stringify(jsonSchemaOf(make(), head))).toBe(
    JSON.stringify(jsonSchemaOf(make(), head)),
  );
});
