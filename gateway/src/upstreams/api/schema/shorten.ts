/** Words and lists of a schema, shorter. */
import { isJsonArray, type Json, type JsonObject } from '../../../kernel/index.ts';
import { joinText, type Draft } from './json.ts';

/** How much is said at a place. */
export interface Wording {
  /** Characters of the description of an argument. */
  readonly argumentChars: number;
  /** Characters of a description further inside; 0 for none. */
  readonly innerChars: number;
  /** Longer lists of values are told by examples. */
  readonly maxValues: number;
}

/** The beginning of a text: whole sentences where one fits, else whole words and an ellipsis. */
export function shortenText(text: string, maxChars: number): string {
  if (maxChars < 8) return '';
  const plain = text
    .slice(0, maxChars * 4)
    .replaceAll(/\s+/g, ' ')
    .trim();
  if (plain.length <= maxChars && text.length <= maxChars * 4) return plain;
  const head = plain.slice(0, maxChars);
  const sentence = Math.max(head.lastIndexOf('. '), head.lastIndexOf('! '), head.lastIndexOf('? '));
  if (sentence >= maxChars / 3) return head.slice(0, sentence + 1);
  const word = head.lastIndexOf(' ', maxChars - 2);
  return `${head.slice(0, word > maxChars / 2 ? word : maxChars - 1).trimEnd()}…`;
}

const SHOWN_VALUES = 5;

/** Own words of one schema as `wording` allows; schemas inside are left as they are. */
export function shortenOwn(schema: JsonObject, wording: Wording, isArgument: boolean): JsonObject {
  const maxChars = isArgument ? wording.argumentChars : wording.innerChars;
  const { description, ...rest } = schema;
  const draft: Draft = { ...rest };
  const told = typeof description === 'string' ? shortenText(description, maxChars) : '';
  const text = joinText(told, shortenValues(draft, wording.maxValues));
  if (text !== '') draft['description'] = text;
  return draft;
}

function shortenValues(draft: Draft, maxValues: number): Json | undefined {
  const values = draft['enum'];
  if (!isJsonArray(values) || values.length <= maxValues) return undefined;
  delete draft['enum'];
  const shown = values.slice(0, SHOWN_VALUES).map((value) => JSON.stringify(value));
  return `One of ${values.length} values, such as ${shown.join(', ')}.`;
}
