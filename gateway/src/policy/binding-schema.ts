/** `endpoints.<name>.arguments`: arguments of items that are decided here and not by who calls. */
import { z } from 'zod';
import { compilePattern } from '../kernel/index.ts';
import { factProblem } from './binding-value.ts';
import { argumentPath } from './argument-path.ts';
import { pattern, who } from './schema.ts';

const MAX_BINDINGS = 1000;

const value = z.json().superRefine((json, context) => {
  const problem = factProblem(json);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

const bindingSchema = z
  .strictObject({
    items: z
      .array(pattern)
      .min(1, 'name at least one pattern')
      .max(1000)
      .describe(
        'Patterns of tools and prompts. One without "*" binds its item in any case, another those ' +
          'that have such an argument.',
      ),
    who,
    argument: z
      .string()
      .max(1000)
      .superRefine((text, context) => {
        const path = argumentPath(text);
        if (typeof path === 'string') context.addIssue({ code: 'custom', message: path });
      })
      .describe('Name of an argument, or a JSON pointer to one inside another: /filter/owner.'),
    fix: value
      .optional()
      .describe('The only value that is sent; { from: principal.user } takes it from who calls.'),
    default: value.optional().describe('What is sent where the caller leaves it out.'),
    hide: z
      .boolean()
      .default(false)
      .describe('Callers are not shown the argument and may not send it.'),
  })
  .refine(
    (one) => one.fix === undefined || one.default === undefined,
    'give either "fix" or "default"',
  )
  .refine(
    (one) => one.fix !== undefined || one.default !== undefined || one.hide,
    'give "fix", "default" or "hide: true"',
  );

/** What is decided of arguments at one endpoint. */
export const bindingsSchema = z
  .array(bindingSchema)
  .max(MAX_BINDINGS)
  .superRefine((bindings, context) => {
    for (const { index, problem } of nested(bindings)) {
      context.addIssue({ code: 'custom', message: problem, path: [index, 'argument'] });
    }
  })
  .optional()
  .describe('Arguments that are fixed, have a default here, or are hidden.');

export type BindingConfig = z.infer<typeof bindingSchema>;

/** Bindings of a part of what another one binds as a whole: which of them would hold is not said. */
function nested(
  bindings: readonly BindingConfig[],
): readonly { readonly index: number; readonly problem: string }[] {
  const paths = bindings.map(({ argument }) => argumentPath(argument));
  const found: { index: number; problem: string }[] = [];
  for (const [index, path] of paths.entries()) {
    if (typeof path === 'string') continue;
    const outer = paths.findIndex(
      (other, at) =>
        typeof other !== 'string' &&
        other.length < path.length &&
        other.every((key, place) => key === path[place]) &&
        mayMeet(bindings[at]?.items ?? [], bindings[index]?.items ?? []),
    );
    if (outer < 0) continue;
    const whole = JSON.stringify(bindings[outer]?.argument);
    const problem = `lies inside ${whole}, which the binding at place ${outer + 1} decides for the same items; bind one of the two`;
    found.push({ index, problem });
  }
  return found;
}

/** Whether patterns could match the same item, for all that can be said without a catalog. */
function mayMeet(one: readonly string[], other: readonly string[]): boolean {
  return one.some((a) => other.some((b) => couldMeet(a, b)));
}

function couldMeet(a: string, b: string): boolean {
  const [one, other] = [compilePattern(a), compilePattern(b)];
  if (typeof one === 'string' || typeof other === 'string') return false;
  const differ = (left: string, right: string): boolean =>
    left !== right && !left.includes('*') && !right.includes('*');
  if (one.kind !== '' && other.kind !== '' && one.kind !== other.kind) return false;
  return !differ(one.upstream, other.upstream) && !differ(one.name, other.name);
}
