/** What is wrong with an argument, and how values and places are written for whoever reads it. */
import { stringifyExact, type Json } from '../../../kernel/index.ts';

export interface Problem {
  /** `limit`, `filter.tags[0]`; '' for the arguments as a whole. */
  readonly path: string;
  /** The rest of a sentence that begins with the path: `must be an integer, not "a".` */
  readonly text: string;
}

/** Problems told at once. */
export const MAX_PROBLEMS = 10;

const MAX_SHOWN_CHARS = 60;
const MAX_KEY_CHARS = 80;
const PLAIN_KEY = /^[\w$@-]+$/;

/** A value as JSON, short: never more than a line's worth of what a caller sent. */
export function shown(value: Json): string {
  if (Array.isArray(value) && value.length > 4) return `an array of ${value.length}`;
  if (typeof value === 'string' && value.length > MAX_SHOWN_CHARS) {
    return `${JSON.stringify(value.slice(0, MAX_SHOWN_CHARS).toWellFormed())} and so on`;
  }
  const text = stringifyExact(value);
  if (text.length <= MAX_SHOWN_CHARS) return text;
  return Array.isArray(value) ? `an array of ${value.length}` : 'such an object';
}

/** The place of a member or element below `path`. */
export function below(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  const name = key.length > MAX_KEY_CHARS ? `${key.slice(0, MAX_KEY_CHARS)}…` : key;
  if (!PLAIN_KEY.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === '' ? name : `${path}.${name}`;
}

/** `"a"`, `"a" or "b"`, `"a", "b" or "c"`. */
export function listed(words: readonly string[], last = 'or'): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1) ?? ''}`;
}
