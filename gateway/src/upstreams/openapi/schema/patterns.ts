/**
 * Patterns of foreign documents. They are only ever constructed here, never run: what a pattern
 * costs on a text is the concern of whoever matches with it.
 */

/** Longer patterns are told in part and not kept. */
const MAX_PATTERN_CHARS = 1000;

/** A pattern as it can be kept, or what the description says in its place. */
export interface ReadPattern {
  /** Valid with the flag `u`; '' where the pattern cannot be kept. */
  readonly pattern: string;
  /** '' where the pattern is kept. */
  readonly note: string;
}

/** Remembers what was found out about a pattern; a document repeats few of them very often. */
export class PatternReader {
  private readonly known = new Map<string, ReadPattern>();

  /** Keeps a pattern, writes it otherwise where that is certain to mean the same, or tells it. */
  read(source: string): ReadPattern {
    const known = this.known.get(source);
    if (known !== undefined) return known;
    const read = readPattern(source);
    this.known.set(source, read);
    return read;
  }
}

function readPattern(source: string): ReadPattern {
  if (source.length > MAX_PATTERN_CHARS) {
    return { pattern: '', note: `Must match a pattern that begins ${source.slice(0, 100)}` };
  }
  for (const candidate of [source, withoutNeedlessEscapes(withoutSlashes(source))]) {
    if (!isLiteral(candidate) && isPattern(candidate)) return { pattern: candidate, note: '' };
  }
  return { pattern: '', note: `Must match the pattern ${source}` };
}

/** `/^…$/` is how some languages write a pattern, not a pattern with slashes. */
function isLiteral(source: string): boolean {
  return source.startsWith('/^') && /\$\/[a-z]*$/.test(source);
}

function withoutSlashes(source: string): string {
  return isLiteral(source) && source.endsWith('/') ? source.slice(1, -1) : source;
}

/** @returns whether `source` is a regular expression under the flag `u` */
export function isPattern(source: string): boolean {
  try {
    return new RegExp(source, 'u').source !== '';
  } catch {
    return false;
  }
}

/**
 * Drops backslashes before characters that need none, which only the flag `u` refuses, and writes
 * the anchors and named groups of other languages as JavaScript does.
 */
function withoutNeedlessEscapes(source: string): string {
  let isInClass = false;
  return source.replaceAll(/\\[^]|\(\?P<|[[\]]/g, (piece) => {
    if (piece === '(?P<') return isInClass ? piece : '(?<';
    if (piece === '[' && isInClass) return '\\[';
    if (piece === '[') isInClass = true;
    if (piece === ']') isInClass = false;
    if (!piece.startsWith('\\')) return piece;
    if (piece === '\\-') return isInClass ? piece : '-';
    if (piece === '\\A' && !isInClass) return '^';
    if ((piece === '\\Z' || piece === '\\z') && !isInClass) return '$';
    return /^\\[^A-Za-z0-9^$\\.*+?()[\]{}|/]$/.test(piece) ? piece.slice(1) : piece;
  });
}
