/** Plain scalars of YAML by the core schema: null, booleans and numbers; all else is text. */
import type { Node } from '../document.ts';

const WORDS: ReadonlyMap<string, null | boolean> = new Map([
  ['', null],
  ['~', null],
  ['null', null],
  ['Null', null],
  ['NULL', null],
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['false', false],
  ['False', false],
  ['FALSE', false],
]);
const NUMBER = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/;
const RADIX = /^0(?:o[0-7]+|x[0-9a-fA-F]+)$/;

/** What the plain scalar `text` means; numbers that are not finite stay text. */
export function plainScalar(text: string): Node {
  const first = text.charCodeAt(0);
  const mayBeNumber = (first >= 0x2b && first <= 0x39) || text === '';
  if (mayBeNumber && text !== '') {
    if (!NUMBER.test(text) && !RADIX.test(text)) return text;
    const value = Number(text);
    return Number.isFinite(value) ? value : text;
  }
  if (text.length > 5) return text;
  const word = WORDS.get(text);
  return word === undefined ? text : word;
}
