/** What is wrong with the conditions of a configuration. */
import { createConditions } from './condition.ts';

/** CEL is loaded only where there is a condition. @param texts undefined for rules without one */
export function conditionProblems(
  texts: readonly (string | undefined)[],
): readonly { readonly index: number; readonly problem: string }[] {
  if (texts.every((text) => text === undefined)) return [];
  const conditions = createConditions();
  return texts.flatMap((text, index) => {
    const compiled = text === undefined ? undefined : conditions.compile(text);
    return typeof compiled === 'string' ? [{ index, problem: compiled }] : [];
  });
}
