/** Texts of simple types as JSON: numbers exact, lists as lists. */
import { ExactNumber, type Json } from '../../../kernel/index.ts';
import type { SimpleShape } from '../shape/shape.ts';

export type ReadText = (written: string) => Json;

const SHORT = /^(?:0|-?[1-9]\d{0,14})$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,6})?$/;

/** What is no value of the type stays the text that it is. */
export function simpleReader(shape: SimpleShape): ReadText {
  switch (shape.json) {
    case 'list':
      return listReader(shape);
    case 'boolean':
      return booleanValue;
    case 'integer':
    case 'number':
      return (written) => numberValue(written.trim());
    case 'union':
      return unionReader(shape.members ?? []);
    case 'string':
      return textReader(shape.xsd);
  }
}

function textReader(xsd: string): ReadText {
  if (xsd === 'string' || xsd === 'normalizedString') return (written) => written;
  if (xsd === 'base64Binary') return (written) => written.replace(/\s+/g, '');
  return (written) => written.trim();
}

function listReader(shape: SimpleShape): ReadText {
  const read = simpleReader(shape.item ?? { kind: 'simple', json: 'string', xsd: 'token' });
  return (written) => {
    const text = written.trim();
    return text === '' ? [] : text.split(/\s+/).map(read);
  };
}

/** By the first member that takes the text (XML Schema 1.0 part 2, section 2.5.1.3). */
function unionReader(members: readonly SimpleShape[]): ReadText {
  const readers = members.map((shape) => ({ shape, read: simpleReader(shape) }));
  return (written) => {
    for (const { shape, read } of readers) {
      const value = read(written);
      if (shape.json !== 'string') {
        if (typeof value !== 'string') return value;
      } else if (shape.enum === undefined || shape.enum.includes(written)) return value;
    }
    return written;
  };
}

function booleanValue(written: string): Json {
  const text = written.trim();
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : written;
}

/** INF, NaN and what is no number stay texts. */
function numberValue(text: string): Json {
  if (SHORT.test(text)) return Number(text);
  if (!NUMBER.test(text)) return text;
  const plain = text
    .replace(/^\+/, '')
    .replace(/^(-?)0+(?=\d)/, '$1')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.(?=$|[eE])/, '');
  const value = Number(plain);
  return String(value) === plain ? value : new ExactNumber(plain);
}
