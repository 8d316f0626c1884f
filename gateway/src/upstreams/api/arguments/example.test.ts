import { expect, test } from 'vitest';
import { exampleObject } from './example.ts';

test.each([
  [{ required: ['a'] }, { a: 1 }],
  [{ minProperties: 1 }, { a: 1 }],
  [
    { required: ['b'], minProperties: 2 },
    { b: 'text', a: 1 },
  ],
  [{ minProperties: 9 }, { a: 1, b: 'text' }],
])('an object with %j has the members that it needs', (schema, example) => {
  const properties = { a: { type: 'integer' }, b: { type: 'string' } };
  const whole = { type: 'object', properties, ...schema };
  expect(exampleObject(whole, whole)).toEqual(example);
});
