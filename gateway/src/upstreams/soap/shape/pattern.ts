/** Patterns of XML Schema as those of JSON Schema. */

const CLASSES: Readonly<Record<string, string>> = {
  i: String.raw`\p{L}_:`,
  c: String.raw`\p{L}\p{N}._:-`,
};

/** The pattern over a whole text; undefined where JavaScript cannot say the same. */
export function jsPattern(xsd: string): string | undefined {
  const translated = translate(xsd);
  if (translated === undefined) return undefined;
  const pattern = `^(?:${translated})$`;
  try {
    return new RegExp(pattern, 'u').source === '' ? undefined : pattern;
  } catch {
    return undefined;
  }
}

/** Marks mean themselves outside of classes, and some escapes are its own. */
function translate(xsd: string): string | undefined {
  let out = '';
  let depth = 0;
  for (let at = 0; at < xsd.length; at++) {
    const char = xsd[at] ?? '';
    if (char === '\\') {
      const next = xsd[++at] ?? '';
      const own = Object.hasOwn(CLASSES, next) ? CLASSES[next] : undefined;
      if (next === 'I' || next === 'C' || /^\\p\{Is/i.test(xsd.slice(at - 1))) return undefined;
      if (own !== undefined) out += depth > 0 ? own : `[${own}]`;
      else if (depth === 0 && next === '-') out += '-';
      else out += /[a-zA-Z0-9^$\\.*+?()[\]{}|/-]/.test(next) ? char + next : next;
      continue;
    }
    if (char === '[') {
      // A class within a class is taken from it, which has no counterpart.
      if (depth++ > 0) return undefined;
    } else if (char === ']') depth--;
    const isMark = depth === 0 && (char === '^' || char === '$');
    out += isMark ? `\\${char}` : char;
  }
  return out;
}
