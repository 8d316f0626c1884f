import { describe, expect, test } from 'vitest';
import { policySchema } from './schema.ts';

describe('the policy section', () => {
  test('is open when empty', () => {
    expect(policySchema.parse({})).toEqual({ rules: [] });
  });

  test.each([
    ['a pattern without an upstream', { rules: [{ allow: ['crm'] }] }],
    ['a kind that does not exist', { rules: [{ deny: ['toll:crm/x'] }] }],
    ['a pattern without a name', { rules: [{ approve: ['crm/'] }] }],
    ['no pattern', { rules: [{ allow: [] }] }],
    ['a rule of two kinds', { rules: [{ allow: ['*'], deny: ['*'] }] }],
    ['a rule of no kind', { rules: [{ name: 'x' }] }],
    ['an unknown key', { rules: [{ allow: ['*'], whenever: 'x' }] }],
    ['a condition that does not parse', { rules: [{ allow: ['*'], when: '1 +' }] }],
    ['a condition over nothing known', { rules: [{ allow: ['*'], when: 'foo' }] }],
    ['nobody', { rules: [{ who: {}, allow: ['*'] }] }],
    ['no user', { rules: [{ who: { users: [] }, allow: ['*'] }] }],
    ['neither items nor labels', { rules: [{ allow: {} }] }],
    ['an unknown default', { default: 'maybe', rules: [] }],
    ['a rule named like no rule at all', { rules: [{ name: 'default', allow: ['*'] }] }],
    ['an unknown section key', { rule: [] }],
  ])('refuses %s', (_case, value) => {
    expect(policySchema.safeParse(value).success).toBe(false);
  });

  test('says where a pattern is wrong', () => {
    const { error } = policySchema.safeParse({
      rules: [{ allow: ['*'] }, { deny: ['a/b', 'crm'] }],
    });
    expect(error?.issues).toMatchObject([
      { path: ['rules', 1, 'deny', 1], message: expect.stringContaining('has no upstream') },
    ]);
  });
});
