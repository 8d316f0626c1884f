import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from '../../../kernel/index.ts';
import { estimateTokens } from './tokens.ts';
import { trimToBudget } from './trim.ts';

const LOREM = 'What this is for is told at some length, so that there is something to shorten. ';

/** Arguments with branches of which some are deep and some are long. */
function large(count: number, depth: number): JsonObject {
  const branch = (levels: number): JsonObject =>
    levels === 0
      ? { type: 'string', description: LOREM.repeat(3) }
      : {
          type: 'object',
          description: LOREM.repeat(2),
          properties: { left: branch(levels - 1), right: { $ref: '#/$defs/Node' } },
        };
  const names = Array.from({ length: count }, (_, i) => `argument_${i}`);
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, branch(depth)])),
    required: names.slice(0, 2),
    additionalProperties: false,
    $defs: {
      Node: {
        type: 'object',
        properties: {
          next: { $ref: '#/$defs/Node' },
          text: { type: 'string', description: LOREM },
        },
      },
    },
  };
}

function tokensOf(schema: JsonObject): number {
  return estimateTokens(JSON.stringify(schema));
}

describe('a schema over its budget', () => {
  test('stays as it is where it fits', () => {
    expect(trimToBudget({ type: 'object', properties: { a: { type: 'string' } } }, 100)).toBeNull();
  });

  test('gets shorter words before anything collapses', () => {
    const root = {
      type: 'object',
      properties: { a: { type: 'string', description: LOREM.repeat(50) } },
    };
    const trimmed = trimToBudget(root, 200);
    expect(trimmed?.['properties']).toMatchObject({ a: { type: 'string' } });
    expect(JSON.stringify(trimmed)).not.toContain('(shortened)');
  });

  test('collapses branches and says so', () => {
    const trimmed = trimToBudget(large(8, 6), 700);
    expect(trimmed).not.toBeNull();
    const text = JSON.stringify(trimmed);
    expect(text).toContain('(shortened)');
    expect(text).toContain('Parts marked');
    expect(Object.keys(Object(trimmed?.['properties']))).toHaveLength(8);
  });

  test('only names optional arguments at last; the required stay', () => {
    const trimmed = trimToBudget(large(200, 2), 400) ?? {};
    expect(Object.keys(Object(trimmed['properties']))).toEqual(['argument_0', 'argument_1']);
    expect(trimmed['required']).toEqual(['argument_0', 'argument_1']);
    expect(trimmed['additionalProperties']).toBeUndefined();
    expect(trimmed['description']).toContain('Also takes: argument_2');
  });

  test('tells long lists of values by examples', () => {
    const values = Array.from({ length: 500 }, (_, i) => `value-number-${i}`);
    const root = { type: 'object', properties: { a: { type: 'string', enum: values } } };
    expect(trimToBudget(root, 100)).toMatchObject({
      properties: { a: { description: expect.stringContaining('One of 500 values') } },
    });
  });

  test('fits, keeps what is required, and is the same each time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 7 }),
        fc.integer({ min: 150, max: 3000 }),
        (count, depth, maxTokens) => {
          const root = large(count, depth);
          const trimmed = trimToBudget(root, maxTokens);
          expect(trimToBudget(root, maxTokens)).toEqual(trimmed);
          expect(tokensOf(trimmed ?? root)).toBeLessThanOrEqual(maxTokens);
          const { properties } = trimmed ?? root;
          expect(isJsonObject(properties) && Object.hasOwn(properties, 'argument_0')).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});
