/** `limits.rules`: who may use how much of what. */
import { z } from 'zod';
import { compilePattern } from '../kernel/index.ts';
import { parseAmount, type AmountKind } from './amount.ts';

const words = z.array(z.string().min(1).max(300)).min(1, 'name at least one').max(1000);

const pattern = z.string().superRefine((text, context) => {
  const compiled = compilePattern(text);
  if (typeof compiled === 'string') context.addIssue({ code: 'custom', message: compiled });
});

const amount = (kind: AmountKind, what: string) =>
  z
    .string()
    .max(60)
    .superRefine((text, context) => {
      const parsed = parseAmount(text, kind);
      if (typeof parsed === 'string') context.addIssue({ code: 'custom', message: parsed });
    })
    .optional()
    .describe(what);

const per = z.enum(['principal', 'user', 'agent', 'team', 'tool', 'endpoint', 'together']);

const who = z
  .strictObject({
    users: words.optional().describe('People, as their credential names them.'),
    agents: words.optional().describe('Names of API keys, ids of OAuth clients.'),
    teams: words.optional(),
    groups: words.optional().describe('Groups of the identity provider.'),
    endpoints: words.optional().describe('Endpoints through which the call comes.'),
  })
  .refine((fields) => Object.keys(fields).length > 0, 'name somebody, or leave "who" out')
  .optional()
  .describe(
    'Whom the rule is about: any of each list, and all of the fields. Without it: everybody.',
  );

const ruleSchema = z
  .strictObject({
    name: z.string().min(1).max(200).describe('What refusals call it.'),
    who,
    items: z
      .array(pattern)
      .min(1, 'name at least one pattern')
      .max(1000)
      .optional()
      .describe('Any of these patterns. Without it: all items, and lists as well.'),
    per: z
      .union([per, z.array(per).min(1).max(6)])
      .default('principal')
      .describe('Who or what has a count of its own; "together": all have one.'),
    calls: amount('count', 'Calls, for example 100/minute.'),
    concurrency: z.number().int().min(1).max(1_000_000).optional().describe('Calls under way.'),
    resultBytes: amount('bytes', 'Bytes of answers, for example 50MB/day.'),
    tokens: amount('count', 'Estimated tokens of answers, for example 200k/day.'),
  })
  .refine(
    ({ calls, concurrency, resultBytes, tokens }) =>
      [calls, concurrency, resultBytes, tokens].some((limit) => limit !== undefined),
    'limit something: calls, concurrency, resultBytes or tokens',
  );

export const rulesSchema = z
  .array(ruleSchema)
  .max(1000)
  .superRefine((rules, context) => {
    const names = new Set<string>();
    for (const [index, { name }] of rules.entries()) {
      if (names.has(name)) {
        const message = `another rule is called "${name}" already`;
        context.addIssue({ code: 'custom', message, path: [index, 'name'] });
      }
      names.add(name);
    }
  })
  .default([])
  .describe('Rates and quotas; of several that apply, the first that is exhausted refuses.');

export type RuleConfig = z.infer<typeof rulesSchema>[number];
