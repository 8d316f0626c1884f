/** The `endpoints` part of the configuration. */
import { z } from 'zod';
import { DEFAULT_ENDPOINT, ENDPOINT_NAME, compilePattern } from '../kernel/index.ts';
import { overrideProblems, overridesSchema } from './endpoints/overrides.ts';
import { MAX_NAME_LENGTH, MIN_NAME_LENGTH } from './items/names.ts';
import { createScope } from './endpoints/scope.ts';

const pattern = z.string().superRefine((text, context) => {
  const compiled = compilePattern(text);
  if (typeof compiled === 'string') context.addIssue({ code: 'custom', message: compiled });
});

const EVERYTHING = ['*'];

/** What one endpoint shows; `compose` adds what other rooms know of endpoints. */
export const endpointSchema = z.strictObject({
  include: z
    .array(pattern)
    .min(1)
    .default(EVERYTHING)
    .describe('Patterns of the items it shows, [kind:]<upstream>/<name>; "*" matches anything.'),
  exclude: z.array(pattern).optional().describe('Patterns of items it never shows; they win.'),
  mode: z
    .enum(['full', 'compact', 'search', 'auto'])
    .default('auto')
    .describe(
      'How tools are listed: full with their definitions, compact in one line each, search not at ' +
        "all but found by search_tools; auto as each upstream's own mode says.",
    ),
  names: z
    .enum(['prefixed', 'original'])
    .default('prefixed')
    .describe('original keeps names as they are; it needs exactly one upstream.'),
  maxNameLength: z
    .number()
    .int()
    .min(MIN_NAME_LENGTH)
    .max(MAX_NAME_LENGTH)
    .default(MAX_NAME_LENGTH)
    .describe('Longest public name in characters, for clients that put a prefix in front.'),
  items: overridesSchema,
});

/** Key of `endpoints`. */
export const endpointName = z.string().regex(ENDPOINT_NAME);

/** What is said of a key that is none. */
export const endpointNameError: z.core.$ZodErrorMap = ({ code }) =>
  code === 'invalid_key'
    ? 'must be lower-case letters, digits and "-", beginning with a letter, at most 63'
    : undefined;

/** `endpoints`: name to what it shows. Without any, `default` shows everything. */
export const endpointsSchema = z
  .record(endpointName, endpointSchema, { error: endpointNameError })
  .prefault({ [DEFAULT_ENDPOINT]: {} });

/** Whether anything is bound here is all that this room has to know of `arguments`. */
export type EndpointConfig = z.infer<typeof endpointSchema> & {
  readonly arguments?: readonly unknown[] | undefined;
};
export type EndpointsConfig = Readonly<Record<string, EndpointConfig>>;

/** Something in the configuration that only shows when endpoints and upstreams are seen together. */
export interface EndpointProblem {
  /** Keys and indexes from the root of the configuration. */
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** @param upstreams ids of all upstreams that are enabled */
export function endpointProblems(
  endpoints: EndpointsConfig,
  upstreams: readonly string[],
): readonly EndpointProblem[] {
  const problems: EndpointProblem[] = [];
  for (const [name, config] of Object.entries(endpoints)) {
    for (const { key, text } of overrideProblems(config)) {
      problems.push({ path: ['endpoints', name, 'items', key], text });
    }
    if (config.names !== 'original') continue;
    const scope = createScope(config);
    const members = upstreams.filter((id) => scope.covers(id));
    if (members.length === 1) continue;
    const found = members.length === 0 ? 'none' : `${members.length}: ${members.join(', ')}`;
    problems.push({
      path: ['endpoints', name, 'names'],
      text:
        `"original" needs exactly one upstream, and this endpoint includes ${found}. ` +
        'Name one upstream in "include", or write names: prefixed.',
    });
  }
  return problems;
}
