/** The `usage` section of the configuration. */
import { z } from 'zod';
import { compilePattern } from '../kernel/index.ts';

const pattern = z.string().superRefine((text, context) => {
  const compiled = compilePattern(text);
  if (typeof compiled === 'string') context.addIssue({ code: 'custom', message: compiled });
});

const price = z.number().min(0).max(1e9);

export const usageSchema = z.strictObject({
  keepDays: z
    .number()
    .int()
    .min(1)
    .max(3650)
    .default(90)
    .describe('How long it is kept what was used in an hour, days.'),
  prices: z
    .array(
      z
        .strictObject({
          items: z.array(pattern).min(1, 'name at least one pattern').max(1000),
          perCall: price.optional().describe('For each call that is not refused.'),
          perMillionTokens: price.optional().describe('For a million estimated tokens of answers.'),
        })
        .refine(
          ({ perCall, perMillionTokens }) =>
            perCall !== undefined || perMillionTokens !== undefined,
          'say perCall, perMillionTokens or both',
        ),
    )
    .max(1000)
    .default([])
    .describe('What items cost, in any one currency; of several that fit, the first counts.'),
});

export type UsageConfig = z.infer<typeof usageSchema>;
