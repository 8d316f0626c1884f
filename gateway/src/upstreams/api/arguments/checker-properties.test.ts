import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  stringifyExact,
} from '../../../kernel/index.ts';
import { ArgumentChecker } from './checker.ts';
import { exampleObject } from './example.ts';

/** A schema with a way to make values that satisfy it. */
interface Pair {
  readonly schema: JsonObject;
  readonly value: fc.Arbitrary<Json>;
}

const name = fc.oneof(fc.constantFrom('id', '__proto__', 'a b', 'toString', 'ä'), fc.string());

const integers: fc.Arbitrary<Pair> = fc.tuple(fc.integer(), fc.nat()).map(([minimum, span]) => ({
  schema: { type: 'integer', minimum, maximum: minimum + span },
  value: fc
    .integer({ min: minimum, max: minimum + span })
    .chain((whole) => fc.constantFrom<Json>(whole, new ExactNumber(`${whole}.0`))),
}));
const numbers: fc.Arbitrary<Pair> = fc.constantFrom<Pair>(
  {
    schema: { type: 'number', multipleOf: 0.01 },
    value: fc.integer().map((cents) => cents / 100),
  },
  {
    schema: { type: 'number', exclusiveMinimum: 0 },
    value: fc.constantFrom<Json>(1, 0.5, new ExactNumber('1e400'), new ExactNumber('1e-400')),
  },
  {
    schema: { type: 'integer', exclusiveMaximum: new ExactNumber('9223372036854775808') },
    value: fc.constantFrom<Json>(1, new ExactNumber('9223372036854775807')),
  },
);
const strings: fc.Arbitrary<Pair> = fc.constantFrom<Pair>(
  { schema: { type: 'string' }, value: fc.string({ unit: 'binary' }) },
  {
    schema: { type: 'string', minLength: 2, maxLength: 3 },
    value: fc.constantFrom('ab', 'abc', '👍👍', '👍é👍'),
  },
  {
    schema: { type: 'string', pattern: '^\\S+\\s\\d$' },
    value: fc.constantFrom('a 1', 'é\u00a09'),
  },
  { schema: { type: ['string', 'null'], enum: ['a', null] }, value: fc.constantFrom('a', null) },
  { schema: { const: 1 }, value: fc.constantFrom<Json>(1, new ExactNumber('1.0')) },
  { schema: {}, value: fc.jsonValue().map((value): Json => JSON.parse(JSON.stringify(value))) },
  { schema: { type: 'boolean' }, value: fc.boolean() },
);

function arrayOf({ schema, value }: Pair): Pair {
  return {
    schema: { type: 'array', items: schema, maxItems: 3 },
    value: fc.array(value, { maxLength: 3 }),
  };
}

function choiceOf(pairs: readonly Pair[]): Pair {
  return {
    schema: { anyOf: pairs.map(({ schema }) => schema) },
    value: fc.oneof(...pairs.map(({ value }) => value)),
  };
}

function objectOf(members: readonly (readonly [string, Pair, boolean])[]): Pair {
  return {
    schema: {
      type: 'object',
      additionalProperties: false,
      required: members.filter(([, , isRequired]) => isRequired).map(([key]) => key),
      properties: Object.fromEntries(members.map(([key, { schema }]) => [key, schema])),
    },
    value: fc
      .tuple(
        ...members.map(([key, { value }, isRequired]) =>
          isRequired
            ? value.map((each): [string, Json][] => [[key, each]])
            : fc
                .option(value, { nil: undefined })
                .map((each): [string, Json][] => (each === undefined ? [] : [[key, each]])),
        ),
      )
      .map((all) => Object.fromEntries(all.flat())),
  };
}

const { schema: anyPair } = fc.letrec<{ schema: Pair; object: Pair }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3 },
    integers,
    numbers,
    strings,
    tie('schema').map(arrayOf),
    fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map(choiceOf),
    tie('object'),
  ),
  object: fc
    .uniqueArray(fc.tuple(name, tie('schema'), fc.boolean()), {
      maxLength: 4,
      selector: ([key]) => key,
    })
    .map(objectOf),
}));
const root = fc
  .uniqueArray(fc.tuple(name, anyPair, fc.boolean()), { maxLength: 4, selector: ([key]) => key })
  .map(objectOf);

test('arguments that satisfy the schema are never refused, and sent as they are', () => {
  fc.assert(
    fc.property(
      root.chain(({ schema, value }) => fc.tuple(fc.constant(schema), value)),
      ([schema, value]) => {
        if (!isJsonObject(value)) throw new Error('no object');
        const checked = new ArgumentChecker(schema).check(value);
        const sent = checked.kind === 'wrong' ? checked.text : stringifyExact(checked.values);
        expect(sent).toBe(stringifyExact(value));
      },
    ),
    { numRuns: 300 },
  );
});

test('whatever is sent is judged in a bounded text, and a call that is shown passes', () => {
  const anything = fc.dictionary(name, fc.jsonValue(), { maxKeys: 6 });
  fc.assert(
    fc.property(root, anything, ({ schema }, values) => {
      const sent: JsonObject = JSON.parse(JSON.stringify(values));
      const checker = new ArgumentChecker(schema);
      const checked = checker.check(sent);
      if (checked.kind === 'fine') return;
      expect(checked.text.length).toBeLessThan(8000);
      const shown = /A valid call has the arguments (.*)$/s.exec(checked.text)?.[1];
      const isFine = shown === undefined || checker.check(JSON.parse(shown)).kind === 'fine';
      expect(isFine).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('an example holds what is required', () => {
  fc.assert(
    fc.property(root, ({ schema }) => {
      const shown = new Set<Json>(Object.keys(exampleObject(schema, schema)));
      const required = schema['required'];
      expect(shown).toEqual(new Set(isJsonArray(required) ? required : []));
    }),
  );
});
