/** What stands where a secret stood. */
export const REDACTED = '[redacted]';

/** A shorter value cannot be told from ordinary text. */
const SHORTEST_SECRET = 4;
const LONGEST_PEM = 16_384;
const LOOKBACK = 40;

/** A half-open range of characters. */
type Range = readonly [start: number, end: number];

/**
 * Names whose value is a secret. Every alternative ends the name: `max_tokens: 5` is none.
 * `key` counts alone and as the last word of a name (`api_key`, `apiKey`), not in `monkey`.
 */
const NAME =
  /(?:(?<![A-Za-z])key|Key|KEY|[Aa]pikey|[Tt]oken|TOKEN|[Ss]ecret|SECRET|[Pp]assw(?:or)?d|PASSW(?:OR)?D|[Pp]assphrase|PASSPHRASE|[Pp]wd|PWD|[Cc]redentials?|CREDENTIALS?|[Aa]uthorization|AUTHORIZATION|[Cc]ookie|COOKIE)(?![A-Za-z0-9_])/g;
const SEPARATOR = /(?:\\{0,4}["'])?[ \t]{0,4}[:=]{1,2}>?[ \t]{0,4}/y;
const OPENING_QUOTE = /(\\{0,4})(["'])/y;
const WORD = /[^\s]+/y;
const REST_OF_LINE = /[^\n]+/y;
const SPACED_VALUE = /[ \t]{1,4}([A-Za-z0-9+/_=.-]{16,})/y;
const OPTION_VALUE = /[ \t]{1,4}([^\s]+)/y;

/** Shapes that need no name. Each is linear: a fixed beginning, then one bounded or greedy run. */
const SHAPES = [
  /\b[Bb](?:earer|EARER)[ \t]{1,8}[A-Za-z0-9._~+/=-]{6,}/g,
  /\b(?:sk-|gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|AKIA|AIza|eyJ)[A-Za-z0-9._~+/=-]{12,}/g,
  /\bnpm_[A-Za-z0-9]{36}/g,
  /:\/\/[^\s/:@]{0,256}:[^\s/@]{1,256}@/g,
];

const ESC = String.fromCharCode(27);
const COLOURS = new RegExp(`${ESC}\\[[0-9;?]*[ -/]*[@-~]`, 'g');
/** Control characters, and the marks that turn the direction of text. */
const INVISIBLE = /[^\P{Cc}\n\t]|[\u200b-\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Makes a redactor for text that a child wrote. It hides the given values (as they are, and as JSON
 * and URLs escape them), values of names like `token`, bearer tokens, well-known token forms,
 * passwords in URLs and PEM blocks; it also removes colours and control characters, which could
 * split a secret or fool a terminal. Time is linear in the text for a given set of secrets.
 *
 * @param secrets values to hide; ones shorter than 4 characters are not looked for.
 */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const literals = new Set<string>();
  for (const secret of secrets) for (const form of formsOf(secret)) literals.add(form);
  return (text) => {
    const visible = clean(text);
    const ranges: Range[] = [];
    for (const literal of literals) findLiteral(visible, literal, ranges);
    findNamed(visible, ranges);
    for (const shape of SHAPES) {
      for (const match of visible.matchAll(shape)) ranges.push(rangeOf(match.index, match[0]));
    }
    findPem(visible, ranges);
    return replaceRanges(visible, ranges);
  };
}

function clean(text: string): string {
  return text.replace(COLOURS, '').replace(/\r\n?/g, '\n').replace(INVISIBLE, '');
}

function formsOf(secret: string): string[] {
  const value = clean(secret);
  const lines = value.includes('\n') ? value.split('\n').filter((line) => line.length >= 16) : [];
  const wellFormed = value.toWellFormed();
  const forms = [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(wellFormed)];
  return [...forms, ...lines].filter((form) => form.length >= SHORTEST_SECRET);
}

function rangeOf(start: number, text: string): Range {
  return [start, start + text.length];
}

function findLiteral(text: string, literal: string, ranges: Range[]): void {
  let at = text.indexOf(literal);
  while (at !== -1) {
    ranges.push(rangeOf(at, literal));
    at = text.indexOf(literal, at + literal.length);
  }
}

function findNamed(text: string, ranges: Range[]): void {
  let coveredTo = 0;
  for (const match of text.matchAll(NAME)) {
    // A name inside a value that is hidden already; without this, time would grow quadratically.
    if (match.index < coveredTo) continue;
    const range = valueAfter(text, match.index, match[0]);
    if (range === undefined) continue;
    ranges.push(range);
    coveredTo = range[1];
  }
}

function valueAfter(text: string, nameStart: number, name: string): Range | undefined {
  const nameEnd = nameStart + name.length;
  const separator = matchAt(SEPARATOR, text, nameEnd);
  if (separator === null) return spacedValue(text, nameStart, nameEnd);
  const start = nameEnd + separator[0].length;
  const quote = matchAt(OPENING_QUOTE, text, start);
  if (quote !== null) {
    const inside = start + quote[0].length;
    return [inside, closingQuote(text, inside, quote[2] ?? '"', quote[1]?.length ?? 0)];
  }
  const whole = /^(?:authorization|cookie)$/i.test(name);
  const value = matchAt(whole ? REST_OF_LINE : WORD, text, start);
  return value === null ? undefined : rangeOf(start, value[0]);
}

/** `--token abc`, and a long random-looking word after a name (`token 3f9a…`). */
function spacedValue(text: string, nameStart: number, nameEnd: number): Range | undefined {
  const before = text.slice(Math.max(0, nameStart - LOOKBACK), nameStart);
  const option = /(?:^|\s)--?[A-Za-z0-9_-]*$/.test(before);
  const match = matchAt(option ? OPTION_VALUE : SPACED_VALUE, text, nameEnd);
  const value = match?.[1];
  if (match === null || value === undefined) return undefined;
  if (!option && value.length < 32 && !/\d/.test(value)) return undefined;
  return rangeOf(nameEnd + match[0].length - value.length, value);
}

/** Where a quoted value ends: at its quote, with no more backslashes than the opening one had. */
function closingQuote(text: string, start: number, quote: string, depth: number): number {
  let backslashes = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\n') return at;
    if (character === '\\') {
      backslashes += 1;
      continue;
    }
    const open = depth === 0 ? backslashes % 2 === 0 : backslashes <= depth;
    if (character === quote && open) return at;
    backslashes = 0;
  }
  return text.length;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** A block without an end hides the lines after its beginning that look like its body. */
function findPem(text: string, ranges: Range[]): void {
  let end = -2;
  for (const match of text.matchAll(/-----BEGIN [A-Z0-9 ]{1,40}-----/g)) {
    const bodyStart = match.index + match[0].length;
    if (end !== -1 && end < bodyStart) end = text.indexOf('-----END ', bodyStart);
    if (end !== -1 && end - match.index <= LONGEST_PEM) {
      ranges.push([match.index, end]);
      continue;
    }
    const body = matchAt(/[A-Za-z0-9+/=\\\n]*/y, text, bodyStart);
    ranges.push([match.index, bodyStart + (body?.[0].length ?? 0)]);
  }
}

function replaceRanges(text: string, ranges: Range[]): string {
  ranges.sort((left, right) => left[0] - right[0]);
  const parts: string[] = [];
  let done = 0;
  for (const [start, end] of ranges) {
    if (end <= done) continue;
    if (start >= done) parts.push(text.slice(done, start), REDACTED);
    done = end;
  }
  parts.push(text.slice(done));
  return parts.join('');
}
