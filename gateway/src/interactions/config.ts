/** The `interactions` section of the configuration. */
import { z } from 'zod';

const count = (value: number, what: string) =>
  z.number().int().min(1).max(1_000_000).default(value).describe(what);

export const interactionsSchema = z.strictObject({
  answerWithinMs: z
    .number()
    .int()
    .min(1000)
    .max(24 * 3600 * 1000)
    .default(10 * 60_000)
    .describe('How long a caller may take to answer a question of a tool, milliseconds.'),
  maxParkedPerPrincipal: count(200, 'Calls of one principal that wait for answers.'),
  maxParkedPerUpstream: count(1000, 'Calls to one upstream that wait for answers.'),
  maxParked: count(2000, 'Calls that wait for answers, all together.'),
  maxRounds: count(10, 'How often one call may ask.'),
});

export type InteractionsConfig = z.infer<typeof interactionsSchema>;
