/** Keys of an entry's section that every kind of API has: how its tools are listed, its answers cut. */
import { z } from 'zod';
import { PROFILES } from './schema/profile-names.ts';

/** How many tokens the tools of an API may take in a list before they are searched for instead. */
const DEFAULT_LIST_TOKENS = 8000;

/** How tools are shown where an endpoint says nothing. */
export const mode = z
  .enum(['full', 'compact', 'search', 'auto'])
  .describe('How its tools are listed; auto chooses by maxListTokens.');

/** Of all dialects those that a list may be asked in. */
const LISTED_PROFILES = PROFILES.filter((profile) => profile !== 'strict-2020');

export const listSettings = {
  mode: mode.optional(),
  outputSchema: z
    .enum(['off', 'relaxed'])
    .default('off')
    .describe('Whether tools say what they answer with.'),
  profile: z
    .enum(LISTED_PROFILES)
    .default('default')
    .describe('Dialect of JSON Schema for its tools, for clients that take less than most.'),
  maxListTokens: z
    .number()
    .int()
    .min(0)
    .max(10_000_000)
    .default(DEFAULT_LIST_TOKENS)
    .describe('Tokens that its tools may take in a list; beyond it, they are searched for.'),
};
