import { describe, expect, test } from 'vitest';
import {
  isJsonObject,
  parseExact,
  stringifyExact,
  type JsonObject,
} from '../../../kernel/index.ts';
import { ArgumentChecker } from './checker.ts';
import { HIDDEN_MISFIT } from './hidden.ts';

const INPUT: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['tenant', 'limit'],
  properties: {
    tenant: { type: 'string', maxLength: 3 },
    limit: { type: 'integer' },
    filter: {
      type: 'object',
      required: ['region'],
      properties: { region: { type: 'string', enum: ['eu'] }, n: { type: 'integer' } },
      additionalProperties: false,
    },
  },
};
const HIDDEN = [['tenant'], ['filter', 'region']];

function check(text: string): string {
  const values = parseExact(text);
  const checked = new ArgumentChecker(INPUT).check(isJsonObject(values) ? values : {}, HIDDEN);
  return checked.kind === 'wrong' ? checked.text : stringifyExact(checked.values);
}

describe('what is put in and not shown', () => {
  test.each([
    ['does not fit', '{"tenant":"SECRET","limit":1}'],
    ['does not fit inside', '{"tenant":"abc","limit":1,"filter":{"region":"SECRET"}}'],
    [
      'lies in what does not fit',
      '{"tenant":"abc","limit":1,"filter":{"region":"eu","x":"SECRET"}}',
    ],
    ['is no argument of the API', '{"tenant":"abc","limit":1,"tenants":"x"}'],
  ])('is not spoken of where it %s', (_case, args) => {
    const text = check(args);
    expect(text).not.toMatch(/SECRET|abc|region|tenant\b/);
  });

  test('a misfit that no caller can mend is told as such', () => {
    expect(check('{"tenant":"SECRET","limit":1}')).toBe(HIDDEN_MISFIT);
  });

  test('is left out of what is told of others, and of the example', () => {
    const text = check('{"tenant":"abc","limit":"many","filter":{"region":"eu","n":1}}');
    expect(text).toContain('limit must be an integer, not "many".');
    expect(text).toContain('A valid call has the arguments {"limit":1,"filter":{"n":1}}');
    expect(text).not.toMatch(/abc|region|tenant/);
  });
});
