/**
 * What a text costs a model, without a tokenizer: pieces are cut as the o200k vocabulary cuts them,
 * and a piece of one kind and length costs what such pieces cost on average in API documents.
 */

/** Mean tokens of a word by its letters, where it begins a piece or follows a space. */
const WORD = [0, 1, 1, 1.02, 1.02, 1.02, 1.03, 1.06, 1.09, 1.16, 1.08, 1.06, 1.27, 1.4, 1.4];
/** The same where a sign stands before it (`_id`, `"name`), which makes it rarer. */
const JOINED = [0, 1.03, 1.07, 1.2, 1.27, 1.43, 1.55, 1.64, 1.68, 1.9, 1.95, 2.05, 2.1, 2.3, 2.5];
/** The same of words in capitals. */
const CAPITALS = [0, 1, 1.1, 1.3, 1.42, 1.55, 1.8, 2.03, 2.3, 3.2, 3.1, 3.4, 3.7, 4, 4.3];
/** Mean tokens of a run of signs. */
const SIGNS = [0, 1, 1, 1, 1.26, 1.97, 2.2, 3.2, 3.4, 4.3, 4.6];
/** What each further letter or sign costs. */
const PER_FURTHER = 0.42;
/** Tokens of a letter of another alphabet, and of a Chinese, Japanese or Korean one. */
const PER_OTHER_LETTER = 0.42;
const PER_IDEOGRAPH = 0.78;

const OTHER = 0;
const LOWER = 1;
const UPPER = 2;
const DIGIT = 3;
const SPACE = 4;
const SIGN = 5;

function kindOf(code: number): number {
  if (code >= 97 && code <= 122) return LOWER;
  if (code >= 65 && code <= 90) return UPPER;
  if (code >= 48 && code <= 57) return DIGIT;
  if (code === 32 || (code >= 9 && code <= 13)) return SPACE;
  return code < 128 ? SIGN : OTHER;
}

function costOf(table: readonly number[], length: number): number {
  const last = table.length - 1;
  if (length <= last) return table[length] ?? 1;
  return (table[last] ?? 1) + (length - last) * PER_FURTHER;
}

/** Where the run of characters of this kind that begins at `start` ends. */
function endOfRun(text: string, start: number, kind: number): number {
  let end = start;
  while (end < text.length && kindOf(text.charCodeAt(end)) === kind) end++;
  return end;
}

/**
 * Estimates the tokens of JSON or English within about a tenth of o200k; other alphabets roughly.
 * One pass over the text, nothing is allocated.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  let at = 0;
  let isJoined = false;
  while (at < text.length) {
    const kind = kindOf(text.charCodeAt(at));
    let end = at + 1;
    if (kind === LOWER || kind === UPPER) {
      const capitals = endOfRun(text, at, UPPER);
      end = endOfRun(text, capitals, LOWER);
      const isCapitals = end === capitals && end - at > 1;
      tokens += costOf(isCapitals ? CAPITALS : isJoined ? JOINED : WORD, end - at);
    } else if (kind === DIGIT) {
      end = endOfRun(text, at, DIGIT);
      tokens += Math.ceil((end - at) / 3);
    } else if (kind === OTHER) {
      tokens += text.charCodeAt(at) >= 0x2e80 ? PER_IDEOGRAPH : PER_OTHER_LETTER;
    } else if (kind === SPACE) {
      end = endOfRun(text, at, SPACE);
      tokens += costOfSpace(text, at, end);
    } else {
      end = endOfRun(text, at, SIGN);
      tokens += isTakenByWord(text, at, end) ? 0 : costOf(SIGNS, end - at);
    }
    isJoined = kind === SIGN && isTakenByWord(text, at, end);
    at = end;
  }
  return Math.ceil(tokens);
}

/** A lone sign before a letter is a piece with the word, unless a space took it first. */
function isTakenByWord(text: string, start: number, end: number): boolean {
  if (end - start !== 1 || end >= text.length) return false;
  if (start > 0 && text.charCodeAt(start - 1) === 32) return false;
  const kind = kindOf(text.charCodeAt(end));
  return kind === LOWER || kind === UPPER || kind === OTHER;
}

/** The last space goes with what follows; the others and line breaks are one piece. */
function costOfSpace(text: string, start: number, end: number): number {
  const isFollowed = end < text.length && kindOf(text.charCodeAt(end)) !== DIGIT;
  const isOneSpace = end - start === 1 && text.charCodeAt(start) === 32;
  return isFollowed && isOneSpace ? 0 : 1;
}
