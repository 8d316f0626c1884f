import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, test } from 'vitest';
import { estimateTokens } from './tokens.ts';

const PROSE = `Creates a shipment for an order that has been paid. The carrier is chosen by weight and
destination unless one is given; labels are made in the background and can be fetched once the
state of the shipment is "labelled". Shipments of dangerous goods need a declaration (see the guide
on declarations), otherwise the request is refused with status 422 and a list of what is missing.`;

const SCHEMA = JSON.stringify({
  type: 'object',
  properties: {
    order_id: { type: 'string', format: 'uuid', description: 'Order that is shipped.' },
    carrierCode: { type: 'string', enum: ['dhl', 'ups', 'dpd', 'gls'] },
    parcels: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          weightGrams: { type: 'integer', minimum: 1, maximum: 31500 },
          dimensions: { $ref: '#/$defs/Dimensions' },
          isFragile: { type: ['boolean', 'null'], description: 'Handled with care.' },
        },
        required: ['weightGrams'],
      },
    },
    callback_url: { type: 'string', format: 'uri' },
    'x-trace': { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' },
  },
  required: ['order_id', 'parcels'],
  additionalProperties: false,
  $defs: {
    Dimensions: {
      type: 'object',
      properties: {
        length: { type: 'number' },
        width: { type: 'number' },
        height: { type: 'number' },
      },
    },
  },
});

const DATA = JSON.stringify({
  items: Array.from({ length: 20 }, (_, i) => ({
    id: 48_211 + i * 977,
    createdAt: `2026-03-${String(10 + i)}T08:15:00Z`,
    customer: { firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.com' },
    total: 129.95 + i,
    status: 'PAID',
  })),
});

test.each([
  ['prose', PROSE],
  ['a schema', SCHEMA],
  ['data', DATA],
  ['an indented schema', JSON.stringify(JSON.parse(SCHEMA), null, 2)],
])('%s is estimated within a tenth', (_, text) => {
  const real = encode(text).length;
  expect(Math.abs(estimateTokens(text) - real) / real).toBeLessThan(0.1);
});

test('nothing costs nothing', () => {
  expect(estimateTokens('')).toBe(0);
});
