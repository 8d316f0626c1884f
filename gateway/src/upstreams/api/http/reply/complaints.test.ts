import { expect, test } from 'vitest';
import type { Json } from '../../../../kernel/index.ts';
import { complaintsOf } from './complaints.ts';

test.each<[string, Json, readonly (readonly [string, string])[]]>([
  [
    'problem details with pointers',
    { title: 'Bad', errors: [{ detail: 'must be positive', pointer: '#/age' }] },
    [['age', 'must be positive']],
  ],
  [
    'problem details of old',
    { 'invalid-params': [{ name: 'color', reason: 'must be green' }] },
    [['color', 'must be green']],
  ],
  [
    'lists of texts by name',
    { message: 'Invalid.', errors: { email: ['is taken', 'is short'], name: ['is blank'] } },
    [
      ['email', 'is taken; is short'],
      ['name', 'is blank'],
    ],
  ],
  [
    'the same at the root',
    { email: ['This field is required.'] },
    [['email', 'This field is required.']],
  ],
  [
    'a path with its place',
    { detail: [{ loc: ['body', 'address', 0, 'zip'], msg: 'too short', type: 'x' }] },
    [['/address/0/zip', 'too short']],
  ],
  ['a place alone', { detail: [{ loc: ['body'], msg: 'missing' }] }, [['body', 'missing']]],
  [
    'resource, field, code',
    {
      message: 'Validation Failed',
      errors: [{ resource: 'Issue', field: 'title', code: 'missing' }],
    },
    [['title', 'missing']],
  ],
  [
    'a source with a pointer',
    {
      errors: [{ source: { pointer: '/data/attributes/name' }, title: 'Invalid', detail: 'short' }],
    },
    [['/data/attributes/name', 'short']],
  ],
  [
    'a source with a parameter',
    { errors: [{ source: { parameter: 'sort' }, detail: 'unknown' }] },
    [['sort', 'unknown']],
  ],
  [
    'one error with its parameter',
    { error: { message: 'No such model', type: 'invalid', param: 'model', code: null } },
    [['model', 'No such model']],
  ],
  [
    'violations deep inside',
    {
      error: {
        code: 400,
        message: 'Bad',
        details: [{ '@type': 'x', fieldViolations: [{ field: 'a.b', description: 'wrong' }] }],
      },
    },
    [['/a/b', 'wrong']],
  ],
  [
    'paths in many spellings',
    {
      violations: [
        { propertyPath: 'items[0].price', message: 'negative' },
        { propertyPath: '$.name', message: 'empty' },
      ],
    },
    [
      ['/items/0/price', 'negative'],
      ['name', 'empty'],
    ],
  ],
  ['nothing of any input', { error: 'nope', message: 'really' }, []],
  ['texts alone', { errors: ['a', 'b'] }, []],
  ['no object', 'nope', []],
  ['null', null, []],
])('%s', (_what, body, expected) => {
  expect(complaintsOf(body).map(({ wire, text }) => [wire, text])).toEqual(expected);
});

test('what an API says is bounded', () => {
  const errors = Array.from({ length: 500 }, (_, at) => ({
    field: `f${at}`,
    message: 'x'.repeat(5000),
  }));
  const complaints = complaintsOf({ errors });
  expect(complaints).toHaveLength(20);
  expect(Math.max(...complaints.map(({ text }) => text.length))).toBe(300);
  let deep: Json = [];
  for (let level = 0; level < 5000; level++) deep = { errors: [deep] };
  expect(complaintsOf(deep)).toEqual([]);
});
