/** Patterns that others wrote, matched in linear time. */
import { RE2JS } from 're2js';

/** Longer ones are not judged. */
const MAX_PATTERN_LENGTH = 2000;

/** White space that `\s` means to JavaScript (ECMA-262) and not to RE2. */
const FOREIGN_SPACE = /[\v\u00a0\ufeff\u2028\u2029\u1680\u2000-\u200a\u202f\u205f\u3000]/;

export interface Pattern {
  /** Whether `text` holds a match; true wherever that is not certain. */
  test(text: string): boolean;
}

const ANYTHING: Pattern = { test: () => true };

/** @param source as `pattern` of a JSON Schema; what RE2 cannot express takes everything */
export function compileForeignPattern(source: string): Pattern {
  if (source.length > MAX_PATTERN_LENGTH) return ANYTHING;
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(source));
    const hasSpace = /\\s/i.test(source);
    return {
      test: (text) => compiled.matcher(text).find() || (hasSpace && FOREIGN_SPACE.test(text)),
    };
  } catch {
    return ANYTHING;
  }
}
