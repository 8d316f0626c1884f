/** Patterns that others wrote, matched in linear time. */
import { RE2JS } from 're2js';
import { spend, type Effort } from './effort.ts';

/** Longer ones are not judged. */
const MAX_PATTERN_LENGTH = 2000;

/** White space that `\s` means to JavaScript (ECMA-262) and not to RE2. */
const FOREIGN_SPACE = /[\v\u00a0\ufeff\u2028\u2029\u1680\u2000-\u200a\u202f\u205f\u3000]/;

export interface Pattern {
  /** Whether `text` holds a match; true wherever that is not certain. */
  test(text: string): boolean;
}

/** Compiling costs about as much as so many looks for each character of the source. */
const COMPILE_COST = 100;

/**
 * Compiled when the first text comes.
 * @param source as `pattern` of a JSON Schema; what RE2 cannot express takes everything
 * @param effort that tests may cost: linear time is long where a pattern has thousands of states and
 *   a text has a million characters
 */
export function compileForeignPattern(source: string, effort: Effort): Pattern {
  if (source.length > MAX_PATTERN_LENGTH) return { test: () => true };
  let compiled: (Pattern & { readonly states: number }) | undefined;
  return {
    test: (text) => {
      if (compiled === undefined) {
        if (!spend(effort, source.length * COMPILE_COST)) return true;
        compiled = compile(source);
      }
      return !spend(effort, compiled.states * text.length) || compiled.test(text);
    },
  };
}

function compile(source: string): Pattern & { readonly states: number } {
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(source));
    const hasSpace = /\\s/i.test(source);
    return {
      states: compiled.programSize(),
      test: (text) => compiled.matcher(text).find() || (hasSpace && FOREIGN_SPACE.test(text)),
    };
  } catch {
    return { states: 0, test: () => true };
  }
}
