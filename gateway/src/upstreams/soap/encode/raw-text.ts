/** XML and texts where a schema takes anything. */
import type { Json } from '../../../kernel/index.ts';
import type { SimpleShape } from '../shape/shape.ts';
import { escapeText } from '../xml/write.ts';
import { rawXml } from './raw-xml.ts';
import { simpleText } from './simple-text.ts';
import type { Writing } from './writing.ts';

const TEXT: SimpleShape = { kind: 'simple', json: 'string', xsd: 'string' };

export function rawElement(value: Json, writing: Writing): string {
  const xml = typeof value === 'string' ? rawXml(value) : undefined;
  const why = 'it must be well-formed XML of whole elements, without a document type.';
  return xml ?? writing.fail(why);
}

/** A text, or XML where it begins so. */
export function rawText(value: Json, writing: Writing): string {
  if (typeof value === 'string' && value.trimStart().startsWith('<')) {
    return rawElement(value, writing);
  }
  const text = simpleText(value, TEXT);
  return typeof text === 'string' ? escapeText(text) : writing.fail(text.fault);
}
