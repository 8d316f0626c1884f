/** Values that were meant otherwise than they were written, where the schema leaves no doubt. */
import { parseExact, scanJson, type Json } from '../../../kernel/index.ts';
import { KIND_WORDS, kindOf, takes, type Kind } from './kinds.ts';

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const MAX_NUMBER_CHARS = 400;
const MAX_TEXT_DEPTH = 64;

export interface Coerced {
  readonly value: Json;
  /** What became of it: `text read as an integer`. */
  readonly how: string;
}

/**
 * Reads text as what the schema takes instead of text. Nothing is done where the value's own kind
 * is taken, or the text is not exactly one value of a kind that is.
 * @param kinds that the schema takes; undefined for any
 */
export function coerce(value: Json, kinds: ReadonlySet<Kind> | undefined): Coerced | undefined {
  if (kinds === undefined || typeof value !== 'string' || kinds.has('string')) return undefined;
  const read = readText(value.trim());
  if (read === undefined) return undefined;
  const kind = kindOf(read);
  if (!takes(kinds, kind)) return undefined;
  return { value: read, how: `JSON text read as ${KIND_WORDS[kind]}` };
}

function readText(text: string): Json | undefined {
  if (text === 'true' || text === 'false') return text === 'true';
  if (text.length <= MAX_NUMBER_CHARS && NUMBER.test(text)) return parseExact(text);
  const isContainer =
    (text.startsWith('{') && text.endsWith('}')) || (text.startsWith('[') && text.endsWith(']'));
  if (!isContainer) return undefined;
  const view = scanJson(Buffer.from(text), { maxDepth: MAX_TEXT_DEPTH, recordDepth: 0 });
  return 'bytes' in view ? parseExact(text) : undefined;
}
