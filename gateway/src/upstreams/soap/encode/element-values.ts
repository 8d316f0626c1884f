/** Values of one element that stand one after another. */
import { isJsonArray, type Json } from '../../../kernel/index.ts';
import type { ElementShape } from '../shape/shape.ts';
import type { WriteElement, Writing } from './writing.ts';

/** @returns none where it is not given */
export function valuesOf(given: Json | undefined, isList: boolean): readonly Json[] {
  if (given === undefined) return [];
  return isList && isJsonArray(given) ? given : [given];
}

/** An element that has to be there and has one value is written unasked. */
export function writeValues(
  { name, min, max, fixed }: ElementShape,
  given: readonly Json[],
  write: WriteElement,
  writing: Writing,
): string {
  const values = given.length === 0 && min > 0 && fixed !== undefined ? [fixed] : given;
  if (values.length < min) {
    return writing.fail(min > 1 ? `it needs ${min} values.` : 'it is missing.', name);
  }
  if (max >= 0 && values.length > max) {
    return writing.fail(`it takes at most ${max} ${max === 1 ? 'value' : 'values'}.`, name);
  }
  const [only] = values;
  if (only === undefined) return '';
  if (values.length === 1) return writing.within(name, () => write(only, writing));
  return writing.within(name, () => {
    let written = '';
    for (const [at, value] of values.entries()) {
      written += writing.within(at, () => write(value, writing));
    }
    return written;
  });
}
