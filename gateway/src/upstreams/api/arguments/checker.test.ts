import { describe, expect, test } from 'vitest';
import {
  isJsonObject,
  type JsonObject,
  parseExact,
  stringifyExact,
} from '../../../kernel/index.ts';
import { ArgumentChecker } from './checker.ts';

const INPUT: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['petId'],
  properties: {
    petId: { type: 'string', pattern: '^p-[0-9]+$', examples: ['p-7'] },
    limit: { type: 'integer', minimum: 1, maximum: 100 },
    price: { type: 'number', exclusiveMinimum: 0 },
    colour: { type: 'string', enum: ['red', 'green'] },
    tags: {
      type: 'array',
      items: { type: 'string', maxLength: 3 },
      maxItems: 2,
      uniqueItems: true,
    },
    wild: { type: 'boolean' },
    note: { type: ['string', 'null'] },
    owner: { $ref: '#/$defs/Owner' },
    shape: {
      oneOf: [
        { type: 'object', required: ['radius'], properties: { radius: { type: 'number' } } },
        { type: 'object', required: ['side'], properties: { side: { type: 'number' } } },
      ],
    },
  },
  $defs: {
    Owner: {
      type: 'object',
      required: ['name'],
      additionalProperties: false,
      properties: {
        name: { type: 'string' },
        phones: { type: 'array', items: { type: 'integer' } },
        boss: { $ref: '#/$defs/Owner' },
      },
    },
  },
};

function check(text: string, input = INPUT): string {
  const values = parseExact(text);
  if (!isJsonObject(values)) throw new Error('no object');
  const checked = new ArgumentChecker(input, ['_fields']).check(values);
  return checked.kind === 'wrong' ? checked.text : stringifyExact(checked.values);
}

const rest = (example: string): string =>
  `\nNothing was sent to the API.\nA valid call has the arguments ${example}`;
const PET = '{"petId":"p-7"}';

describe('wrong arguments are told', () => {
  test.each([
    ['{}', 'petId is missing: it must be a string that matches ^p-[0-9]+$.'],
    ['{"petId":"7"}', 'petId must be a string that matches ^p-[0-9]+$, not "7".'],
    ['{"petId":"p-7","limit":0}', 'limit must be an integer from 1 to 100, not 0.'],
    ['{"petId":"p-7","limit":"many"}', 'limit must be an integer from 1 to 100, not "many".'],
    ['{"petId":"p-7","limit":1.5}', 'limit must be an integer from 1 to 100, not 1.5.'],
    ['{"petId":"p-7","limit":1e400}', 'limit must be an integer from 1 to 100, not 1e400.'],
    ['{"petId":"p-7","price":0}', 'price must be a number greater than 0, not 0.'],
    ['{"petId":"p-7","colour":"blue"}', 'colour must be one of "red" or "green", not "blue".'],
    [
      '{"petId":"p-7","tags":["a","long"]}',
      'tags[1] must be a string of at most 3 characters, not "long".',
    ],
    ['{"petId":"p-7","tags":["a","a"]}', 'tags must not hold the same item twice.'],
    [
      '{"petId":"p-7","tags":"a"}',
      'tags must be an array of at most 2 items in which each is a string of at most 3 characters, not "a".',
    ],
    ['{"petId":"p-7","color":"red"}', 'color is not an argument here; did you mean colour?'],
    ['{"petId":"p-7","fields":"a"}', 'fields is not an argument here; did you mean _fields?'],
    ['{"petId":"p-7","owner":{}}', 'owner.name is missing: it must be a string.'],
    [
      '{"petId":"p-7","owner":{"name":"A","boss":{"name":"B","phones":[1,"x"]}}}',
      'owner.boss.phones[1] must be an integer, not "x".',
    ],
    [
      '{"petId":"p-7","owner":{"name":"A","nane":"B"}}',
      'owner.nane is not a member here; did you mean name?',
    ],
    [
      '{"petId":"p-7","shape":{}}',
      'shape must be an object with radius or an object with side, not {}.',
    ],
    [
      '{"petId":"p-7","__proto__":1}',
      '__proto__ is not an argument here; leave it out. Known are petId, limit, price, colour, tags, wild, note, owner, shape and _fields.',
    ],
  ])('%s', (args, first) => {
    expect(check(args)).toBe(`${first}${rest(PET)}`);
  });

  test('all at once, with a call that keeps what was right', () => {
    expect(check('{"limit":5,"colour":"blue","tags":[1]}')).toBe(
      [
        'Change colour, tags and petId:',
        '- colour must be one of "red" or "green", not "blue".',
        '- tags[0] must be a string of at most 3 characters, not 1.',
        '- petId is missing: it must be a string that matches ^p-[0-9]+$.',
        'Nothing was sent to the API.',
        'A valid call has the arguments {"petId":"p-7","limit":5}',
      ].join('\n'),
    );
  });

  test('ten at most, and no more of what was sent than a line', () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`x${at}`, 'y']));
    const text = check(JSON.stringify({ ...many, petId: 'z'.repeat(10_000) }));
    expect(text.split('\n').filter((line) => line.startsWith('- '))).toHaveLength(11);
    expect(text).toContain('- and 21 more.');
    expect(text.length).toBeLessThan(6000);
  });

  test('no example where the schema does not show one', () => {
    const input = {
      type: 'object',
      required: ['code'],
      properties: { code: { type: 'string', pattern: '^[A-Z]{3}-\\d{4}$' } },
    };
    expect(check('{}', input)).not.toContain('A valid call');
  });
});

describe('what was meant is taken', () => {
  test.each([
    [
      '{"petId":"p-7","limit":"5"}',
      '{"petId":"p-7","limit":5}',
      'limit: JSON text read as an integer',
    ],
    [
      '{"petId":"p-7","price":"2.50"}',
      '{"petId":"p-7","price":2.50}',
      'price: JSON text read as a number',
    ],
    [
      '{"petId":"p-7","wild":"true"}',
      '{"petId":"p-7","wild":true}',
      'wild: JSON text read as true or false',
    ],
    [
      '{"petId":"p-7","tags":"[\\"a\\"]"}',
      '{"petId":"p-7","tags":["a"]}',
      'tags: JSON text read as an array',
    ],
    [
      '{"petId":"p-7","owner":"{\\"name\\":\\"A\\"}"}',
      '{"petId":"p-7","owner":{"name":"A"}}',
      'owner: JSON text read as an object',
    ],
    ['{"petId":"p-7","limit":null}', '{"petId":"p-7"}', 'limit: null read as left out'],
    ['{"petId":"p-7","note":null}', '{"petId":"p-7","note":null}', ''],
    ['{"petId":"p-7","note":"5"}', '{"petId":"p-7","note":"5"}', ''],
    ['{"petId":"p-7","limit":5.0}', '{"petId":"p-7","limit":5.0}', ''],
    [
      '{"petId":"p-7","owner":{"name":"A","phones":[9007199254740993]}}',
      '{"petId":"p-7","owner":{"name":"A","phones":[9007199254740993]}}',
      '',
    ],
  ])('%s', (args, sent, how) => {
    const values = parseExact(args);
    const checked = new ArgumentChecker(INPUT).check(isJsonObject(values) ? values : {});
    expect(checked.kind).toBe('fine');
    if (checked.kind !== 'fine') return;
    expect(stringifyExact(checked.values)).toBe(sent);
    const told = checked.adjusted.map((each) => `${each.argument}: ${each.how}`);
    expect(told.join()).toBe(how);
  });
});

describe('foreign schemas do no harm', () => {
  test.each([
    ['a pattern that backtracks', { type: 'string', pattern: '^(a+)+$' }, 'a'.repeat(50_000)],
    ['a pattern that RE2 has not', { type: 'string', pattern: '^(?=.*x)(a)\\1' }, 'anything'],
    ['a reference to nowhere', { $ref: '#/$defs/Gone' }, { a: 1 }],
    ['a reference to itself', { $ref: '#/$defs/Loop' }, { a: 1 }],
    ['keywords of the wrong form', { type: 'object', required: 'a', minProperties: 'x' }, {}],
    ['an asynchronous schema', { type: 'object', $async: true, $id: 'x:y', properties: {} }, {}],
  ])('%s', (_what, schema, value) => {
    const input = {
      type: 'object',
      properties: { a: schema },
      $defs: { Loop: { $ref: '#/$defs/Loop' } },
    };
    const checked = new ArgumentChecker(JSON.parse(JSON.stringify(input))).check({ a: value });
    expect(checked.kind).toBe('fine');
  });
});
