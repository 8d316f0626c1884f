import { expect, test } from 'vitest';
import type { JsonObject } from '../../../kernel/index.ts';
import { ArgumentChecker } from './checker.ts';

const ADDRESS: JsonObject = {
  type: 'object',
  required: ['street', 'country'],
  additionalProperties: false,
  properties: {
    street: { type: 'string', minLength: 3 },
    country: { type: 'string', enum: ['DE', 'FR'] },
    zip: { type: 'string', pattern: '^[0-9]{5}$', examples: ['10115'] },
  },
};

const ORDER = new ArgumentChecker({
  type: 'object',
  additionalProperties: false,
  required: ['customer_id', 'items', 'ship_to'],
  properties: {
    customer_id: { type: 'string', format: 'uuid' },
    items: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['sku', 'quantity'],
        properties: {
          sku: { type: 'string', examples: ['A-1'] },
          quantity: { type: 'integer', minimum: 1, maximum: 99 },
        },
      },
    },
    ship_to: ADDRESS,
    deliver_on: { type: 'string', format: 'date' },
    priority: { type: 'string', enum: ['low', 'high'], default: 'low' },
  },
});

const GOOD = {
  customer_id: 'c',
  items: [{ sku: 'A', quantity: 1 }],
  ship_to: { street: 'Weg 1', country: 'DE' },
};

/** A caller that does what the text says: it takes over the call that is shown. */
test.each<[string, JsonObject, readonly string[]]>([
  ['nothing', {}, ['customer_id is missing', 'items is missing', 'ship_to is missing']],
  [
    'other names',
    { ...GOOD, customerId: 'c' },
    ['customerId is not an argument here; did you mean customer_id?'],
  ],
  [
    'a name cut short',
    { ...GOOD, cust: 'c', pri: 'low' },
    ['cust is not an argument here; did you mean customer_id?', 'did you mean priority?'],
  ],
  [
    'a member too deep to guess',
    { ...GOOD, items: [{ sku: 'A', quantity: 0 }] },
    ['items[0].quantity must be an integer from 1 to 99, not 0.'],
  ],
  [
    'text for an object',
    { ...GOOD, ship_to: 'Weg 1' },
    ['ship_to must be an object with street and country, not "Weg 1".'],
  ],
  [
    'two levels at once',
    { ...GOOD, priority: 'urgent', ship_to: { street: 'W', country: 'US' } },
    [
      'priority must be one of "low" or "high", not "urgent".',
      'ship_to.street must be a string of at least 3 characters, not "W".',
      'ship_to.country must be one of "DE" or "FR", not "US".',
    ],
  ],
])('%s is corrected by what is told', (_what, sent, told) => {
  const checked = ORDER.check(sent);
  const text = checked.kind === 'wrong' ? checked.text : '';
  for (const part of told) expect(text).toContain(part);
  const shown = /A valid call has the arguments (.*)$/.exec(text)?.[1] ?? '';
  expect(ORDER.check(JSON.parse(shown)).kind).toBe('fine');
});
