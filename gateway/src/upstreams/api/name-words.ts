/** Names of tools as words: snake_case in ASCII, short enough for every client. */
import { hash } from 'node:crypto';

/** Longest name of a tool within its API, characters. */
export const MAX_NAME = 48;

const HASH_DIGITS = 6;
/** Longest text that is looked at, characters. */
const MAX_TEXT = 500;
/** Where a word begins inside of one: `getHTTPItem2` is get, HTTP, Item2. */
const EDGE = /(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g;
const WORD = /[a-z0-9]+/g;
/** Words of paths and identifiers that tell nothing about what is done. */
const NOISE =
  /^(?:api|apis|rest|restapi|service|services|v\d+(?:\d|alpha|beta|p)*|odata|controller)$/;

/** Any text as lower-case words of ASCII letters and digits. */
export function wordsOf(text: string): readonly string[] {
  const isAscii = /^[\x20-\x7e]*$/.test(text);
  const plain = isAscii ? text : text.normalize('NFKD').replace(/\p{M}+/gu, '');
  return plain.slice(0, MAX_TEXT).replace(EDGE, ' ').toLowerCase().match(WORD) ?? [];
}

/**
 * Words as one name of at most 48 characters. Where they are too long, noise and repeated words go
 * first, then the middle, and a hash of `key` tells the name from others that lost the same.
 */
export function nameOf(words: readonly string[], key: string): string {
  const full = words.join('_');
  if (full !== '' && full.length <= MAX_NAME) return full;
  const telling = withoutNoise(words);
  const short = telling.join('_');
  if (short !== '' && short.length <= MAX_NAME) return short;
  return `${elide(telling)}_${keyHash(key, HASH_DIGITS)}`;
}

/** A name that no other key has: `name` with so many hex digits of the key's hash. */
export function markedName(name: string, key: string, digits = HASH_DIGITS): string {
  const mark = keyHash(key, digits);
  if (name.endsWith(`_${mark}`)) return name;
  return `${elide(name.split('_'), MAX_NAME - digits - 1)}_${mark}`;
}

/** Whether a name holds a piece of its key's hash, because it was too long or another wanted it. */
export function isMarked(name: string, key: string): boolean {
  const last = name.slice(name.lastIndexOf('_') + 1);
  return last.length >= HASH_DIGITS && keyHash(key, last.length) === last;
}

function keyHash(key: string, digits: number): string {
  return hash('sha256', key, 'hex').slice(0, digits);
}

function withoutNoise(words: readonly string[]): readonly string[] {
  const telling = words.filter((word) => !NOISE.test(word));
  return [...new Set(telling.length > 0 ? telling : words)];
}

/** The beginning and the end of a name, as many whole words of both as fit. */
function elide(words: readonly string[], max = MAX_NAME - HASH_DIGITS - 1): string {
  const whole = words.join('_');
  if (whole === '') return 'operation';
  if (whole.length <= max) return whole;
  const head: string[] = [];
  const tail: string[] = [];
  let headLength = 0;
  let tailLength = 0;
  for (let first = 0, last = words.length - 1; first <= last;) {
    const isHead = headLength <= tailLength;
    const word = (isHead ? words[first++] : words[last--]) ?? '';
    if (headLength + tailLength + word.length + 1 > max) break;
    if (isHead) {
      head.push(word);
      headLength += word.length + 1;
    } else {
      tail.unshift(word);
      tailLength += word.length + 1;
    }
  }
  const kept = [...head, ...tail].join('_');
  return kept === '' ? whole.slice(0, max).replace(/_+$/, '') : kept;
}
