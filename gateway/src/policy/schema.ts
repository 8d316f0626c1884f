/** The `policy` section of the configuration. */
import { z } from 'zod';
import { compilePattern } from '../kernel/index.ts';

const pattern = z.string().superRefine((text, context) => {
  const compiled = compilePattern(text);
  if (typeof compiled === 'string') context.addIssue({ code: 'custom', message: compiled });
});

const patterns = z.array(pattern).min(1, 'name at least one pattern');
const name = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => text !== 'default', '"default" is what records call no rule at all')
  .optional()
  .describe('What refusals and records call it.');

const ruleSchema = z.union([
  z.strictObject({ name, allow: patterns.describe('Items that may be called.') }),
  z.strictObject({
    name,
    deny: patterns.describe('Items that may not be called or seen; it wins.'),
  }),
  z.strictObject({ name, approve: patterns.describe('Items for which a person has to say yes.') }),
]);

export const policySchema = z.strictObject({
  default: z
    .enum(['allow', 'deny'])
    .optional()
    .describe(
      'What holds for items that no rule names. Without it: allow, or deny as soon as any rule allows.',
    ),
  rules: z.array(ruleSchema).max(10_000).default([]),
});

export type PolicyConfig = z.infer<typeof policySchema>;
