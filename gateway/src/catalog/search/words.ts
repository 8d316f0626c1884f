/** How texts become words that can be compared: in definitions and in queries alike. */

/** Words that say nothing about a tool, also not in a question for one. */
const NOISE: ReadonlySet<string> = new Set(
  (
    'a an the this that these those some any each every such own other another ' +
    'i me my mine we us our ours you your yours he him his she her it its they them their ' +
    'somebody someone anybody anyone something anything thing things ' +
    'am is are was were be been being do does did done has have had having can could may might ' +
    'must shall should will would let lets got go goes going ' +
    'and or but if then else than as so too very just also only not no yes please thanks ' +
    'of to in on at by for from with without into onto about over under out off up down per via ' +
    'what which who whom whose when why how much many there here ' +
    'want wants need needs like likes know tell give gives way tool tools able using use used uses'
  ).split(' '),
);

const BETWEEN_WORDS = /[\s\p{P}\p{S}\p{C}]+/u;
const CASE_CHANGE = /(?<=\p{Ll}|\d)(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll}{2})/u;
const WITHOUT_SPACES = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/** Longer words are cut: nobody types them. */
const MAX_WORD_CHARACTERS = 40;
const MAX_JOINED_CHARACTERS = 16;

/**
 * The words of a text in lower case, in order, without noise. `createPullRequest` and `pull_request`
 * are several; `YouTube` is both one and two; scripts without spaces are pairs of characters.
 */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  const add = (word: string): void => {
    if (!NOISE.has(word)) words.push(word);
  };
  for (const token of text.split(BETWEEN_WORDS)) {
    if (token === '') continue;
    const whole = token.slice(0, MAX_WORD_CHARACTERS);
    const parts = whole.split(CASE_CHANGE);
    const lower = whole.toLowerCase();
    if (WITHOUT_SPACES.test(lower)) for (const pair of pairsOf(lower)) add(pair);
    else if (parts.length === 1) add(lower);
    else {
      for (const part of parts) add(part.toLowerCase());
      if (parts.length === 2 && lower.length <= MAX_JOINED_CHARACTERS) words.push(lower);
    }
  }
  return words;
}

function pairsOf(text: string): string[] {
  const letters = Array.from(text);
  if (letters.length < 3) return [text];
  return letters.slice(1).map((letter, at) => `${letters[at]}${letter}`);
}

const VOWEL = /[aeiouy]/;

/**
 * What forms of an English word have in common: `creates`, `creating`, `created` and `creation` give
 * the same. It is not always a word, and other languages mostly pass unchanged.
 */
export function stemOf(word: string): string {
  if (word.length < 4 || !/^[a-z]+$/.test(word)) return singular(word);
  return withoutSuffix(withoutParticiple(singular(word)));
}

function singular(word: string): string {
  if (word.length < 3 || !word.endsWith('s') || /(?:ss|us|is)$/.test(word)) return word;
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(?:ss|sh|ch|x|z)es$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}

function withoutParticiple(word: string): string {
  const ending = word.endsWith('ing') ? 3 : word.endsWith('ed') ? 2 : 0;
  const rest = word.slice(0, word.length - ending);
  if (ending === 0 || rest.length < 3 || !VOWEL.test(rest) || rest.endsWith('e')) return word;
  const last = rest.slice(-1);
  return last === rest.slice(-2, -1) && !'lsz'.includes(last) ? rest.slice(0, -1) : rest;
}

/** Endings, with how many characters a word must have at least to lose one. */
const ENDINGS: readonly (readonly [string, number])[] = [
  ['ation', 9],
  ['ment', 8],
  ['ate', 7],
  ['at', 7],
  ['ly', 6],
  ['e', 5],
];

function withoutSuffix(word: string): string {
  const ending = ENDINGS.find(([end, least]) => word.length >= least && word.endsWith(end));
  let rest = ending === undefined ? word : word.slice(0, -ending[0].length);
  if (ending === undefined && word.length > 5 && /[ts]ion$/.test(word)) rest = word.slice(0, -3);
  return rest.length > 3 && rest.endsWith('y') ? `${rest.slice(0, -1)}i` : rest;
}
