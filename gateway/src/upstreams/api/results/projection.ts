/**
 * What an operator keeps of the answers of one operation: a subset of JMESPath (jmespath.org,
 * specification), compiled once into closures. Nothing is evaluated as code.
 *
 * Known: `a.b`, `"a b"`, `a[0]`, `a[-1]`, `a[1:3]`, `a[*].b`, `a.*.b`, `a[].b`, `a[?b == 'x']`,
 * `[a, b]`, `{x: a, y: b.c}`, `a | b`, `||`, `&&`, `!`, comparisons, 'raw' and `json` literals, `@`,
 * and the functions of projection-functions.ts. Not known: `&expression` and functions that take one.
 */
import type { Json } from '../../../kernel/index.ts';
import { parseProjection } from './projection-parser.ts';
import { createEffort } from './projection-steps.ts';

/** Steps that one answer may cost. */
const MAX_STEPS = 2_000_000;

/** Never throws. @returns undefined where the answer costs more steps than are allowed */
export type Projection = (value: Json) => Json | undefined;

/** @returns words where the expression is not of the subset: what is wrong and at which character */
export function compileProjection(expression: string): Projection | string {
  const step = parseProjection(expression);
  if (typeof step === 'string') return step;
  return (value) => {
    const effort = createEffort(MAX_STEPS);
    const result = step(value, effort);
    return effort.isSpent() ? undefined : result;
  };
}

/** For the check of a configuration. @returns '' where the expression can be used, else words */
export function checkProjection(expression: string): string {
  const compiled = compileProjection(expression);
  return typeof compiled === 'string' ? compiled : '';
}
