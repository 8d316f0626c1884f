import { describe, expect, test } from 'vitest';
import { readHeaderBindings } from './header-bindings.ts';

const read = (inputSchema: unknown): ReturnType<typeof readHeaderBindings> =>
  readHeaderBindings(Buffer.from(JSON.stringify({ name: 'x', inputSchema })));
const property = (schema: unknown): unknown => ({ type: 'object', properties: { a: schema } });
const mark = { type: 'string', 'x-mcp-header': 'Region' };

describe('x-mcp-header', () => {
  test('reads every annotation with its path and type', () => {
    const found = read({
      type: 'object',
      properties: {
        region: mark,
        count: { type: 'integer', 'x-mcp-header': 'Count' },
        deep: { properties: { flag: { type: 'boolean', 'x-mcp-header': 'Flag!' } } },
        'x-mcp-header': { type: 'string' },
      },
    });
    expect(found).toEqual([
      { header: 'Region', path: ['region'], type: 'string' },
      { header: 'Count', path: ['count'], type: 'integer' },
      { header: 'Flag!', path: ['deep', 'flag'], type: 'boolean' },
    ]);
  });

  test('sees a key that is written with escapes', () => {
    const text = '{"inputSchema":{"properties":{"a":{"type":"string","\\u0078-mcp-header":"A"}}}}';
    expect(readHeaderBindings(Buffer.from(text))).toHaveLength(1);
  });

  test.each([
    ['no annotation', {}],
    ['no schema', undefined],
    ['a property of that name', property({ properties: { 'x-mcp-header': { type: 'string' } } })],
    ['values that look like one', property({ const: mark, enum: [mark], default: mark })],
    ['an unknown keyword', property({ 'x-other': mark })],
  ])('%s is none', (_case, schema) => {
    expect(read(schema)).toEqual([]);
  });

  test.each([
    ['at the root', { type: 'object', 'x-mcp-header': 'A' }],
    ['under items', property({ items: mark })],
    ['under prefixItems', property({ prefixItems: [mark] })],
    ['under additionalProperties', property({ additionalProperties: mark })],
    ['under anyOf', { anyOf: [property(mark)] }],
    ['under allOf of a property', property({ allOf: [mark] })],
    ['under if', { if: property(mark) }],
    ['under not', { not: property(mark) }],
    ['under $defs', { $defs: { a: mark } }],
    ['under patternProperties', { patternProperties: { a: mark } }],
    ['a number', property({ type: 'number', 'x-mcp-header': 'A' })],
    ['an object', property({ type: 'object', 'x-mcp-header': 'A' })],
    ['no type', property({ 'x-mcp-header': 'A' })],
    ['two types', property({ type: ['string', 'null'], 'x-mcp-header': 'A' })],
    ['an empty name', property({ ...mark, 'x-mcp-header': '' })],
    ['a space', property({ ...mark, 'x-mcp-header': 'A B' })],
    ['a colon', property({ ...mark, 'x-mcp-header': 'A:' })],
    ['a line break', property({ ...mark, 'x-mcp-header': 'A\n' })],
    ['a letter outside ASCII', property({ ...mark, 'x-mcp-header': 'Ä' })],
    ['no string', property({ ...mark, 'x-mcp-header': 1 })],
    ['one name twice', { properties: { a: mark, b: { ...mark, 'x-mcp-header': 'REGION' } } }],
  ])('%s is refused in words', (_case, schema) => {
    expect(read(schema)).toEqual(expect.stringContaining('x-mcp-header'));
  });
});
