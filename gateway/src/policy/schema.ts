/** The `policy` section of the configuration. */
import { z } from 'zod';
import { compilePattern } from '../kernel/index.ts';
import { conditionProblems } from './condition-problems.ts';

/** A pattern of items, as the kernel reads it. */
export const pattern = z.string().superRefine((text, context) => {
  const compiled = compilePattern(text);
  if (typeof compiled === 'string') context.addIssue({ code: 'custom', message: compiled });
});

const patterns = z.array(pattern).min(1, 'name at least one pattern');
const words = z.array(z.string().min(1).max(300)).min(1, 'name at least one').max(1000);
const scalar = z.union([z.string().min(1), z.number(), z.boolean()]);

const selection = z.union([
  patterns,
  z
    .strictObject({
      items: patterns.optional().describe('Any of these patterns of items.'),
      labels: words
        .optional()
        .describe(
          'Any of these labels: of the upstream, or read-only, destructive, idempotent, open-world.',
        ),
    })
    .refine(
      ({ items, labels }) => items !== undefined || labels !== undefined,
      'name items, labels or both',
    ),
]);

/** Whom something is about. */
export const who = z
  .strictObject({
    users: words.optional().describe('People, as their credential names them.'),
    groups: words.optional().describe('Groups of the identity provider.'),
    teams: words.optional(),
    agents: words.optional().describe('Names of API keys, ids of OAuth clients.'),
    scopes: words.optional().describe('Scopes of the token or key.'),
    endpoints: words.optional().describe('Endpoints through which the call comes.'),
    claims: z
      .record(z.string().min(1), z.union([scalar, z.array(scalar).min(1)]))
      .refine((claims) => Object.keys(claims).length > 0, 'name at least one claim')
      .optional()
      .describe('What the token says: a value, or a list of which any fits.'),
  })
  .refine((fields) => Object.keys(fields).length > 0, 'name somebody, or leave "who" out')
  .optional()
  .describe(
    'Whom the rule is about: any of each list, and all of the fields. Without it: everybody.',
  );

const common = {
  name: z
    .string()
    .min(1)
    .max(200)
    .refine((text) => text !== 'default', '"default" is what records call no rule at all')
    .optional()
    .describe('What refusals and records call it.'),
  who,
  when: z
    .string()
    .min(1)
    .max(2000)
    .optional()
    .describe('A condition in CEL over principal, item, args, endpoint, time and network.'),
  because: z.string().min(1).max(500).optional().describe('Words that a refused caller reads.'),
};

const ruleSchema = z.union([
  z.strictObject({ ...common, allow: selection.describe('Items that may be called.') }),
  z.strictObject({
    ...common,
    deny: selection.describe('Items that may not be called or seen; it wins.'),
  }),
  z.strictObject({
    ...common,
    approve: selection.describe('Items for which a person has to say yes.'),
  }),
]);

export const policySchema = z
  .strictObject({
    default: z
      .enum(['allow', 'deny'])
      .optional()
      .describe(
        'What holds for items that no rule names. Without it: deny; for callers of this machine that nobody identifies allow, as long as no rule allows.',
      ),
    rules: z.array(ruleSchema).max(10_000).default([]),
  })
  .superRefine(({ rules }, context) => {
    for (const { index, problem } of conditionProblems(rules.map(({ when }) => when))) {
      context.addIssue({ code: 'custom', message: problem, path: ['rules', index, 'when'] });
    }
  });

export type PolicyConfig = z.infer<typeof policySchema>;
export type RuleConfig = PolicyConfig['rules'][number];
export type WhoConfig = NonNullable<RuleConfig['who']>;
