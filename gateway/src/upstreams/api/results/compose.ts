/** Puts values, texts and what there is to say of them together to the result of a tool. */
import { isJsonObject, type Json, type JsonObject, stringifyExact } from '../../../kernel/index.ts';
import type { ToolResult } from './contract.ts';
import { createSizes, headOf } from './json-shape.ts';
import { shrink, type Cut } from './shrink.ts';

/**
 * Member of a structured result in which the gateway says what is left out and how to get it:
 * some clients show a model only the structured part.
 */
export const NOTE = '_note';

/** The vendor key in a result's `_meta` under which the same is said for programs. */
const RESULT_KEY = 'dev.drawbridge/result';

/**
 * A result whose text is JSON. Notes stand in an object itself, else in a second text.
 * @param text of the value where it was written before
 */
export function jsonResult(
  value: Json,
  notes: readonly string[],
  meta: JsonObject,
  text = '',
): ToolResult {
  const note = notes.join('\n');
  const written = (): string => (text === '' ? stringifyExact(value) : text);
  if (!isJsonObject(value)) return { ...textsResult([written(), note]), meta: metaOf(meta) };
  const isInside = note !== '' && !Object.hasOwn(value, NOTE);
  const whole: JsonObject = isInside
    ? Object.fromEntries([...Object.entries(value), [NOTE, note]])
    : value;
  const texts = isInside ? [stringifyExact(whole)] : [written(), note];
  return { ...textsResult(texts), structuredContent: whole, meta: metaOf(meta) };
}

export function textResult(text: string, notes: readonly string[], meta: JsonObject): ToolResult {
  return { ...textsResult([text, notes.join('\n')]), meta: metaOf(meta) };
}

/** What is wrong, for the model to correct. */
export function errorResult(text: string): ToolResult {
  return { ...textsResult([text]), isError: true };
}

function textsResult(texts: readonly string[]): ToolResult {
  const content = texts.filter((text) => text !== '').map((text) => ({ type: 'text', text }));
  return { content, structuredContent: undefined, isError: false, meta: {} };
}

function metaOf(meta: JsonObject): JsonObject {
  return Object.keys(meta).length === 0 ? {} : { [RESULT_KEY]: meta };
}

/** What is said of a value that had to be cut. */
export type Remarks = (
  value: Json,
  cuts: readonly Cut[],
) => { readonly notes: readonly string[]; readonly meta: JsonObject };

const MAX_TRIES = 8;

/**
 * A result of at most `maxChars` characters of text, with a smaller value where it must be.
 * @param text of the value where it was written before
 */
export function fittingJson(
  value: Json,
  maxChars: number,
  remarks: Remarks,
  text = stringifyExact(value),
): ToolResult {
  if (text.length <= maxChars) {
    const { notes, meta } = remarks(value, []);
    const result = jsonResult(value, notes, meta, text);
    if (textLength(result) <= maxChars) return result;
  }
  const sizes = createSizes();
  let budget = maxChars;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const { value: smaller, cuts } = shrink(value, budget, sizes);
    const { notes, meta } = remarks(smaller, cuts);
    const result = jsonResult(smaller, notes, meta);
    const over = textLength(result) - maxChars;
    if (over <= 0) return result;
    budget = Math.max(2, budget - over - tries * 16);
  }
  const { value: least, cuts } = shrink(value, 2);
  const { notes } = remarks(least, cuts);
  return jsonResult(least, [headOf(notes.join('\n'), Math.floor(maxChars / 4))], {});
}

/** Characters of all texts of a result. */
export function textLength(result: ToolResult): number {
  let length = 0;
  for (const block of result.content) {
    if (isJsonObject(block) && typeof block['text'] === 'string') length += block['text'].length;
  }
  return length;
}
